//! Putting events into the queue, in the transaction of what they tell of.

use super::error::{corrupt, failed};
use super::repository::{On, OnPostgres, OnSqlite, Repository};
use super::rows::{AT_ONCE, many};
use crate::meter::statement;
use broker_domain::clock::Timestamp;
use broker_domain::event::{Listener, OutgoingEvent, PortalEvent};
use broker_domain::ids::{EventId, SectorId};
use broker_domain::ports::StoreError;

const PUT: &str =
    "INSERT INTO outbox (id, client, kind, body, at, state, attempts, due_at, changed_at) VALUES";
const COLUMNS: usize = 9;
const PASS_OVER: &str = "ON CONFLICT (id) DO NOTHING";

/// What stands in `kind`: the table can hold other things that go out.
const EVENT: &str = "event";
/// On its way.
pub(super) const WAITING: &str = "waiting";

impl<D: sqlx::Database> Repository<D> {
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
                for events in events.chunks(AT_ONCE) {
                    let mut put = sqlx::query(many(PUT, COLUMNS, events.len(), PASS_OVER)).persistent(false);
                    for outgoing in events {
                        let body = serde_json::to_string(&outgoing.event);
                        put = put
                            .bind(outgoing.id.as_str())
                            .bind(outgoing.client.as_str())
                            .bind(EVENT)
                            .bind(body.map_err(|_| corrupt("an event cannot be written"))?)
                            .bind(outgoing.at.millis())
                            .bind(WAITING)
                            .bind(0_i64)
                            .bind(outgoing.at.millis())
                            .bind(outgoing.at.millis());
                    }
                    statement(put.execute(&mut *on)).await.map_err(failed)?;
                }
                Ok(())
            }
        }
    )*};
}

telling!(OnPostgres, OnSqlite);
