//! What an id_token must say beyond issuer, audience and lifetime (OpenID Connect Core 3.1.3.7). Its signature, `iss`, `aud`,
//! `exp`, `nbf` and `iat` have been checked where the keys are.

use super::ask::Binding;
use super::failure::UpstreamFailure;
use super::refused::Refused;
use super::rules::Rules;
use crate::clock::Timestamp;
use crate::secret::same;
use serde_json::{Map, Value};

/// The longest subject (OpenID Connect Core 2), in characters.
const MAX_SUBJECT: usize = 255;
/// How far two moments on VNeID's own clock may lie off what they mark, in milliseconds: both are cut to seconds, and may be of two
/// of its machines.
const OFF_MS: i64 = 5_000;

/// What an id_token proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proven {
    pub(super) subject: String,
    pub(super) sid: Option<String>,
    pub(super) auth_time: Timestamp,
}

/// Checks `azp`, `nonce`, `at_hash`, `sub` and `auth_time`. `at_hash` is what the access token's hash would be, when there is a
/// token.
pub(super) fn check(
    claims: &Map<String, Value>,
    at_hash: Option<&str>,
    rules: &Rules,
    binding: &Binding,
    now: Timestamp,
) -> Result<Proven, Refused> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let refuse = |failure, about: &'static str| Err(Refused::new(failure, about));
    // Step 5: whoever it was issued to is us.
    if claims.contains_key("azp") && text("azp") != Some(&rules.client_id) {
        return refuse(UpstreamFailure::WrongAudience, "azp");
    }
    // Step 11: it answers what was sent.
    if !text("nonce").is_some_and(|nonce| same(nonce, &binding.nonce)) {
        return refuse(UpstreamFailure::WrongNonce, "nonce");
    }
    // 3.1.3.8: the access token beside it is the one it was issued with.
    if let (Some(said), Some(expected)) = (claims.get("at_hash"), at_hash)
        && said.as_str() != Some(expected)
    {
        return refuse(UpstreamFailure::SubjectMismatch, "at_hash");
    }
    let subject = text("sub").filter(|s| !s.is_empty() && s.chars().count() <= MAX_SUBJECT);
    let Some(subject) = subject else { return refuse(UpstreamFailure::BadClaims, "sub") };
    let Some(issued) = seconds(claims, "iat") else { return refuse(UpstreamFailure::BadClaims, "iat") };
    let auth_time = auth_time(claims, issued, rules, binding, now)?;
    let sid = text("sid").or_else(|| text("session_state")).filter(|s| !s.is_empty() && s.len() <= 512);
    Ok(Proven { subject: subject.to_owned(), sid: sid.map(str::to_owned), auth_time })
}

/// Step 13. Freshness is measured on VNeID's own clock: the authentication must not lie further before the token than the citizen
/// was away, however wrong that clock is.
fn auth_time(
    claims: &Map<String, Value>,
    issued: Timestamp,
    rules: &Rules,
    binding: &Binding,
    now: Timestamp,
) -> Result<Timestamp, Refused> {
    let said = match claims.get("auth_time") {
        None | Some(Value::Null) => None,
        Some(_) => Some(
            seconds(claims, "auth_time")
                .ok_or_else(|| Refused::new(UpstreamFailure::BadClaims, "auth_time"))?,
        ),
    };
    if said.is_some_and(|at| at > now.plus_secs(rules.leeway)) {
        return Err(Refused::new(UpstreamFailure::ClockSkew, "auth_time"));
    }
    if binding.fresh {
        let away = now.millis_since(binding.started_at).max(0);
        let fresh = said.is_some_and(|at| issued.millis_since(at) <= away.saturating_add(OFF_MS));
        if !fresh {
            return Err(Refused::new(UpstreamFailure::NotFresh, "auth_time"));
        }
    }
    // Without it the token's own time is the best that is known. What is said is never later than now on our clock.
    Ok(said.unwrap_or(issued).min(now))
}

/// A NumericDate (RFC 7519, 2) inside the numbers that every JSON reader sees alike.
fn seconds(claims: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    let value = claims.get(name)?;
    let seconds = value.as_i64().or_else(|| {
        let float = value.as_f64().filter(|f| f.is_finite() && f.abs() < 9e15)?;
        // Inside that limit the cast neither wraps nor saturates.
        Some(float.floor() as i64)
    })?;
    (seconds.abs() < 1 << 53).then(|| Timestamp::from_secs(seconds))
}
