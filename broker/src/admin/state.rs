//! What the resources reach.

use crate::server::{Guard, Lifecycle};
use crate::state::Broker;
use crate::telemetry::Metrics;
use std::sync::Arc;
use tokio::runtime::Handle;

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
    /// The runtime of the program: the admin listener has its own, which is for nothing else.
    pub runtime: Handle,
}
