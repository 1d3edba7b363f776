//! Answers of the guard, which knows no handler: cheap, and in the form that who asks can read.

use crate::paths;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
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
    /// Whoever sends it comes too often.
    TooMany {
        /// Seconds after which another may come.
        retry_secs: u32,
    },
}

impl Refused {
    /// The status answered.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Overloaded | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// Seconds after which it may be tried again, when that may help.
    const fn retry_secs(self) -> Option<u32> {
        match self {
            Self::Overloaded | Self::TimedOut => Some(1),
            Self::TooMany { retry_secs } => Some(retry_secs),
            Self::Broken | Self::TooLarge => None,
        }
    }

    const fn error(self) -> &'static str {
        match self {
            Self::Overloaded | Self::TimedOut | Self::TooMany { .. } => "temporarily_unavailable",
            Self::Broken => "server_error",
            Self::TooLarge => "invalid_request",
        }
    }
}

/// The paths that programs call: they read JSON.
pub const FOR_PROGRAMS: [&str; 8] = [
    paths::TOKEN,
    paths::USERINFO,
    paths::INTROSPECT,
    paths::REVOKE,
    paths::EVENTS_POLL,
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
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(secs) = refused.retry_secs() {
        headers.insert(RETRY_AFTER, HeaderValue::from(secs));
    }
    response
}
