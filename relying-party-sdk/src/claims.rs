//! How far a claim can be trusted.

use serde_json::{Map, Value};

/// What stands behind a claim; on pages always a sign and words, never a colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Confirmed by VNeID or the population database.
    Verified,
    /// Typed in by the citizen.
    SelfDeclared,
    /// There is no such claim.
    Missing,
}

/// The mark of the claim `name`. What the broker releases comes from VNeID and counts as verified, unless a claim
/// `<name>_verified` beside it says `false`.
pub fn mark(claims: &Map<String, Value>, name: &str) -> Mark {
    let missing = match claims.get(name) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    };
    if missing {
        return Mark::Missing;
    }
    match claims.get(&format!("{name}_verified")) {
        Some(Value::Bool(false)) => Mark::SelfDeclared,
        _ => Mark::Verified,
    }
}
