//! The way to VNeID: two dialects behind the domain's `Upstream` port, chosen by configuration.
//!
//! What goes over the wire is checked here: the answer's form, signature, issuer, audience, nonce and age, or the seal. What it means
//! for the citizen is for the domain to say.

mod breaker;
mod build;
mod claims;
mod http;
mod level;
mod oidc;
mod sealed;
mod settings;

pub use build::{BuildError, Observer, build};
pub use settings::{BreakerSettings, ClaimNames, Dialect, SecretText, TokenAuth, UpstreamSettings};
