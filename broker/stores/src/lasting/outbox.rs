//! Events on their way to portals.

use super::error::{corrupt, failed};
use super::repository::{OnPostgres, OnSqlite};
use super::telling::WAITING;
use crate::meter::statement;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::event::OutgoingEvent;
use broker_domain::ids::{ClientId, EventId};
use broker_domain::ports::{EventCounts, EventFilter, EventQueue, StoreError, WaitingEvent};

/// Clients with something due, of those given as one value: an array. One look into the index for each.
const DUE_POSTGRES: &str = "SELECT c FROM unnest($1) AS c WHERE EXISTS (
 SELECT 1 FROM outbox o WHERE o.client = c AND o.state = 'waiting' AND o.kind = 'event' AND o.due_at <= $2)";
/// The same, given as a JSON list.
const DUE_SQLITE: &str = "SELECT c.value FROM json_each ($1) c WHERE EXISTS (
 SELECT 1 FROM outbox o WHERE o.client = c.value AND o.state = 'waiting' AND o.kind = 'event' AND o.due_at <= $2)";
/// One statement takes and hides them: a second claimer finds them no longer due.
const CLAIM: &str = "UPDATE outbox SET due_at = $3, changed_at = $2
 WHERE id IN (SELECT id FROM outbox WHERE client = $1 AND state = 'waiting' AND kind = 'event' AND due_at <= $2 ORDER BY at, id LIMIT $4)
 AND state = 'waiting' AND due_at <= $2
 RETURNING id, client, body, at, state, attempts, due_at, error";
const NEXT: &str = "SELECT id, client, body, at, state, attempts, due_at, error FROM outbox
 WHERE client = $1 AND state = 'waiting' AND kind = 'event' ORDER BY at, id LIMIT $2";
const ACKNOWLEDGED_POSTGRES: &str =
    "DELETE FROM outbox WHERE client = $1 AND kind = 'event' AND id = ANY ($2)";
const ACKNOWLEDGED_SQLITE: &str =
    "DELETE FROM outbox WHERE client = $1 AND kind = 'event' AND id IN (SELECT value FROM json_each ($2))";
const POSTPONED_POSTGRES: &str =
    "UPDATE outbox SET due_at = $3 WHERE client = $1 AND kind = 'event' AND id = ANY ($2)";
const POSTPONED_SQLITE: &str = "UPDATE outbox SET due_at = $3
 WHERE client = $1 AND kind = 'event' AND id IN (SELECT value FROM json_each ($2))";
const FAILED: &str = "UPDATE outbox SET due_at = $3, attempts = attempts + 1, error = $4, changed_at = $5
 WHERE client = $1 AND id = $2 AND kind = 'event' AND state = 'waiting'";
const REFUSED: &str =
    "UPDATE outbox SET state = 'refused', attempts = attempts + 1, error = $3, changed_at = $4
 WHERE client = $1 AND id = $2 AND kind = 'event' AND state = 'waiting'";
const COUNTS: &str = "SELECT COALESCE(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0) AS waiting,
 COALESCE(SUM(CASE WHEN state = 'waiting' AND at < $1 THEN 1 ELSE 0 END), 0) AS stuck,
 COALESCE(SUM(CASE WHEN state = 'refused' THEN 1 ELSE 0 END), 0) AS refused FROM outbox WHERE kind = 'event'";
const LIST: &str = "SELECT id, client, body, at, state, attempts, due_at, error FROM outbox WHERE kind = 'event'
 AND ($1 IS NULL OR client = $1) AND ($2 IS NULL OR id = $2) AND ($3 IS NULL OR at < $3) AND ($4 = FALSE OR state = 'refused')
 ORDER BY at, id LIMIT $5";
const RETRY: &str =
    "UPDATE outbox SET state = 'waiting', due_at = $5, changed_at = $5 WHERE kind = 'event'
 AND ($1 IS NULL OR client = $1) AND ($2 IS NULL OR id = $2) AND ($3 IS NULL OR at < $3) AND ($4 = FALSE OR state = 'refused')";

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    client: String,
    body: String,
    at: i64,
    state: String,
    attempts: i64,
    due_at: i64,
    error: Option<String>,
}

impl Row {
    fn waiting(self) -> Result<WaitingEvent, StoreError> {
        let event = serde_json::from_str(&self.body).map_err(|_| corrupt("an event does not read"))?;
        Ok(WaitingEvent {
            outgoing: OutgoingEvent {
                id: EventId::new(self.id),
                client: ClientId::new(self.client),
                event,
                at: Timestamp::from_millis(self.at),
            },
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            error: self.error,
            is_refused: self.state != WAITING,
            due_at: Timestamp::from_millis(self.due_at),
        })
    }
}

fn read(rows: Vec<Row>) -> Result<Vec<WaitingEvent>, StoreError> {
    let mut all: Vec<WaitingEvent> = rows.into_iter().map(Row::waiting).collect::<Result<_, _>>()?;
    // What an update returns comes in any order.
    all.sort_by(|a, b| (a.outgoing.at, &a.outgoing.id).cmp(&(b.outgoing.at, &b.outgoing.id)));
    Ok(all)
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn list(texts: &[&str]) -> Result<String, StoreError> {
    serde_json::to_string(texts).map_err(|_| corrupt("a list cannot be written"))
}

impl OnPostgres {
    async fn clients_with_due(&self, clients: &[&str], now: Timestamp) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query_scalar(DUE_POSTGRES).bind(clients).bind(now.millis());
        statement(query.fetch_all(&self.reader)).await.map_err(failed)
    }

    async fn drop_events(&self, client: &str, ids: &[&str]) -> Result<u64, StoreError> {
        let query = sqlx::query(ACKNOWLEDGED_POSTGRES).bind(client).bind(ids);
        Ok(statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected())
    }

    async fn postpone_events(&self, client: &str, ids: &[&str], until: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(POSTPONED_POSTGRES).bind(client).bind(ids).bind(until.millis());
        statement(query.execute(&self.writer)).await.map_err(failed)?;
        Ok(())
    }
}

impl OnSqlite {
    async fn clients_with_due(&self, clients: &[&str], now: Timestamp) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query_scalar(DUE_SQLITE).bind(list(clients)?).bind(now.millis());
        statement(query.fetch_all(&self.reader)).await.map_err(failed)
    }

    async fn drop_events(&self, client: &str, ids: &[&str]) -> Result<u64, StoreError> {
        let query = sqlx::query(ACKNOWLEDGED_SQLITE).bind(client).bind(list(ids)?);
        Ok(statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected())
    }

    async fn postpone_events(&self, client: &str, ids: &[&str], until: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(POSTPONED_SQLITE).bind(client).bind(list(ids)?).bind(until.millis());
        statement(query.execute(&self.writer)).await.map_err(failed)?;
        Ok(())
    }
}

macro_rules! outbox {
    ($($repository:ty),*) => {$(
        #[async_trait]
        impl EventQueue for $repository {
            async fn push(&self, events: &[OutgoingEvent]) -> Result<(), StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                self.put_out(&mut tx, events).await?;
                statement(tx.commit()).await.map_err(failed)
            }

            async fn due(&self, clients: &[ClientId], now: Timestamp) -> Result<Vec<ClientId>, StoreError> {
                if clients.is_empty() {
                    return Ok(Vec::new());
                }
                let clients: Vec<&str> = clients.iter().map(ClientId::as_str).collect();
                let found = self.clients_with_due(&clients, now).await?;
                Ok(found.into_iter().map(ClientId::new).collect())
            }

            async fn claim(
                &self,
                client: &ClientId,
                now: Timestamp,
                lease_until: Timestamp,
                limit: i64,
            ) -> Result<Vec<WaitingEvent>, StoreError> {
                let query = sqlx::query_as::<_, Row>(CLAIM)
                    .bind(client.as_str())
                    .bind(now.millis())
                    .bind(lease_until.millis())
                    .bind(limit);
                read(statement(query.fetch_all(&self.writer)).await.map_err(failed)?)
            }

            async fn next(&self, client: &ClientId, limit: i64) -> Result<(Vec<WaitingEvent>, bool), StoreError> {
                // One more than wanted tells whether there are more.
                let query = sqlx::query_as::<_, Row>(NEXT).bind(client.as_str()).bind(limit.saturating_add(1));
                let mut events = read(statement(query.fetch_all(&self.reader)).await.map_err(failed)?)?;
                let wanted = usize::try_from(limit).unwrap_or(0);
                let more = events.len() > wanted;
                events.truncate(wanted);
                Ok((events, more))
            }

            async fn acknowledged(&self, client: &ClientId, ids: &[EventId]) -> Result<u64, StoreError> {
                if ids.is_empty() {
                    return Ok(0);
                }
                let ids: Vec<&str> = ids.iter().map(EventId::as_str).collect();
                self.drop_events(client.as_str(), &ids).await
            }

            async fn failed(
                &self,
                client: &ClientId,
                id: &EventId,
                retry_at: Timestamp,
                error: &str,
                now: Timestamp,
            ) -> Result<(), StoreError> {
                let query = sqlx::query(FAILED)
                    .bind(client.as_str())
                    .bind(id.as_str())
                    .bind(retry_at.millis())
                    .bind(error)
                    .bind(now.millis());
                statement(query.execute(&self.writer)).await.map_err(failed)?;
                Ok(())
            }

            async fn postponed(&self, client: &ClientId, ids: &[EventId], until: Timestamp) -> Result<(), StoreError> {
                if ids.is_empty() {
                    return Ok(());
                }
                let ids: Vec<&str> = ids.iter().map(EventId::as_str).collect();
                self.postpone_events(client.as_str(), &ids, until).await
            }

            async fn refused(
                &self,
                client: &ClientId,
                id: &EventId,
                error: &str,
                now: Timestamp,
            ) -> Result<bool, StoreError> {
                let query = sqlx::query(REFUSED)
                    .bind(client.as_str())
                    .bind(id.as_str())
                    .bind(error)
                    .bind(now.millis());
                Ok(statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected() == 1)
            }

            async fn counts(&self, stuck_before: Timestamp) -> Result<EventCounts, StoreError> {
                let query = sqlx::query_as::<_, (i64, i64, i64)>(COUNTS).bind(stuck_before.millis());
                let (waiting, stuck, refused) = statement(query.fetch_one(&self.reader)).await.map_err(failed)?;
                Ok(EventCounts { waiting: count(waiting), stuck: count(stuck), refused: count(refused) })
            }

            async fn list(&self, filter: &EventFilter, limit: i64) -> Result<Vec<WaitingEvent>, StoreError> {
                let query = sqlx::query_as::<_, Row>(LIST)
                    .bind(filter.client.as_ref().map(ClientId::as_str))
                    .bind(filter.id.as_ref().map(EventId::as_str))
                    .bind(filter.before.map(Timestamp::millis))
                    .bind(filter.refused_only)
                    .bind(limit);
                read(statement(query.fetch_all(&self.reader)).await.map_err(failed)?)
            }

            async fn retry(&self, filter: &EventFilter, now: Timestamp) -> Result<u64, StoreError> {
                let query = sqlx::query(RETRY)
                    .bind(filter.client.as_ref().map(ClientId::as_str))
                    .bind(filter.id.as_ref().map(EventId::as_str))
                    .bind(filter.before.map(Timestamp::millis))
                    .bind(filter.refused_only)
                    .bind(now.millis());
                Ok(statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected())
            }
        }
    )*};
}

outbox!(OnPostgres, OnSqlite);
