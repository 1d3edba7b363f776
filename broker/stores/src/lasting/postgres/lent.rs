//! A connection that is lent, and how it comes back.

use super::pool::{Counted, Shared};
use futures_util::FutureExt;
use sqlx::{Connection, Executor, PgConnection};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::{self, Handle};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

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
    /// Ends it, in good order where there is somebody to do it.
    pub(super) fn end(self) {
        if let Ok(here) = Handle::try_current() {
            here.spawn(self.close(FAREWELL));
        }
    }

    /// Ends it in good order, if the server is still there to hear of it.
    pub(super) async fn close(self, wait: Duration) {
        // Its place is free for another one from now on.
        drop(self.counted);
        let _ = timeout(wait, self.connection.close()).await;
    }
}

/// A connection of one's own, until it is dropped. A transaction that is open then is rolled back.
pub struct Lent {
    live: Option<Live>,
    pub(super) is_in_transaction: bool,
    pool: Arc<Shared>,
    /// Given back after the connection is.
    place: Option<OwnedSemaphorePermit>,
}

impl Lent {
    pub(super) const fn new(live: Live, pool: Arc<Shared>, place: OwnedSemaphorePermit) -> Self {
        Self { live: Some(live), is_in_transaction: false, pool, place: Some(place) }
    }
}

#[expect(clippy::expect_used, reason = "only `drop` takes it")]
impl Deref for Lent {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.live.as_ref().expect("lent").connection
    }
}

#[expect(clippy::expect_used, reason = "only `drop` takes it")]
impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.live.as_mut().expect("lent").connection
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let (Some(mut live), Some(place)) = (self.live.take(), self.place.take()) else { return };
        // At once, unless something is under way, as when a statement was given up.
        let settled = if self.is_in_transaction { None } else { live.connection.flush().now_or_never() };
        match (settled, Handle::try_current()) {
            (Some(Ok(())), _) => {
                self.pool.take_back(live);
                drop(place);
            }
            (None, Ok(here)) => {
                here.spawn(settle(live, self.is_in_transaction, self.pool.clone(), place));
            }
            (Some(Err(_)) | None, _) => {
                self.pool.doubt();
                drop(live);
                drop(place);
            }
        }
    }
}

/// Waits for the end of what is under way, and rolls back what is open.
async fn settle(mut live: Live, is_in_transaction: bool, pool: Arc<Shared>, place: OwnedSemaphorePermit) {
    let settle = async {
        live.connection.flush().await?;
        if is_in_transaction {
            live.connection.execute("ROLLBACK").await?;
        }
        Ok::<_, sqlx::Error>(())
    };
    let is_settled = tokio::select! {
        settled = timeout(pool.wait(), settle) => matches!(settled, Ok(Ok(()))),
        () = pool.moved() => false,
    };
    if is_settled {
        pool.take_back(live);
    } else {
        pool.doubt();
        drop(live);
    }
    drop(place);
}
