//! A connection that is lent, and how it comes back.

use super::shelf::{Live, Shelf};
use futures_util::FutureExt;
use sqlx::{Connection, Executor, PgConnection};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

/// For the end of what is under way: a little more than the server gives a statement.
const SETTLED: Duration = Duration::from_secs(6);

/// A connection of one's own, until it is dropped. A transaction that is open then is rolled back.
pub struct Lent {
    live: Option<Live>,
    pub(super) is_in_transaction: bool,
    shelf: Arc<Shelf>,
    /// Given back after the connection is.
    place: Option<OwnedSemaphorePermit>,
}

impl Lent {
    pub(super) const fn new(live: Live, shelf: Arc<Shelf>, place: OwnedSemaphorePermit) -> Self {
        Self { live: Some(live), is_in_transaction: false, shelf, place: Some(place) }
    }

    /// Whether it gives a sign of life in time, and leads to where new ones do.
    pub(super) async fn answers(&mut self, wait: Duration) -> bool {
        let Some(live) = &mut self.live else { return false };
        let answer = timeout(wait, live.connection.ping()).await;
        matches!(answer, Ok(Ok(()))) && !self.shelf.leads_elsewhere(live.made)
    }

    /// Ends it, but not its place.
    #[expect(clippy::expect_used, reason = "only `drop` takes it")]
    pub(super) fn discard(mut self) -> OwnedSemaphorePermit {
        if let Some(live) = self.live.take() {
            live.end();
        }
        self.place.take().expect("lent")
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
        if self.shelf.leads_elsewhere(live.made) {
            live.end();
            drop(place);
            return;
        }
        // At once, unless something is under way, as when a statement was given up.
        let quiet = if self.is_in_transaction { None } else { live.quiet().now_or_never() };
        match (quiet, Handle::try_current()) {
            (Some(Ok(())), _) => self.shelf.take_back(live),
            (None, Ok(here)) => {
                here.spawn(settle(live, self.is_in_transaction, self.shelf.clone(), place));
                return;
            }
            (Some(Err(_)) | None, _) => {
                self.shelf.doubt();
                drop(live);
            }
        }
        drop(place);
    }
}

/// Waits for the end of what is under way, and rolls back what is open. Its place is taken meanwhile, for the server is at work.
async fn settle(mut live: Live, is_in_transaction: bool, shelf: Arc<Shelf>, place: OwnedSemaphorePermit) {
    let moved = shelf.moved();
    let is_settled = if shelf.leads_elsewhere(live.made) {
        false
    } else {
        let settle = async {
            live.quiet().await?;
            if is_in_transaction {
                live.connection.execute("ROLLBACK").await?;
                // The driver does not count what a COPY has under way: were that answered only now, no row would come.
                sqlx::query("SELECT 1").fetch_one(&mut live.connection).await?;
            }
            Ok::<_, sqlx::Error>(())
        };
        tokio::select! {
            settled = timeout(SETTLED, settle) => matches!(settled, Ok(Ok(()))),
            () = moved => false,
        }
    };
    if is_settled {
        shelf.take_back(live);
    } else {
        shelf.doubt();
        drop(live);
    }
    drop(place);
}
