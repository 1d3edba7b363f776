//! Signing out: here first, then at the broker (OpenID Connect RP-Initiated Logout 1.0).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::HeaderMap;

use crate::clock::random_token;
use crate::context::Context;
use crate::cookies::Purpose;
use crate::error::Error;
use crate::login::Redirect;
use crate::query::{self, Parameters};

/// Ends the session of this browser and tells where to send it: to the broker, which ends its own session and everybody
/// else's, or home when nobody was signed in or the broker cannot be asked.
///
/// # Errors
/// When the store fails; then nobody has been signed out.
pub(crate) async fn begin(context: &Context, headers: &HeaderMap) -> Result<Redirect, Error> {
    let mut redirect = Redirect {
        location: context.settings.paths.home.clone(),
        cookies: vec![context.cookies.clear(Purpose::Session)],
    };
    let Some(cookie) = context.cookies.read(headers, Purpose::Session) else {
        return Ok(redirect);
    };
    let Some(session) = context.store.remove(&Context::session_key(&cookie)).await? else {
        return Ok(redirect);
    };
    // The citizen is signed out here, whatever becomes of the broker.
    let endpoint = match context.provider.metadata().await {
        Ok(metadata) => metadata.end_session_endpoint.clone(),
        Err(error) => {
            tracing::warn!(%error, "signed out at the portal only");
            None
        }
    };
    let Some(endpoint) = endpoint else {
        return Ok(redirect);
    };
    let state = random_token(context.entropy.as_ref())?;
    let mut pairs = vec![("id_token_hint", session.tokens.id_token.as_str())];
    if let Some(uri) = &context.settings.post_logout_redirect_uri {
        pairs.push(("post_logout_redirect_uri", uri));
        pairs.push(("state", &state));
        redirect.cookies.push(context.cookies.set(Purpose::Logout, &state));
    }
    let query = if context.settings.legacy.is_some() {
        query::join_raw(&pairs)
    } else {
        pairs.push(("client_id", &context.settings.client_id));
        query::join(&pairs)
    };
    redirect.location = query::append(&endpoint, &query);
    Ok(redirect)
}

/// Whether a request is the broker's answer to a logout that this browser began.
pub(crate) fn is_answer(context: &Context, headers: &HeaderMap, query: &str) -> bool {
    let parameters = Parameters::parse(query.as_bytes());
    let Ok(Some(state)) = parameters.get("state") else {
        return false;
    };
    context
        .cookies
        .read(headers, Purpose::Logout)
        .is_some_and(|sent| verify_slices_are_equal(sent.as_bytes(), state.as_bytes()).is_ok())
}
