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
    numbers.gauge("broker_behind_seconds", &[], state.guard.behind().by().as_secs_f64());
    let connections = u32::try_from(state.guard.connections().now()).unwrap_or(u32::MAX);
    numbers.gauge("broker_connections", &[], f64::from(connections));
    if let Some(counts) = state.broker.stores.upkeep.connections() {
        for (name, count) in [("lent", counts.lent), ("resting", counts.resting), ("most", counts.most)] {
            numbers.gauge("broker_database_connections", &[("state", name)], f64::from(count));
        }
    }
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
