//! The admin listener: one file for each resource.

mod health;
mod numbers;

use crate::server::{Guard, Lifecycle};
use crate::state::Broker;
use crate::telemetry::Metrics;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;

/// What the resources reach.
#[derive(Clone)]
pub struct AdminState {
    /// The broker.
    pub broker: Arc<Broker>,
    /// Its numbers.
    pub metrics: Arc<Metrics>,
    /// Its stage.
    pub lifecycle: Lifecycle,
    /// Its limits, for how much is in hand.
    pub guard: Guard,
}

/// The resources of the admin listener.
pub fn router(state: AdminState) -> Router {
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(numbers::metrics))
        .with_state(state)
}

#[cfg(test)]
mod tests;
