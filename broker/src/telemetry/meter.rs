//! What one request costs: signatures and time spent upstream, counted where they happen.
//!
//! The meter of a request is local to its task; work outside of a request counts nowhere. Redis and SQL are counted by the
//! stores' own meter in the same way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

tokio::task_local! {
    static METER: Arc<Meter>;
}

/// The counters of one request.
#[derive(Debug, Default)]
pub(super) struct Meter {
    signatures: AtomicU64,
    upstream_calls: AtomicU64,
    upstream_micros: AtomicU64,
}

impl Meter {
    /// Signatures made.
    pub(super) fn signatures(&self) -> u64 {
        self.signatures.load(Ordering::Relaxed)
    }

    /// Calls to upstreams.
    pub(super) fn upstream_calls(&self) -> u64 {
        self.upstream_calls.load(Ordering::Relaxed)
    }

    /// Time spent waiting for upstreams.
    pub(super) fn upstream(&self) -> Duration {
        Duration::from_micros(self.upstream_micros.load(Ordering::Relaxed))
    }
}

/// Runs `future` with `meter` as the meter of its task.
pub(super) fn scope<F: Future>(
    meter: Arc<Meter>,
    future: F,
) -> tokio::task::futures::TaskLocalFuture<Arc<Meter>, F> {
    METER.scope(meter, future)
}

/// Counts one signature for the request in hand; nothing outside of a request.
pub fn count_signature() {
    let _ = METER.try_with(|m| m.signatures.fetch_add(1, Ordering::Relaxed));
}

/// Counts one call to an upstream that took `time`; nothing outside of a request.
pub fn add_upstream(time: Duration) {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let _ = METER.try_with(|m| {
        m.upstream_calls.fetch_add(1, Ordering::Relaxed);
        m.upstream_micros.fetch_add(micros, Ordering::Relaxed);
    });
}
