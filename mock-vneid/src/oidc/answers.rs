//! How endpoints answer, and faults that any of them can have.

use crate::fault::Fault;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use std::time::Duration;

/// Faults that any endpoint can have: `Some` is the spoilt answer.
pub(crate) async fn common(faults: &[Fault]) -> Option<Response> {
    for fault in faults {
        match fault {
            Fault::Delay { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Fault::Status { status } => {
                return Some(
                    StatusCode::from_u16(*status)
                        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                        .into_response(),
                );
            }
            Fault::Cut => {
                let cut = stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) });
                return Some(([(CONTENT_TYPE, "application/json")], Body::from_stream(cut)).into_response());
            }
            Fault::Garbage => {
                return Some(
                    ([(CONTENT_TYPE, "application/json")], "{\"this is\": not JSON").into_response(),
                );
            }
            Fault::OversizedBody => {
                let body = format!("{{\"filler\": \"{}\"}}", "x".repeat(8 * 1024 * 1024));
                return Some(([(CONTENT_TYPE, "application/json")], body).into_response());
            }
            _ => {}
        }
    }
    None
}

/// Compact JSON with `no-store`.
pub(crate) fn answer(status: StatusCode, body: &Value) -> Response {
    (
        status,
        [(CONTENT_TYPE, "application/json"), (http::header::CACHE_CONTROL, "no-store")],
        body.to_string(),
    )
        .into_response()
}

/// An OAuth error.
pub(crate) fn refuse(status: StatusCode, error: &str, description: &str) -> Response {
    answer(status, &json!({"error": error, "error_description": description}))
}
