//! Where a client stands with its limit, in the headers of its answer (draft-ietf-httpapi-ratelimit-headers-11).

use crate::rates::{Kind, Standing};
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue};
use std::fmt::Write;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Adds the headers; none without a limit. Who has proven nobody learns no more than when to come again.
pub fn with_standing(mut response: Response, standing: Option<Standing>) -> Response {
    if let Some(standing) = standing {
        let Standing { kind, most, remaining, reset_secs, exceeded } = standing;
        let headers = response.headers_mut();
        if exceeded {
            headers.insert(RETRY_AFTER, HeaderValue::from(reset_secs));
        }
        if kind != Kind::Client {
            return response;
        }
        // Writing to a string does not fail.
        let mut text = String::with_capacity(48);
        let _ = write!(text, "\"client\";q={most};w={}", Standing::WINDOW_SECS);
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(RATE_LIMIT_POLICY, value);
        }
        text.clear();
        let _ = write!(text, "\"client\";r={remaining};t={reset_secs}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(RATE_LIMIT, value);
        }
    }
    response
}
