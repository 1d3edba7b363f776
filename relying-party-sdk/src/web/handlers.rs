//! The portal's routes for signing in and out.

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use crate::error::Error;
use crate::level::Level;
use crate::login::{LoginOptions, Prompt, Redirect};
use crate::query::Parameters;
use crate::web::portal::Portal;
use crate::web::responses;

/// The largest form that is read, in bytes: a logout token and its name.
const MAX_FORM_BYTES: usize = 32 * 1024;

/// Sign-in, callback, sign-out and back-channel logout, under [`RelyingParty::paths`](crate::RelyingParty::paths). Merge
/// them into the portal's router.
///
/// The sign-in takes `return_to` (a path of this portal), `level` (1 to 4), `ui_locales` and `prompt` in its query. The
/// sign-out is a form posted from the portal's own pages.
pub fn routes<S: Clone + Send + Sync + 'static>(portal: &Portal) -> Router<S> {
    let paths = portal.relying_party().paths();
    Router::new()
        .route(&paths.login, get(login))
        .route(&paths.callback, get(callback))
        .route(&paths.logout, post(logout))
        .route(&paths.back_channel_logout, post(back_channel_logout))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .with_state(portal.clone())
}

fn answer(portal: &Portal, headers: &HeaderMap, outcome: Result<Redirect, Error>) -> Response {
    match outcome {
        Ok(redirect) => responses::redirect(&redirect),
        Err(error) => portal.error_response(&error, headers),
    }
}

async fn login(State(portal): State<Portal>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let get = |name| parameters.get(name).ok().flatten().map(str::to_owned);
    let options = LoginOptions {
        level: get("level").and_then(|level| level.parse().ok()).map(Level::from_number),
        prompt: match get("prompt").as_deref() {
            Some("login") => Some(Prompt::Login),
            Some("select_account") => Some(Prompt::SelectAccount),
            _ => None,
        },
        ui_locales: get("ui_locales"),
        return_to: get("return_to"),
        ..LoginOptions::default()
    };
    let outcome = portal.relying_party().begin_login(&headers, options).await;
    answer(&portal, &headers, outcome)
}

async fn callback(State(portal): State<Portal>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    // Old portals name their callback as the place to return to after signing out.
    if portal.relying_party().is_legacy() && !["code=", "error="].iter().any(|name| query.contains(name)) {
        let location = portal.relying_party().paths().home.clone();
        return responses::redirect(&Redirect { location, cookies: Vec::new() });
    }
    let outcome = portal.relying_party().finish_login(&headers, &query).await;
    answer(&portal, &headers, outcome)
}

async fn logout(State(portal): State<Portal>, headers: HeaderMap) -> Response {
    if !is_own_form(&headers, &portal.relying_party().origin()) {
        return portal.error_response(&Error::ForeignForm, &headers);
    }
    let outcome = portal.relying_party().begin_logout(&headers).await;
    answer(&portal, &headers, outcome)
}

/// Whether a form was posted from a page of this portal. Ports of one host are one site to `SameSite`, so the cookie
/// alone does not say that.
fn is_own_form(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin" || site == "none",
        // Older browsers; `null` is what a page without referrer says.
        (None, Some(own)) => own == origin || own == "null",
        (None, None) => true,
    }
}

/// Back-Channel Logout 1.0, 2.8: 200, or 400 with the reason; 503 asks the broker to try again.
async fn back_channel_logout(State(portal): State<Portal>, form: Bytes) -> Response {
    let mut response = match portal.relying_party().receive_back_channel_logout(&form).await {
        Ok(count) => {
            tracing::info!(count, "sessions ended by the broker");
            StatusCode::OK.into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "logout token not taken");
            let (status, code) = match error {
                Error::Unreachable(_) | Error::Answer(..) | Error::Store(_) => {
                    (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
                }
                _ => (StatusCode::BAD_REQUEST, "invalid_request"),
            };
            (status, Json(json!({ "error": code }))).into_response()
        }
    };
    responses::private(response.headers_mut());
    response
}
