//! Answers of the guard, which knows no handler: cheap, and in the form that who asks can read.

use crate::paths;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

/// Why a request was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Too many are in hand.
    Overloaded,
    /// It took too long.
    TimedOut,
    /// It ended in a panic.
    Broken,
    /// Its body is too large.
    TooLarge,
}

impl Refused {
    const fn status(self) -> StatusCode {
        match self {
            Self::Overloaded | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    const fn error(self) -> &'static str {
        match self {
            Self::Overloaded | Self::TimedOut => "temporarily_unavailable",
            Self::Broken => "server_error",
            Self::TooLarge => "invalid_request",
        }
    }
}

/// The paths that programs call: they read JSON.
const FOR_PROGRAMS: [&str; 7] = [
    paths::TOKEN,
    paths::USERINFO,
    paths::INTROSPECT,
    paths::REVOKE,
    paths::JWKS,
    paths::OPENID_CONFIGURATION,
    paths::OAUTH_AUTHORIZATION_SERVER,
];

/// The answer.
pub(super) fn refuse(refused: Refused, path: &str) -> Response {
    let mut response = if FOR_PROGRAMS.contains(&path) {
        let body = serde_json::json!({"error": refused.error()}).to_string();
        (refused.status(), [(CONTENT_TYPE, "application/json")], body).into_response()
    } else {
        (refused.status(), [(CONTENT_TYPE, "text/html; charset=utf-8")], "").into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if refused.status() == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
