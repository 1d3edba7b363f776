//! Judging the claims of a token whose signature is good (RFC 7519, 4.1; OpenID Connect Core 3.1.3.7).

use serde_json::{Map, Value};

use crate::error::ClaimsError;

/// The largest whole number that every JSON reader sees alike (RFC 8259, 6).
const LIMIT: i64 = 1 << 53;

/// What is expected of a token.
#[derive(Debug, Clone, Copy)]
pub struct Expect<'a> {
    /// `iss`, compared byte for byte.
    pub issuer: &'a str,
    /// Who must stand in `aud`.
    pub audience: &'a str,
    /// The time now, in seconds since 1970-01-01 UTC.
    pub now: i64,
    /// How far clocks may differ, in seconds; a negative one counts as none.
    pub leeway: i64,
    /// How long ago the token may have been issued, in seconds; `None`: any time.
    pub max_age_of_iat: Option<i64>,
}

/// Checks `iss`, `aud` (with `azp`), `exp`, `nbf` and `iat`.
///
/// `exp` and `iat` must be there. With more than one audience `azp` must be there and name the expected one.
///
/// # Errors
/// The first claim found wanting.
pub fn check_claims(claims: &Map<String, Value>, expect: &Expect<'_>) -> Result<(), ClaimsError> {
    let leeway = expect.leeway.max(0);
    match claims.get("iss") {
        Some(Value::String(issuer)) if issuer == expect.issuer => {}
        Some(Value::String(_)) => return Err(ClaimsError::Issuer),
        Some(_) => return Err(ClaimsError::Malformed("iss")),
        None => return Err(ClaimsError::Missing("iss")),
    }
    check_audience(claims, expect.audience)?;

    let expires = seconds(claims, "exp")?.ok_or(ClaimsError::Missing("exp"))?;
    if expires.saturating_add(leeway) <= expect.now {
        return Err(ClaimsError::Expired);
    }
    let latest = expect.now.saturating_add(leeway);
    if seconds(claims, "nbf")?.is_some_and(|not_before| not_before > latest) {
        return Err(ClaimsError::NotYetValid);
    }
    let issued = seconds(claims, "iat")?.ok_or(ClaimsError::Missing("iat"))?;
    if issued > latest {
        return Err(ClaimsError::IssuedInFuture);
    }
    let oldest =
        expect.max_age_of_iat.map(|age| expect.now.saturating_sub(age.max(0)).saturating_sub(leeway));
    if oldest.is_some_and(|oldest| issued < oldest) {
        return Err(ClaimsError::TooOld);
    }
    Ok(())
}

fn check_audience(claims: &Map<String, Value>, expected: &str) -> Result<(), ClaimsError> {
    let party = match claims.get("azp") {
        None => None,
        Some(Value::String(party)) => Some(party.as_str()),
        Some(_) => return Err(ClaimsError::Malformed("azp")),
    };
    match claims.get("aud") {
        None => Err(ClaimsError::Missing("aud")),
        Some(Value::String(audience)) if audience == expected => Ok(()),
        Some(Value::String(_)) => Err(ClaimsError::Audience),
        Some(Value::Array(audiences)) => {
            if !audiences.iter().all(Value::is_string) {
                return Err(ClaimsError::Malformed("aud"));
            }
            if !audiences.iter().any(|audience| audience.as_str() == Some(expected)) {
                return Err(ClaimsError::Audience);
            }
            if audiences.len() > 1 && party != Some(expected) {
                return Err(ClaimsError::AuthorizedParty);
            }
            Ok(())
        }
        Some(_) => Err(ClaimsError::Malformed("aud")),
    }
}

/// A NumericDate (RFC 7519, 2) in whole seconds; a fraction is cut off.
fn seconds(claims: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, ClaimsError> {
    let number = match claims.get(name) {
        None => return Ok(None),
        Some(Value::Number(number)) => number,
        Some(_) => return Err(ClaimsError::Malformed(name)),
    };
    let value = match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => whole,
        // Inside the limit every f64 has an i64 beside it, so the cast neither wraps nor saturates.
        (None, Some(float)) if float.is_finite() && float.abs() <= LIMIT as f64 => float.floor() as i64,
        _ => return Err(ClaimsError::OutOfRange(name)),
    };
    if (-LIMIT..=LIMIT).contains(&value) { Ok(Some(value)) } else { Err(ClaimsError::OutOfRange(name)) }
}
