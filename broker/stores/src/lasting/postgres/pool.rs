//! Connections: so many at the most, each lent to one user at a time, and none lost, whatever becomes of its server.
//!
//! ```text
//!   acquire ──► a place ──► one that rests, best of this runtime, or a new one ──► lent
//!                 ▲                                                                  │ dropped
//!                 │        rests ◄── nothing is under way on it ◄────────────────────┤
//!                 └──────────┴────── ends ◄── it does not come to rest in time ◄─────┘
//! ```
//!
//! The driver's own pool asks every connection that comes back for a sign of life: a round trip for each use, and one without a limit of
//! time, so that connections to a machine that is gone never come back, nor do their places. Here one comes back at once when nothing
//! is under way on it, and has a limit of time otherwise.

use super::lent::{Lent, Live};
use broker_domain::ports::ConnectionCounts;
use futures_util::future::BoxFuture;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::fmt;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::runtime::{self, Handle};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{sleep, timeout};

/// One that rested longer is tried before it is used: its server may have gone.
const RESTED: Duration = Duration::from_secs(1);
/// One that rested longer is not needed any more.
const IDLE: Duration = Duration::from_secs(600);
/// One that is older ends: what its server keeps for it only grows.
const OLD: Duration = Duration::from_secs(1800);
/// Between the first two tries to connect; from one to the next it grows.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Says whether a new connection leads to a server that will do.
pub(super) type Admit =
    Box<dyn for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<()>> + Send + Sync>;

/// Connections to PostgreSQL. Copies share them.
#[derive(Clone)]
pub struct PostgresPool(Arc<Shared>);

pub(super) struct Shared {
    most: u32,
    wait: Duration,
    admit: Option<Admit>,
    /// For so many at a time.
    places: Arc<Semaphore>,
    kept: Mutex<Kept>,
    /// Those that were lent lead to another server than new ones.
    moved: Notify,
}

struct Kept {
    to: Arc<PgConnectOptions>,
    /// Those made before do not lead there.
    since: Instant,
    /// The one that rests longest first.
    resting: Vec<Resting>,
    /// Those resting before a connection was found broken are tried.
    doubted: Instant,
    /// Resting, lent or being made.
    all: u32,
    /// Runtimes for which one is being made in the background.
    growing: Vec<runtime::Id>,
    is_closed: bool,
}

struct Resting {
    live: Live,
    since: Instant,
}

/// One of all, counted until it is dropped. Those that rest do not keep the pool.
pub(super) struct Counted(Weak<Shared>);

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(pool) = self.0.upgrade() {
            let mut kept = pool.kept();
            kept.all = kept.all.saturating_sub(1);
        }
    }
}

/// What who has a place gets.
enum Next {
    Rested(Resting),
    New(Counted),
}

impl PostgresPool {
    /// Opens the first of at most `most` connections; `wait` is the limit of time for getting one.
    ///
    /// # Errors
    /// When it does not open.
    pub(super) async fn open(
        to: PgConnectOptions,
        most: u32,
        wait: Duration,
        admit: Option<Admit>,
    ) -> sqlx::Result<Self> {
        let now = Instant::now();
        let kept = Kept {
            to: Arc::new(to),
            since: now,
            resting: Vec::new(),
            doubted: now,
            all: 0,
            growing: Vec::new(),
            is_closed: false,
        };
        let most = most.max(1);
        let pool = Self(Arc::new(Shared {
            most,
            wait,
            admit,
            places: Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1))),
            kept: Mutex::new(kept),
            moved: Notify::new(),
        }));
        drop(pool.acquire().await?);
        Ok(pool)
    }

    /// A connection, until it is dropped.
    ///
    /// # Errors
    /// When none becomes free, or none can be made, in time; when the pool is closed.
    pub async fn acquire(&self) -> sqlx::Result<Lent> {
        let mut said = None;
        let lent = timeout(self.0.wait, self.0.clone().lend(&mut said)).await;
        lent.unwrap_or_else(|_| Err(said.unwrap_or(sqlx::Error::PoolTimedOut)))
    }

    /// How many connections there are.
    pub fn counts(&self) -> ConnectionCounts {
        let kept = self.0.kept();
        let resting = u32::try_from(kept.resting.len()).unwrap_or(u32::MAX);
        ConnectionCounts { lent: kept.all.saturating_sub(resting), resting, most: self.0.most }
    }

    /// How to connect.
    pub(in super::super) fn connect_options(&self) -> Arc<PgConnectOptions> {
        self.0.kept().to.clone()
    }

    /// From now on connections lead to another server. Those that there are end, when they come back at the latest.
    pub(super) fn lead_to(&self, to: PgConnectOptions) {
        let left = {
            let mut kept = self.0.kept();
            kept.to = Arc::new(to);
            kept.since = Instant::now();
            std::mem::take(&mut kept.resting)
        };
        self.0.moved.notify_waiters();
        left.into_iter().for_each(|resting| resting.live.end());
    }

    /// Whether it was closed.
    pub(super) fn is_closed(&self) -> bool {
        self.0.kept().is_closed
    }

    /// Closes it, after what is under way.
    pub async fn close(&self) {
        self.0.kept().is_closed = true;
        let _all = self.0.places.acquire_many(self.0.most).await;
        self.0.places.close();
        let resting = std::mem::take(&mut self.0.kept().resting);
        for resting in resting {
            resting.live.close(self.0.wait).await;
        }
    }

    pub(super) fn downgrade(&self) -> Weak<Shared> {
        Arc::downgrade(&self.0)
    }

    pub(super) fn upgrade(shared: &Weak<Shared>) -> Option<Self> {
        shared.upgrade().map(Self)
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until connections that are lent lead elsewhere than new ones.
    pub(super) fn moved(&self) -> impl Future<Output = ()> + '_ {
        self.moved.notified()
    }

    /// Whether a connection made then leads elsewhere than new ones.
    pub(super) fn leads_elsewhere(&self, made: Instant) -> bool {
        made < self.kept().since
    }

    /// `said` becomes what the server said when it took none.
    async fn lend(self: Arc<Self>, said: &mut Option<sqlx::Error>) -> sqlx::Result<Lent> {
        if self.kept().is_closed {
            return Err(sqlx::Error::PoolClosed);
        }
        let here = Handle::current();
        let places = self.places.clone();
        let mut place = places.acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let (mut is_other_gone, mut pause) = (false, BETWEEN_TRIES);
        loop {
            match self.next(here.id(), is_other_gone)? {
                Some(Next::Rested(resting)) => {
                    let (is_doubted, since) = (self.is_doubted(&resting), resting.since);
                    if resting.live.runtime != here.id() {
                        self.grow(&here);
                    }
                    let mut lent = Lent::new(resting.live, self.clone(), place);
                    // Half of the time is left to make another one.
                    if !is_doubted || lent.answers(self.wait / 2).await {
                        return Ok(lent);
                    }
                    place = lent.discard();
                    self.part_with(since);
                    is_other_gone = true;
                }
                Some(Next::New(counted)) => match self.connect().await {
                    Ok(connection) => {
                        let live = Live { connection, made: Instant::now(), runtime: here.id(), counted };
                        return Ok(Lent::new(live, self, place));
                    }
                    Err(error) if is_lasting(&error) => return Err(error),
                    Err(error) => {
                        drop(counted);
                        tracing::debug!(%error, "a connection to the database");
                        *said = Some(error);
                        sleep(pause).await;
                        pause = pause.saturating_mul(2).min(self.wait / 4);
                    }
                },
                None => tokio::task::yield_now().await,
            }
        }
    }

    /// For who has a place: one of the same runtime is the best, for no thread has to wake another for an answer then.
    fn next(self: &Arc<Self>, runtime: runtime::Id, is_new_better: bool) -> sqlx::Result<Option<Next>> {
        let mut kept = self.kept();
        if kept.is_closed {
            return Err(sqlx::Error::PoolClosed);
        }
        let own = kept.resting.iter().rposition(|resting| resting.live.runtime == runtime);
        let any = own.or_else(|| kept.resting.len().checked_sub(1));
        Ok(match any {
            Some(at) if !is_new_better || kept.all >= self.most => {
                Some(Next::Rested(kept.resting.remove(at)))
            }
            _ if kept.all < self.most => Some(Next::New(self.count(&mut kept))),
            // All that are not lent are about to end: there is room in a moment.
            _ => None,
        })
    }

    fn count(self: &Arc<Self>, kept: &mut Kept) -> Counted {
        kept.all = kept.all.saturating_add(1);
        Counted(Arc::downgrade(self))
    }

    /// Makes one more for a runtime that had to take another's, in the background and one at a time.
    fn grow(self: &Arc<Self>, here: &Handle) {
        let Ok(place) = self.places.clone().try_acquire_owned() else { return };
        let counted = {
            let mut kept = self.kept();
            if kept.all >= self.most || kept.growing.contains(&here.id()) {
                return;
            }
            kept.growing.push(here.id());
            self.count(&mut kept)
        };
        let (pool, runtime) = (self.clone(), here.id());
        here.spawn(async move {
            let made = timeout(pool.wait, pool.connect()).await;
            pool.kept().growing.retain(|of| *of != runtime);
            if let Ok(Ok(connection)) = made {
                pool.take_back(Live { connection, made: Instant::now(), runtime, counted });
            }
            drop(place);
        });
    }

    async fn connect(&self) -> sqlx::Result<PgConnection> {
        let to = self.kept().to.clone();
        tokio::select! {
            made = to.connect() => {
                let mut connection = made?;
                if let Some(admit) = &self.admit {
                    admit(&mut connection).await?;
                }
                Ok(connection)
            }
            () = self.moved() => Err(std::io::Error::from(ErrorKind::ConnectionRefused).into()),
        }
    }

    fn is_doubted(&self, resting: &Resting) -> bool {
        resting.since <= self.kept().doubted || resting.since.elapsed() > RESTED
    }

    /// Ends those that have rested as long as one that gave no sign of life.
    fn part_with(&self, since: Instant) {
        let gone: Vec<Resting> = {
            let mut kept = self.kept();
            let count = kept.resting.partition_point(|resting| resting.since <= since);
            kept.resting.drain(..count).collect()
        };
        self.doubt();
        gone.into_iter().for_each(|resting| resting.live.end());
    }

    /// Has those that rest tried before they are used: one was broken.
    pub(super) fn doubt(&self) {
        self.kept().doubted = Instant::now();
    }

    /// Takes back one on which nothing is under way.
    pub(super) fn take_back(&self, live: Live) {
        let now = Instant::now();
        let ends = {
            let mut kept = self.kept();
            if kept.is_closed || live.made < kept.since || now.duration_since(live.made) > OLD {
                Some(live)
            } else {
                kept.resting.push(Resting { live, since: now });
                let is_idle =
                    kept.resting.first().is_some_and(|first| now.duration_since(first.since) > IDLE);
                is_idle.then(|| kept.resting.remove(0).live)
            }
        };
        if let Some(live) = ends {
            live.end();
        }
    }
}

/// Whether to try again is of no use: the server refused, and neither just starts or stops (class 57P) nor has no room (53).
fn is_lasting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => !matches!(
            error.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::NotConnected
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
                | ErrorKind::TimedOut
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
        ),
        sqlx::Error::Database(error) => {
            !error.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("53"))
        }
        _ => true,
    }
}

impl fmt::Debug for PostgresPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresPool").field(&self.counts()).finish()
    }
}
