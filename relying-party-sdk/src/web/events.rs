//! The route that events are pushed to (RFC 8935).

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LANGUAGE, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;

use crate::error::Error;
use crate::events::EventReceiver;
use crate::web::responses;

/// The largest token that is read, in bytes.
const MAX_TOKEN_BYTES: usize = 32 * 1024;

/// The route at `path` that takes what the broker pushes; `path` is that of the registered `events_endpoint`. Merge it into the
/// portal's router.
pub fn event_routes<S: Clone + Send + Sync + 'static>(receiver: &EventReceiver, path: &str) -> Router<S> {
    Router::new()
        .route(path, post(take))
        .layer(DefaultBodyLimit::max(MAX_TOKEN_BYTES))
        .with_state(receiver.clone())
}

/// 202 when it was taken, now or before; 400 with the reason when it never will be; 503 asks the broker to try again.
async fn take(State(receiver): State<EventReceiver>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let mut response = if !receiver.is_broker(text(AUTHORIZATION)) {
        tracing::warn!("an event came without the registered bearer token");
        refused("authentication_failed", "the bearer token is not the registered one")
    } else if !text(CONTENT_TYPE).is_some_and(is_token) {
        refused("invalid_request", "the body must be application/secevent+jwt")
    } else {
        let token = str::from_utf8(&body).unwrap_or_default().trim();
        match receiver.receive(token).await {
            Ok(taken) => {
                tracing::info!(?taken, "an event of the broker");
                StatusCode::ACCEPTED.into_response()
            }
            Err(error @ Error::Event(_)) if !error.is_of_clocks() => {
                tracing::warn!(%error, "an event was refused");
                refused(error.set_error(), &error.to_string())
            }
            Err(error) => {
                tracing::warn!(%error, "an event could not be taken now");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
        }
    };
    responses::private(response.headers_mut());
    response
}

fn is_token(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/secevent+jwt")
}

/// RFC 8935, 2.3.
fn refused(err: &str, description: &str) -> Response {
    let body = Json(json!({ "err": err, "description": description }));
    (StatusCode::BAD_REQUEST, [(CONTENT_LANGUAGE, "en")], body).into_response()
}
