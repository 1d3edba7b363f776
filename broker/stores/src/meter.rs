//! Counts what a request costs the stores: round trips to Redis, SQL statements, and the time that both took.
//!
//! The meter of a request is local to its task; work outside of a request counts nowhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

tokio::task_local! {
    static METER: Arc<Meter>;
}

/// The counters of one request.
#[derive(Debug, Default)]
pub struct Meter {
    redis: AtomicU64,
    redis_micros: AtomicU64,
    sql: AtomicU64,
    sql_micros: AtomicU64,
}

impl Meter {
    /// Round trips to the store of what expires.
    pub fn redis_round_trips(&self) -> u64 {
        self.redis.load(Ordering::Relaxed)
    }

    /// Time spent waiting for it.
    pub fn redis_time(&self) -> Duration {
        Duration::from_micros(self.redis_micros.load(Ordering::Relaxed))
    }

    /// SQL statements; the beginning and the end of a transaction count as one each.
    pub fn sql_statements(&self) -> u64 {
        self.sql.load(Ordering::Relaxed)
    }

    /// Time spent waiting for them.
    pub fn sql_time(&self) -> Duration {
        Duration::from_micros(self.sql_micros.load(Ordering::Relaxed))
    }
}

/// Runs `future` with `meter` as the meter of its task.
pub fn scope<F: Future>(
    meter: Arc<Meter>,
    future: F,
) -> tokio::task::futures::TaskLocalFuture<Arc<Meter>, F> {
    METER.scope(meter, future)
}

/// One round trip.
pub(crate) async fn round_trip<F: Future>(future: F) -> F::Output {
    let begun = Instant::now();
    let output = future.await;
    note(|m| (&m.redis, &m.redis_micros), begun);
    output
}

/// One statement.
pub(crate) async fn statement<F: Future>(future: F) -> F::Output {
    let begun = Instant::now();
    let output = future.await;
    note(|m| (&m.sql, &m.sql_micros), begun);
    output
}

fn note(which: impl Fn(&Meter) -> (&AtomicU64, &AtomicU64), begun: Instant) {
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let _ = METER.try_with(|m| {
        let (count, time) = which(m);
        count.fetch_add(1, Ordering::Relaxed);
        time.fetch_add(micros, Ordering::Relaxed);
    });
}
