//! Text messages: a gateway as operators of telephone networks have them, and the phones that they come to.

use crate::fault::Endpoint;
use crate::oidc::{answer, common, refuse};
use crate::state::State;
use crate::texts::Sms;
use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::json;

/// Takes a message for delivery.
pub(crate) async fn take(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    body: Result<Json<Sms>, axum::extract::rejection::JsonRejection>,
) -> Response {
    let faults = state.strike(Endpoint::Sms);
    if let Some(spoilt) = common(&faults).await {
        return spoilt;
    }
    let expected = format!("Bearer {}", state.lock().settings.sms_token);
    if headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()) != Some(expected.as_str()) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_token", "a bearer token is wanted");
    }
    let Ok(Json(sms)) = body else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "to, text, sender and id are wanted, as JSON",
        );
    };
    let digits = sms.to.strip_prefix('+').unwrap_or("");
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", "to is no number of E.164");
    }
    if sms.text.is_empty() || sms.sender.is_empty() || sms.id.is_empty() {
        return refuse(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_request",
            "text, sender and id must not be empty",
        );
    }
    let id = sms.id.clone();
    state.lock().texts.deliver(sms);
    answer(StatusCode::ACCEPTED, &json!({"id": id}))
}
