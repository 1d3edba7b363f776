//! What the token and userinfo endpoints answer, good and bad.

use super::failure::UpstreamFailure;
use super::refused::Refused;
use super::rules::Dialect;
use crate::secret::Secret;
use serde_json::{Map, Value};

/// A good answer of the token endpoint (RFC 6749, 5.1; OpenID Connect Core 3.1.3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenAnswer {
    /// The access token, for userinfo.
    pub access_token: Option<Secret>,
    /// The id_token; the sealed dialect has none.
    pub id_token: Option<Secret>,
}

impl TokenAnswer {
    /// Reads the members that matter.
    ///
    /// # Errors
    /// As [`token_refusal`] when it is an error after all; [`UpstreamFailure::Malformed`] when a member has the wrong type, or
    /// the token is of a kind that cannot be used.
    pub fn read(answer: &Map<String, Value>, dialect: Dialect) -> Result<Self, Refused> {
        if answer.get("error").is_some_and(|e| !e.is_null()) {
            return Err(token_refusal(400, Some(answer), dialect));
        }
        let text = |name: &'static str| match answer.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|t| !t.is_empty())),
            Some(_) => Err(Refused::new(UpstreamFailure::Malformed, name)),
        };
        if text("token_type")?.is_some_and(|t| !t.eq_ignore_ascii_case("bearer")) {
            return Err(Refused::new(UpstreamFailure::Malformed, "token_type"));
        }
        // It travels in a header: nothing may be in it that no header can carry.
        let access_token = text("access_token")?;
        if access_token.is_some_and(|t| t.bytes().any(|b| !(0x21..0x7f).contains(&b))) {
            return Err(Refused::new(UpstreamFailure::Malformed, "access_token"));
        }
        Ok(Self { access_token: access_token.map(Secret::new), id_token: text("id_token")?.map(Secret::new) })
    }
}

/// What a refused token request means (RFC 6749, 5.2). `body` is the answer's JSON object, when it had one.
pub fn token_refusal(status: u16, body: Option<&Map<String, Value>>, dialect: Dialect) -> Refused {
    let error = body.and_then(|b| b.get("error")).and_then(Value::as_str);
    let of_status = || Refused::new(of_status(status, dialect), format!("token endpoint, status {status}"));
    let Some(error) = error else { return of_status() };
    let failure = match error {
        "invalid_grant" => UpstreamFailure::CodeRefused,
        "invalid_client" | "unauthorized_client" => UpstreamFailure::ClientRefused,
        "temporarily_unavailable" => UpstreamFailure::Busy,
        _ if (400..500).contains(&status) && !matches!(status, 401 | 403 | 408 | 429) => {
            UpstreamFailure::ErrorAnswer
        }
        _ => return of_status(),
    };
    Refused { about: format!("token endpoint: {}", Refused::quoting(failure, error).about).into(), failure }
}

/// What a refused userinfo request means (RFC 6750, 3.1).
pub fn userinfo_refusal(status: u16, dialect: Dialect) -> Refused {
    let failure = match (status, dialect) {
        // The token was given a moment ago, so it is not the token that they refuse.
        (401, Dialect::Sealed) | (403, _) => UpstreamFailure::AddressRefused,
        (401, Dialect::Oidc) => UpstreamFailure::ErrorAnswer,
        _ => of_status(status, dialect),
    };
    Refused::new(failure, format!("userinfo endpoint, status {status}"))
}

fn of_status(status: u16, dialect: Dialect) -> UpstreamFailure {
    match (status, dialect) {
        // The sealed dialect's way to say that our address is not on the list.
        (401, Dialect::Sealed) | (403, _) => UpstreamFailure::AddressRefused,
        (401, Dialect::Oidc) => UpstreamFailure::ClientRefused,
        (429 | 503, _) => UpstreamFailure::Busy,
        (408 | 504, _) => UpstreamFailure::TimedOut,
        _ => UpstreamFailure::BadStatus,
    }
}
