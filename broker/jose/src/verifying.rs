//! Checking signatures.

use std::fmt;

use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::compact::{self, Header};
use crate::error::JoseError;
use crate::json;
use crate::key_set::KeySet;
use crate::verifier;

/// How many keys are tried for a token that names none.
const MAX_TRIES: usize = 8;

/// What is accepted.
#[derive(Debug, Clone, Copy)]
pub struct Accept<'a> {
    /// The algorithms that may have signed.
    pub algorithms: &'a [Algorithm],
    /// The `typ` that the token must have, compared without letter case and without `application/` (RFC 7515, 4.1.9);
    /// `None`: not looked at.
    pub typ: Option<&'a str>,
}

/// A token whose signature is good. Its claims still have to be judged ([`crate::check_claims`]).
#[derive(Clone, PartialEq)]
pub struct Verified {
    /// The header, which the signature covers.
    pub header: Header,
    /// The payload.
    pub claims: Map<String, Value>,
}

impl fmt::Debug for Verified {
    /// Without the claims, which may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Checks the signature of a compact JWS and hands out its claims.
///
/// Keys come from `keys` alone: `jku`, `x5u`, `x5c` and `jwk` in the header are never followed. With a `kid` only keys
/// of that name are tried; without one those that fit the algorithm, eight at the most.
///
/// # Errors
/// Whatever is wrong first: size, form, an algorithm that is not accepted (`none` and the symmetric ones never are),
/// a critical extension, a member named twice, another `typ`, no key, the signature, a payload that is no object.
pub fn verify(token: &str, keys: &KeySet, accept: &Accept<'_>) -> Result<Verified, JoseError> {
    let parts = compact::split(token)?;
    let algorithm: Algorithm = parts.header.alg.parse()?;
    if !accept.algorithms.contains(&algorithm) {
        return Err(JoseError::AlgorithmRefused);
    }
    if accept.typ.is_some_and(|wanted| !parts.header.typ.as_deref().is_some_and(|typ| same_type(typ, wanted)))
    {
        return Err(JoseError::WrongType);
    }
    let signature = compact::decode(parts.signature, "signature")?;
    let candidates = keys.candidates(parts.header.kid.as_deref(), algorithm)?;
    let mut outcome = Err(JoseError::BadSignature);
    for candidate in candidates.into_iter().take(MAX_TRIES) {
        outcome = verifier::check(candidate, parts.signed.as_bytes(), &signature);
        if outcome.is_ok() {
            break;
        }
    }
    outcome?;
    let claims = json::parse_object(&compact::decode(parts.payload, "payload")?, "payload")?;
    Ok(Verified { header: parts.header, claims })
}

fn same_type(one: &str, other: &str) -> bool {
    let bare = |typ: &str| {
        let lower = typ.to_ascii_lowercase();
        lower.strip_prefix("application/").map(str::to_owned).unwrap_or(lower)
    };
    bare(one) == bare(other)
}
