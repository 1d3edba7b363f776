//! JSON answers: typed, and never kept by caches unless they may be.

use super::standing::with_standing;
use crate::errors::OAuthError;
use crate::extract::Tried;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

/// An answer that no cache may keep (RFC 6749, 5.1).
pub fn json_no_store(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    (status, headers, text(body)).into_response()
}

/// As JSON. A value that was made here can always be written.
fn text(body: &Value) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}

/// A token as an answer of its own (OpenID Connect Core 5.3.2), that no cache may keep.
pub fn jwt_no_store(token: String) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/jwt")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::OK, headers, token).into_response()
}

/// A public document that may be kept for a while.
pub fn json_cached(body: &Value, secs: u32) -> Response {
    let age = HeaderValue::from_str(&format!("public, max-age={secs}"))
        .unwrap_or(HeaderValue::from_static("no-cache"));
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json")), (CACHE_CONTROL, age)], text(body))
        .into_response()
}

/// 200 without a body and without a type: some clients choke on an empty `text/plain` (revocation).
pub fn empty_ok() -> Response {
    (StatusCode::OK, [(CACHE_CONTROL, HeaderValue::from_static("no-store"))]).into_response()
}

/// An error for a client at the token endpoint and its like.
pub fn oauth_error(error: OAuthError, tried: Tried) -> Response {
    let body = json!({"error": error.error, "error_description": error.description});
    let mut response = json_no_store(error.status, &body);
    if error.status == StatusCode::UNAUTHORIZED && tried.header {
        response
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"broker\", charset=\"UTF-8\""));
    }
    with_standing(response, tried.standing)
}

/// A refused access token (RFC 6750, 3).
pub fn token_refused(error: Option<OAuthError>) -> Response {
    let (status, body, challenge) = match error {
        None => (StatusCode::UNAUTHORIZED, Value::Null, "Bearer realm=\"broker\"".to_owned()),
        Some(e) => (
            e.status,
            json!({"error": e.error, "error_description": e.description}),
            format!(
                "Bearer realm=\"broker\", error=\"{}\", error_description=\"{}\"",
                e.error, e.description
            ),
        ),
    };
    let mut response = match body {
        Value::Null => (status, [(CACHE_CONTROL, HeaderValue::from_static("no-store"))]).into_response(),
        body => json_no_store(status, &body),
    };
    if let Ok(value) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    response
}
