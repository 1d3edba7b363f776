//! Where connections rest, and what is known of all of them.

use broker_domain::ports::ConnectionCounts;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::runtime::{self, Handle};
use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;

/// One that rested longer is tried before it is used: its server may have gone.
const RESTED: Duration = Duration::from_secs(1);
/// One that rested longer is not needed any more.
const IDLE: Duration = Duration::from_secs(600);
/// One that is older ends: what its server keeps for it only grows.
const OLD: Duration = Duration::from_secs(1800);
/// To say good-bye to the server.
const FAREWELL: Duration = Duration::from_secs(1);

/// An open connection.
pub(super) struct Live {
    pub(super) connection: PgConnection,
    pub(super) made: Instant,
    /// The one that drives it.
    pub(super) runtime: runtime::Id,
    pub(super) counted: Counted,
}

impl Live {
    /// Ends it, in good order where there is somebody to do it. There is room for another one from now on.
    pub(super) fn end(self) {
        let Self { connection, counted, .. } = self;
        drop(counted);
        if let Ok(here) = Handle::try_current() {
            here.spawn(timeout(FAREWELL, connection.close()));
        }
    }

    /// Ends it in good order, if the server is still there to hear of it.
    pub(super) async fn close(self, wait: Duration) {
        let _ = timeout(wait, self.connection.close()).await;
    }

    /// Waits for the end of what is under way. What an error ends has ended.
    pub(super) async fn quiet(&mut self) -> sqlx::Result<()> {
        loop {
            match self.connection.flush().await {
                Err(sqlx::Error::Database(_)) => {}
                other => return other,
            }
        }
    }
}

/// One of all, counted until it is dropped. Those that rest do not keep the shelf.
pub(super) struct Counted(Weak<Shelf>);

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(shelf) = self.0.upgrade() {
            let mut kept = shelf.kept();
            kept.all = kept.all.saturating_sub(1);
        }
    }
}

/// One that rests.
pub(super) struct Resting {
    pub(super) live: Live,
    pub(super) since: Instant,
}

/// What who has a place gets.
pub(super) enum Next {
    Rested(Resting),
    New(Counted),
}

/// All connections of a pool.
pub(super) struct Shelf {
    most: u32,
    /// For so many at a time.
    pub(super) places: Arc<Semaphore>,
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

impl Shelf {
    /// For at most `most` of them, which lead there.
    pub(super) fn new(to: PgConnectOptions, most: u32) -> Self {
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
        let places = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1)));
        Self { most, places, kept: Mutex::new(kept), moved: Notify::new() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there may be.
    pub(super) const fn most(&self) -> u32 {
        self.most
    }

    /// How many there are.
    pub(super) fn counts(&self) -> ConnectionCounts {
        let kept = self.kept();
        let resting = u32::try_from(kept.resting.len()).unwrap_or(u32::MAX);
        ConnectionCounts { lent: kept.all.saturating_sub(resting), resting, most: self.most }
    }

    /// Where new ones lead.
    pub(super) fn to(&self) -> Arc<PgConnectOptions> {
        self.kept().to.clone()
    }

    /// From now on they lead to another server. Those that there are end, when they come back at the latest.
    pub(super) fn lead_to(&self, to: PgConnectOptions) {
        let left = {
            let mut kept = self.kept();
            kept.to = Arc::new(to);
            kept.since = Instant::now();
            std::mem::take(&mut kept.resting)
        };
        self.moved.notify_waiters();
        left.into_iter().for_each(|resting| resting.live.end());
    }

    /// Until connections that are lent lead elsewhere than new ones.
    pub(super) fn moved(&self) -> impl Future<Output = ()> + '_ {
        self.moved.notified()
    }

    /// Whether a connection made then leads elsewhere than new ones.
    pub(super) fn leads_elsewhere(&self, made: Instant) -> bool {
        made < self.kept().since
    }

    /// From now on none is given out.
    pub(super) fn shut(&self) {
        self.kept().is_closed = true;
    }

    /// Whether it was shut.
    pub(super) fn is_shut(&self) -> bool {
        self.kept().is_closed
    }

    /// Those that rest, which do so no more.
    pub(super) fn take_all(&self) -> Vec<Live> {
        std::mem::take(&mut self.kept().resting).into_iter().map(|resting| resting.live).collect()
    }

    /// For who has a place: one of the same runtime is the best, for no thread has to wake another for an answer then. `None` when all
    /// that are not lent are about to end: there is room in a moment.
    ///
    /// # Errors
    /// When it was shut.
    pub(super) fn next(
        self: &Arc<Self>,
        runtime: runtime::Id,
        is_new_better: bool,
    ) -> sqlx::Result<Option<Next>> {
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
            _ => None,
        })
    }

    fn count(self: &Arc<Self>, kept: &mut Kept) -> Counted {
        kept.all = kept.all.saturating_add(1);
        Counted(Arc::downgrade(self))
    }

    /// Room for one more for a runtime that had to take another's; for one at a time.
    pub(super) fn begin_growing(self: &Arc<Self>, runtime: runtime::Id) -> Option<Counted> {
        let mut kept = self.kept();
        if kept.all >= self.most || kept.growing.contains(&runtime) {
            return None;
        }
        kept.growing.push(runtime);
        Some(self.count(&mut kept))
    }

    /// It was made, or could not be.
    pub(super) fn end_growing(&self, runtime: runtime::Id) {
        self.kept().growing.retain(|of| *of != runtime);
    }

    /// Whether it is to be tried before it is used.
    pub(super) fn is_doubted(&self, resting: &Resting) -> bool {
        resting.since <= self.kept().doubted || resting.since.elapsed() > RESTED
    }

    /// Has those that rest tried before they are used: one was broken.
    pub(super) fn doubt(&self) {
        self.kept().doubted = Instant::now();
    }

    /// Ends those that have rested as long as one that gave no sign of life.
    pub(super) fn part_with(&self, since: Instant) {
        let gone: Vec<Resting> = {
            let mut kept = self.kept();
            kept.doubted = Instant::now();
            let count = kept.resting.partition_point(|resting| resting.since <= since);
            kept.resting.drain(..count).collect()
        };
        gone.into_iter().for_each(|resting| resting.live.end());
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
