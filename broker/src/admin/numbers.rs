//! `/metrics`, in the text format of Prometheus.

use super::health::checks;
use super::state::AdminState;
use crate::telemetry::process_numbers;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

/// All numbers of this instance.
pub(super) async fn metrics(State(state): State<AdminState>) -> Response {
    let numbers = &state.metrics;
    let in_hand = u32::try_from(state.guard.in_hand()).unwrap_or(u32::MAX);
    numbers.gauge("broker_requests_in_hand", &[], f64::from(in_hand));
    // Whoever reads the numbers learns of readiness too: no balancer tells them.
    let checks = checks(&state).await;
    for (name, result) in &checks {
        numbers.gauge("broker_check_ok", &[("check", name)], f64::from(u8::from(result.is_ok())));
    }
    let is_ready = checks.iter().all(|(_, c)| c.is_ok());
    numbers.gauge("broker_ready", &[], f64::from(u8::from(is_ready)));
    let text = numbers.render() + &process_numbers();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
