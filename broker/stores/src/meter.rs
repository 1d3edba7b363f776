//! Counts what a request costs the stores (round trips to Redis, SQL statements, and the time that both took), and ends its waiting
//! for them in time: a store whose machine froze or whose network went leaves connections open and never answers.
//!
//! The meter of a request is local to its task; work outside of a request counts nowhere.

use broker_domain::ports::StoreError;
use redis::RedisError;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

tokio::task_local! {
    static METER: Arc<Meter>;
}

/// How long work outside of a request waits for one answer: beyond every limit that the stores have for themselves.
const OUTSIDE: Duration = Duration::from_secs(20);

/// The counters of one request.
#[derive(Debug, Default)]
pub struct Meter {
    /// Without: as long as work outside of a request.
    patience: Option<Duration>,
    redis: AtomicU64,
    redis_micros: AtomicU64,
    sql: AtomicU64,
    sql_micros: AtomicU64,
}

impl Meter {
    /// For a request that waits for the stores so long in all and no longer.
    pub fn with_patience(patience: Duration) -> Self {
        Self { patience: Some(patience), ..Self::default() }
    }

    /// How long the request may still wait.
    fn left(&self) -> Duration {
        let waited = self.redis_time().saturating_add(self.sql_time());
        self.patience.map_or(OUTSIDE, |patience| patience.saturating_sub(waited))
    }

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

/// What an answer that does not come in time is.
pub(crate) trait TooLate {
    /// The error.
    fn too_late() -> Self;
}

impl TooLate for sqlx::Error {
    fn too_late() -> Self {
        Self::Io(io::ErrorKind::TimedOut.into())
    }
}

impl TooLate for RedisError {
    fn too_late() -> Self {
        Self::from(io::Error::from(io::ErrorKind::TimedOut))
    }
}

impl TooLate for StoreError {
    fn too_late() -> Self {
        Self::Unavailable("no answer in time".to_owned())
    }
}

/// One round trip.
pub(crate) async fn round_trip<T, E: TooLate>(future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let begun = Instant::now();
    let output = tokio::time::timeout(left(), future).await.unwrap_or_else(|_| Err(E::too_late()));
    note(|m| (&m.redis, &m.redis_micros), begun);
    output
}

/// One statement.
pub(crate) async fn statement<T>(future: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let begun = Instant::now();
    let output = tokio::time::timeout(left(), future).await.unwrap_or_else(|_| Err(TooLate::too_late()));
    note(|m| (&m.sql, &m.sql_micros), begun);
    output
}

/// One statement of an operator's, which takes as long as it takes.
pub(crate) async fn long_statement<F: Future>(future: F) -> F::Output {
    let begun = Instant::now();
    let output = future.await;
    note(|m| (&m.sql, &m.sql_micros), begun);
    output
}

/// How long to wait for an answer. What was asked for may happen all the same, as when a connection breaks.
fn left() -> Duration {
    METER.try_with(|m| m.left()).unwrap_or(OUTSIDE)
}

fn note(which: impl Fn(&Meter) -> (&AtomicU64, &AtomicU64), begun: Instant) {
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let _ = METER.try_with(|m| {
        let (count, time) = which(m);
        count.fetch_add(1, Ordering::Relaxed);
        time.fetch_add(micros, Ordering::Relaxed);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn never() -> sqlx::Result<()> {
        std::future::pending().await
    }

    #[tokio::test]
    async fn a_request_waits_so_long_in_all() {
        let meter = Arc::new(Meter::with_patience(Duration::from_millis(80)));
        let begun = Instant::now();
        let all = async {
            for _ in 0..5 {
                assert!(matches!(statement(never()).await, Err(sqlx::Error::Io(_))));
                let silent = std::future::pending::<Result<(), RedisError>>();
                assert!(round_trip(silent).await.unwrap_err().is_timeout());
            }
            // What answers at once is heard all the same.
            round_trip(async { Ok::<_, StoreError>(()) }).await.unwrap();
        };
        scope(meter.clone(), all).await;
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert_eq!((meter.sql_statements(), meter.redis_round_trips()), (5, 6));
    }
}
