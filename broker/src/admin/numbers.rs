//! `/metrics`, in the text format of Prometheus.

use super::state::AdminState;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

/// All numbers of this instance.
pub(super) async fn metrics(State(state): State<AdminState>) -> Response {
    let in_hand = u32::try_from(state.guard.in_hand()).unwrap_or(u32::MAX);
    state.metrics.gauge("broker_requests_in_hand", &[], f64::from(in_hand));
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render()).into_response()
}
