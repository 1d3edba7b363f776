//! Verifying a security event token (RFC 8417).

use broker_jose::{Accept, Verified};
use serde_json::{Map, Value, json};

use super::event::{PortalEvent, ReceivedEvent};
use crate::context::Context;
use crate::error::{Error, TokenError};
use crate::id_token::{check_addressee, verify_signature};

const TYPE: &str = "secevent+jwt";
/// How long ago a token that comes just now may have been signed, in seconds: one that is sent again is signed again.
const MAX_AGE: i64 = 600;
/// The longest `jti` and `sub`.
const MAX_TEXT: usize = 255;
/// An end that never comes: the largest whole number that every JSON reader sees alike.
const NEVER: i64 = 1 << 53;

/// Verifies a token in full: type, signature by a published key of the broker, `iss`, `aud`, `iat`, `jti`, `sub_id`, `events`.
///
/// # Errors
/// [`Error::Event`] with the first fault, or that the keys cannot be fetched.
pub(super) async fn verify(context: &Context, token: &str) -> Result<ReceivedEvent, Error> {
    let accept = Accept { algorithms: &context.settings.algorithms, typ: Some(TYPE) };
    let Verified { claims, .. } = verify_signature(context, token, &accept, Error::Event).await?;
    judge(context, claims).map_err(Error::Event)
}

fn judge(context: &Context, mut claims: Map<String, Value>) -> Result<ReceivedEvent, TokenError> {
    // Such a token has no end (RFC 8417, 2.2): it tells of something that has happened. The rest is checked as everywhere.
    claims.insert("exp".to_owned(), json!(NEVER));
    check_addressee(context, &claims, Some(MAX_AGE))?;
    let short = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str).unwrap_or_default();
        ((1..=MAX_TEXT).contains(&text.len())).then(|| text.to_owned())
    };
    let id = short(claims.get("jti")).ok_or(TokenError::NoId)?;
    // RFC 9493, 3.2.3.
    let who = claims.get("sub_id").and_then(Value::as_object).ok_or(TokenError::Subject)?;
    let member = |name: &str| who.get(name).and_then(Value::as_str);
    if member("format") != Some("iss_sub") || member("iss") != Some(&context.settings.issuer) {
        return Err(TokenError::Subject);
    }
    let subject = short(who.get("sub")).ok_or(TokenError::Subject)?;
    let said = claims.get("events").and_then(Value::as_object).filter(|events| !events.is_empty());
    let mut events = Vec::new();
    for (uri, payload) in said.ok_or(TokenError::Events)? {
        let payload = payload.as_object().ok_or(TokenError::Events)?;
        events.push(PortalEvent::read(uri, payload, &subject).ok_or(TokenError::Events)?);
    }
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    let at = time("toe").or_else(|| time("iat")).unwrap_or_default();
    Ok(ReceivedEvent { id, at, events })
}
