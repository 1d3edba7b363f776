//! Putting events into the queue, in the transaction of what they tell of.

use super::deliveries::NewRow;
use super::repository::{On, OnPostgres, OnSqlite, Pooled, Repository};
use broker_domain::clock::Timestamp;
use broker_domain::event::{Listener, OutgoingEvent, PortalEvent};
use broker_domain::ids::{EventId, SectorId};
use broker_domain::ports::StoreError;

impl<D: Pooled> Repository<D> {
    /// One event for each listener of a sector.
    pub(super) fn addressed(
        &self,
        tell: &[Listener],
        sector: &SectorId,
        event: &PortalEvent,
        at: Timestamp,
    ) -> Vec<OutgoingEvent> {
        let theirs = tell.iter().filter(|listener| listener.sector == *sector);
        theirs
            .map(|listener| OutgoingEvent {
                id: EventId::generate(self.sealer.entropy()),
                client: listener.client.clone(),
                event: event.clone(),
                at,
            })
            .collect()
    }
}

macro_rules! telling {
    ($($repository:ty),*) => {$(
        impl $repository {
            /// Puts events into the queue.
            pub(super) async fn put_out(
                &self,
                on: &mut <<Self as On>::Database as sqlx::Database>::Connection,
                events: &[OutgoingEvent],
            ) -> Result<(), StoreError> {
                let rows: Vec<NewRow> = events.iter().map(|event| NewRow::of(event.clone().into())).collect();
                self.put_rows(on, &rows, None).await.map(|_| ())
            }
        }
    )*};
}

telling!(OnPostgres, OnSqlite);
