//! The session of a request, and fresh tokens for it.

use axum::http::HeaderMap;

use crate::context::Context;
use crate::cookies::Purpose;
use crate::error::{Error, TokenError};
use crate::id_token::{self, Wanted};
use crate::session::Session;
use crate::token;

/// How often the store hears that a citizen was seen, in seconds.
const TOUCH_EVERY: i64 = 60;
/// An access token that ends within this time is renewed, in seconds.
const RENEW_BEFORE: i64 = 30;

/// The living session of a request, and the key that it is kept under.
///
/// # Errors
/// When the store fails.
pub(crate) async fn session(
    context: &Context,
    headers: &HeaderMap,
) -> Result<Option<(String, Session)>, Error> {
    let Some(cookie) = context.cookies.read(headers, Purpose::Session) else {
        return Ok(None);
    };
    let key = Context::session_key(&cookie);
    let Some(mut session) = context.store.get(&key).await? else {
        return Ok(None);
    };
    let now = context.clock.now();
    if session.expires_at <= now {
        context.store.remove(&key).await?;
        return Ok(None);
    }
    if now.saturating_sub(session.last_seen) >= TOUCH_EVERY {
        session.last_seen = now;
        session.expires_at = ends_at(context, &session, now);
        if !context.store.update(&key, session.clone()).await? {
            return Ok(None);
        }
    }
    Ok(Some((key, session)))
}

fn ends_at(context: &Context, session: &Session, now: i64) -> i64 {
    let absolute = session.signed_in_at.saturating_add(context.settings.absolute);
    now.saturating_add(context.settings.idle).min(absolute)
}

/// The session with an access token that is good for a while yet: the one it has, or a new one for the refresh token.
/// With `force` a new one in any case.
///
/// Refreshes of one session wait for each other: the broker takes each refresh token once, and ends everything when it
/// sees one again.
///
/// # Errors
/// [`Error::NotSignedIn`] when the session is gone or the broker has ended it (then it ends here too),
/// [`Error::NoRefreshToken`], or that the broker's answer is refused.
pub(crate) async fn renew(context: &Context, key: &str, force: bool) -> Result<Session, Error> {
    let seen = context.store.get(key).await?.ok_or(Error::NotSignedIn)?;
    if !force && is_good(context, &seen) {
        return Ok(seen);
    }
    let _waiting = context.lock(key).lock().await;
    let session = context.store.get(key).await?.ok_or(Error::NotSignedIn)?;
    // Somebody else was faster.
    if session.tokens != seen.tokens && is_good(context, &session) {
        return Ok(session);
    }
    let refresh_token = session.tokens.refresh_token.clone().ok_or(Error::NoRefreshToken)?;
    let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    let granted = match token::request(context, &grant).await {
        Err(Error::TokenRefused { code, .. }) if code == "invalid_grant" => {
            context.store.remove(key).await?;
            return Err(Error::NotSignedIn);
        }
        outcome => outcome?,
    };
    let mut renewed = session;
    if let Some(id_token) = granted.id_token {
        let wanted = Wanted { access_token: &granted.access_token, nonce: None, max_age: None };
        let claims = id_token::verify_id_token(context, &id_token, &wanted).await?;
        // OpenID Connect Core 12.2: still the same citizen, and the same authentication.
        if id_token::subject(&claims).map_err(Error::IdToken)? != renewed.subject {
            return Err(Error::IdToken(TokenError::Subject));
        }
        if id_token::auth_time(&claims).is_some_and(|at| renewed.auth_time.is_some_and(|before| before != at))
        {
            return Err(Error::IdToken(TokenError::AuthTime));
        }
        renewed.claims.extend(claims);
        renewed.tokens.id_token = id_token;
    }
    let now = context.clock.now();
    renewed.tokens.access_token = granted.access_token;
    renewed.tokens.access_expires_at = granted.expires_in.map(|seconds| now.saturating_add(seconds));
    renewed.tokens.refresh_token = granted.refresh_token.or(renewed.tokens.refresh_token);
    if context.store.update(key, renewed.clone()).await? { Ok(renewed) } else { Err(Error::NotSignedIn) }
}

fn is_good(context: &Context, session: &Session) -> bool {
    let enough = context.clock.now().saturating_add(RENEW_BEFORE);
    session.tokens.access_expires_at.is_none_or(|at| at > enough)
}
