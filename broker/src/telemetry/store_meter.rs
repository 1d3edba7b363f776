//! The stores' meter, until the stores bring it.
use std::sync::Arc;
use std::time::Duration;
#[derive(Debug, Default)]
pub(super) struct Meter;
impl Meter {
    pub(super) fn redis_round_trips(&self) -> u64 {
        0
    }
    pub(super) fn redis_time(&self) -> Duration {
        Duration::ZERO
    }
    pub(super) fn sql_statements(&self) -> u64 {
        0
    }
    pub(super) fn sql_time(&self) -> Duration {
        Duration::ZERO
    }
}
pub(super) fn scope<F: Future>(_meter: Arc<Meter>, future: F) -> F {
    future
}
