//! What the resources reach.

use crate::server::{Guard, Lifecycle};
use crate::state::Broker;
use crate::telemetry::Metrics;
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
