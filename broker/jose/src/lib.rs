//! Keys, signatures and key sets: the one place that names josekit.
//!
//! Everything that comes from outside (a token, a key set, an encrypted token) is measured, parsed and checked here
//! before josekit sees it, and a panic inside josekit becomes [`JoseError::Crashed`]. What a token claims is judged by
//! [`check_claims`], with the time as a parameter.
//!
//! Standards: JWS (RFC 7515), JWE (RFC 7516), JWK (RFC 7517), JWA (RFC 7518), JWT (RFC 7519), thumbprints (RFC 7638),
//! best practice (RFC 8725).

mod algorithm;
mod claims;
mod compact;
mod error;
mod guard;
mod hash;
mod json;
pub mod jwe;
mod jwk;
mod key_set;
mod signing;
mod verifier;
mod verifying;

pub use algorithm::Algorithm;
pub use claims::{Expect, check_claims};
pub use compact::{Header, MAX_TOKEN_BYTES, peek_embedded_key, peek_header};
pub use error::{ClaimsError, JoseError};
pub use hash::at_hash;
pub use jwk::thumbprint;
pub use key_set::{KeySet, MAX_KEY_SET_BYTES, MAX_KEYS};
pub use signing::SigningKey;
pub use verifying::{Accept, Verified, verify};

#[cfg(test)]
mod tests;
