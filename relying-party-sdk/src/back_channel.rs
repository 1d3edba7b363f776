//! The broker's word that a session has ended (OpenID Connect Back-Channel Logout 1.0).

use broker_jose::{Accept, Verified};
use serde_json::{Map, Value};

use crate::context::Context;
use crate::error::{Error, TokenError};
use crate::id_token::{check_addressee, verify_signature};
use crate::query::Parameters;
use crate::session::EndedSessions;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const TYPE: &str = "logout+jwt";

/// Verifies the logout token in `form` (as it was posted) and ends the sessions that it names; returns how many.
///
/// # Errors
/// [`Error::LogoutToken`] with the first fault, [`Error::Callback`] when there is no token, or that the keys cannot be
/// fetched or the store fails; then the broker may send it again.
pub(crate) async fn receive(context: &Context, form: &[u8]) -> Result<usize, Error> {
    let parameters = Parameters::parse(form);
    let token = parameters.get("logout_token").ok().flatten().ok_or(Error::Callback("logout_token"))?;
    let accept = Accept { algorithms: &context.settings.algorithms, typ: Some(TYPE) };
    let Verified { claims, .. } = verify_signature(context, token, &accept, Error::LogoutToken).await?;
    let ended = judge(context, &claims).map_err(Error::LogoutToken)?;
    let count = context.store.end(&ended, context.clock.now()).await?;
    count.ok_or(Error::LogoutToken(TokenError::Replayed))
}

/// Back-Channel Logout 1.0, 2.6.
fn judge(context: &Context, claims: &Map<String, Value>) -> Result<EndedSessions, TokenError> {
    check_addressee(context, claims, None)?;
    if claims.contains_key("nonce") {
        return Err(TokenError::ForbiddenNonce);
    }
    let events = claims.get("events").and_then(Value::as_object);
    if !events.and_then(|events| events.get(EVENT)).is_some_and(Value::is_object) {
        return Err(TokenError::Events);
    }
    let text = |name: &str, fault| match claims.get(name) {
        None => Ok(None),
        Some(Value::String(value)) if !value.is_empty() => Ok(Some(value.clone())),
        Some(_) => Err(fault),
    };
    let (subject, sid) = (text("sub", TokenError::NoSession)?, text("sid", TokenError::NoSession)?);
    if subject.is_none() && sid.is_none() {
        return Err(TokenError::NoSession);
    }
    let token_id = text("jti", TokenError::NoId)?.ok_or(TokenError::NoId)?;
    // After its end the token is refused by that alone, so its id need not be kept longer.
    let end = claims.get("exp").and_then(Value::as_i64).unwrap_or(i64::MAX);
    let remember_until = end.saturating_add(context.settings.leeway).saturating_add(1);
    Ok(EndedSessions { token_id, remember_until, subject, sid })
}
