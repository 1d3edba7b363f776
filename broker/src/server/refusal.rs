//! Answers of the guard, which knows no handler: cheap, and in the form that who asks can read.

use crate::paths;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use std::sync::Arc;

/// Why a request was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
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
    /// The status answered.
    pub const fn status(self) -> StatusCode {
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
pub const FOR_PROGRAMS: [&str; 7] = [
    paths::TOKEN,
    paths::USERINFO,
    paths::INTROSPECT,
    paths::REVOKE,
    paths::JWKS,
    paths::OPENID_CONFIGURATION,
    paths::OAUTH_AUTHORIZATION_SERVER,
];

/// Makes the page of a refusal for a browser; given by who knows pages.
pub type Page = Arc<dyn Fn(Refused, &Parts) -> Response + Send + Sync>;

/// The answer.
pub(super) fn answer(refused: Refused, request: &Parts, page: &Page) -> Response {
    let mut response = if FOR_PROGRAMS.contains(&request.uri.path()) {
        let body = serde_json::json!({"error": refused.error()}).to_string();
        ([(CONTENT_TYPE, "application/json")], body).into_response()
    } else {
        page(refused, request)
    };
    *response.status_mut() = refused.status();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
