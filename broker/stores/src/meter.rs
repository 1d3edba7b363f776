//! Counts what a request costs the stores (round trips to Redis, SQL statements, and the time that both took), and ends its waiting
//! for them in time: a store whose machine froze or whose network went leaves connections open and never answers. For a request
//! that is traced, each of them is remembered as a step.
//!
//! The meter of a request is local to its task; work outside of a request counts nowhere.

use broker_domain::ports::StoreError;
use redis::RedisError;
use std::io;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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
    steps: Option<Mutex<Vec<Step>>>,
}

/// What a step was. It holds nothing of what it was about.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A round trip to the store of what expires: the first of its commands, and how many were sent together.
    Commands(&'static str, usize),
    /// A statement, by its place in the program.
    Statement(&'static Location<'static>),
}

/// One round trip or one statement.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What it was.
    pub what: What,
    /// When it began.
    pub began: Instant,
    /// How long it took.
    pub took: Duration,
}

/// Steps that are remembered of one request.
const MOST_STEPS: usize = 128;

impl Meter {
    /// For a request that waits for the stores so long in all and no longer.
    pub fn with_patience(patience: Duration) -> Self {
        Self { patience: Some(patience), ..Self::default() }
    }

    /// The same, remembering the steps too.
    #[must_use]
    pub fn with_steps(self) -> Self {
        Self { steps: Some(Mutex::default()), ..self }
    }

    /// The steps so far, in the order of their ends; each is given once. Of very many, the first.
    pub fn take_steps(&self) -> Vec<Step> {
        let take = |steps: &Mutex<Vec<Step>>| {
            std::mem::take(&mut *steps.lock().unwrap_or_else(PoisonError::into_inner))
        };
        self.steps.as_ref().map(take).unwrap_or_default()
    }

    fn note(&self, step: Step) {
        let (count, time) = match step.what {
            What::Commands(..) => (&self.redis, &self.redis_micros),
            What::Statement(_) => (&self.sql, &self.sql_micros),
        };
        count.fetch_add(1, Ordering::Relaxed);
        time.fetch_add(u64::try_from(step.took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        if let Some(steps) = &self.steps {
            let mut steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
            if steps.len() < MOST_STEPS {
                steps.push(step);
            }
        }
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

/// One round trip, with so many commands, the first of which has this name.
pub(crate) fn round_trip<T, E: TooLate>(
    first: &'static str,
    commands: usize,
    future: impl Future<Output = Result<T, E>>,
) -> impl Future<Output = Result<T, E>> {
    in_time(What::Commands(first, commands), future)
}

/// One statement.
#[track_caller]
pub(crate) fn statement<T>(
    future: impl Future<Output = sqlx::Result<T>>,
) -> impl Future<Output = sqlx::Result<T>> {
    in_time(What::Statement(Location::caller()), future)
}

/// One statement of an operator's, which takes as long as it takes.
#[track_caller]
pub(crate) fn long_statement<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let what = What::Statement(Location::caller());
    async move {
        let began = Instant::now();
        let output = future.await;
        note(what, began);
        output
    }
}

async fn in_time<T, E: TooLate>(what: What, future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let began = Instant::now();
    let output = tokio::time::timeout(left(), future).await.unwrap_or_else(|_| Err(E::too_late()));
    note(what, began);
    output
}

/// How long to wait for an answer. What was asked for may happen all the same, as when a connection breaks.
fn left() -> Duration {
    METER.try_with(|m| m.left()).unwrap_or(OUTSIDE)
}

fn note(what: What, began: Instant) {
    let step = Step { what, began, took: began.elapsed() };
    let _ = METER.try_with(|m| m.note(step));
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
                assert!(round_trip("x", 1, silent).await.unwrap_err().is_timeout());
            }
            // What answers at once is heard all the same.
            round_trip("x", 1, async { Ok::<_, StoreError>(()) }).await.unwrap();
        };
        scope(meter.clone(), all).await;
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert_eq!((meter.sql_statements(), meter.redis_round_trips()), (5, 6));
    }
}
