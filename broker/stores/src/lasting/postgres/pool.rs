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

use super::lent::Lent;
use super::shelf::{Live, Next, Shelf};
use broker_domain::ports::ConnectionCounts;
use futures_util::future::BoxFuture;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::fmt;
use std::io::ErrorKind;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

/// Between the first two tries to connect; from one to the next it grows.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Says whether a new connection leads to a server that will do.
pub(super) type Admit =
    Box<dyn for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<()>> + Send + Sync>;

/// Connections to PostgreSQL. Copies share them.
#[derive(Clone)]
pub struct PostgresPool(Arc<Shared>);

/// What the copies share.
pub(super) struct Shared {
    shelf: Arc<Shelf>,
    wait: Duration,
    admit: Option<Admit>,
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
        let pool = Self(Arc::new(Shared { shelf: Arc::new(Shelf::new(to, most.max(1))), wait, admit }));
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
        self.0.shelf.counts()
    }

    /// How to connect.
    pub(in super::super) fn connect_options(&self) -> Arc<PgConnectOptions> {
        self.0.shelf.to()
    }

    /// From now on connections lead to another server. Those that there are end, when they come back at the latest.
    pub(super) fn lead_to(&self, to: PgConnectOptions) {
        self.0.shelf.lead_to(to);
    }

    /// Whether it was closed.
    pub(super) fn is_closed(&self) -> bool {
        self.0.shelf.is_shut()
    }

    /// Closes it, after what is under way.
    pub async fn close(&self) {
        let shelf = &self.0.shelf;
        shelf.shut();
        let _all = shelf.places.acquire_many(shelf.most()).await;
        shelf.places.close();
        for live in shelf.take_all() {
            live.close(self.0.wait).await;
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
    /// `said` becomes what the server said when it took none.
    async fn lend(self: Arc<Self>, said: &mut Option<sqlx::Error>) -> sqlx::Result<Lent> {
        let shelf = &self.shelf;
        if shelf.is_shut() {
            return Err(sqlx::Error::PoolClosed);
        }
        let here = Handle::current();
        let places = shelf.places.clone();
        let mut place = places.acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let (mut is_other_gone, mut pause) = (false, BETWEEN_TRIES);
        loop {
            match shelf.next(here.id(), is_other_gone)? {
                Some(Next::Rested(resting)) => {
                    let (is_doubted, since) = (shelf.is_doubted(&resting), resting.since);
                    if resting.live.runtime != here.id() {
                        self.grow(&here);
                    }
                    let mut lent = Lent::new(resting.live, shelf.clone(), place);
                    // Half of the time is left to make another one.
                    if !is_doubted || lent.answers(self.wait / 2).await {
                        return Ok(lent);
                    }
                    place = lent.discard();
                    shelf.part_with(since);
                    is_other_gone = true;
                }
                Some(Next::New(counted)) => match self.connect().await {
                    Ok((connection, made)) => {
                        let live = Live { connection, made, runtime: here.id(), counted };
                        return Ok(Lent::new(live, shelf.clone(), place));
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

    /// Makes one more for a runtime that had to take another's, in the background and one at a time.
    fn grow(self: &Arc<Self>, here: &Handle) {
        let (pool, runtime) = (self.clone(), here.id());
        let Ok(place) = self.shelf.places.clone().try_acquire_owned() else { return };
        let Some(counted) = self.shelf.begin_growing(runtime) else { return };
        here.spawn(async move {
            let made = timeout(pool.wait, pool.connect()).await;
            pool.shelf.end_growing(runtime);
            if let Ok(Ok((connection, made))) = made {
                pool.shelf.take_back(Live { connection, made, runtime, counted });
            }
            drop(place);
        });
    }

    /// With the moment from which on it leads where new ones did.
    async fn connect(&self) -> sqlx::Result<(PgConnection, Instant)> {
        let (moved, made) = (self.shelf.moved(), Instant::now());
        let to = self.shelf.to();
        let connect = async {
            let mut connection = to.connect().await?;
            if let Some(admit) = &self.admit {
                admit(&mut connection).await?;
            }
            Ok((connection, made))
        };
        tokio::select! {
            connected = connect => connected,
            () = moved => Err(std::io::Error::from(ErrorKind::ConnectionRefused).into()),
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
