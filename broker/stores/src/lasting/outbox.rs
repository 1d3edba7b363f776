//! What goes out, until it is delivered.

use super::adopting::list;
use super::deliveries::{NewRow, Row, Rows, UNREADABLE};
use super::error::failed;
use super::repository::{OnPostgres, OnSqlite};
use crate::meter::statement;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{Destination, EventId};
use broker_domain::outbox::{OutboxKind, Outgoing};
use broker_domain::ports::{
    Due, FailedAttempt, Lane, Outbox, OutboxCounts, OutboxFilter, OutboxState, Queued, STEPPED_OVER, Stopped,
    StoreError,
};

macro_rules! columns {
    () => {
        "id, kind, destination, body, at, ends_at, state, attempts, due_at, error"
    };
}
macro_rules! fits {
    () => {
        "($1 IS NULL OR kind = $1) AND ($2 IS NULL OR destination = $2) AND ($3 IS NULL OR id = $3) AND ($4 IS NULL OR at < $4)
 AND ($5 IS NULL OR state = $5)"
    };
}

/// From destination to destination by the index, however much waits for each.
const DESTINATIONS: &str = "WITH RECURSIVE known (destination) AS (
 SELECT MIN(destination) FROM deliveries WHERE kind = $1 AND state = 'waiting'
 UNION ALL SELECT (SELECT MIN(d.destination) FROM deliveries d WHERE d.kind = $1 AND d.state = 'waiting' AND d.destination > known.destination)
 FROM known WHERE known.destination IS NOT NULL)
 SELECT destination, (SELECT MAX(d.retried_at) FROM deliveries d WHERE d.kind = $1 AND d.destination = known.destination AND d.state = 'waiting'
 AND d.retried_at > 0) FROM known WHERE destination IS NOT NULL AND EXISTS (SELECT 1 FROM deliveries d
 WHERE d.kind = $1 AND d.destination = known.destination AND d.state = 'waiting' AND d.due_at <= $2 AND d.claimed_until <= $2)";

/// One statement takes and hides them. In SQLite one connection writes at a time.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH picked AS MATERIALIZED (SELECT id FROM deliveries WHERE kind = $1 AND destination = $2 AND state = 'waiting'
 AND due_at <= $3 AND claimed_until <= $3 ORDER BY at, id LIMIT $5 ",
            $lock,
            ") UPDATE deliveries SET claimed_until = $4, changed_at = $3 WHERE id IN (SELECT id FROM picked)
 AND state = 'waiting' AND due_at <= $3 AND claimed_until <= $3 RETURNING ",
            columns!()
        )
    };
}
const CLAIM_POSTGRES: &str = claim!("FOR UPDATE SKIP LOCKED");
const CLAIM_SQLITE: &str = claim!("");

/// What comes first in a lane where order counts. Whoever looks second waits for the first one, and then sees what that one took.
macro_rules! first {
    ($lock:literal) => {
        concat!(
            "SELECT id, due_at, claimed_until FROM deliveries WHERE kind = $1 AND destination = $2 AND state = 'waiting'
 AND NOT (answered >= $4 AND (due_at > $3 OR claimed_until > $3)) ORDER BY at, id LIMIT $5 ",
            $lock
        )
    };
}
const FIRST_POSTGRES: &str = first!("FOR UPDATE");
const FIRST_SQLITE: &str = first!("");

/// `IN` what one value holds.
macro_rules! among {
    ($head:expr, $tail:expr) => {
        [
            concat!($head, "id = ANY ($1)", $tail),
            concat!($head, "id IN (SELECT value FROM json_each ($1))", $tail),
        ]
    };
}
const TAKE: [&str; 2] = among!(
    "UPDATE deliveries SET claimed_until = $3, changed_at = $2 WHERE ",
    concat!(" AND state = 'waiting' RETURNING ", columns!())
);
const REMOVE: [&str; 2] = among!(
    "DELETE FROM deliveries WHERE kind = $2 AND destination = $3 AND ($4 IS NULL OR claimed_until = $4) AND ",
    ""
);
const RELEASE: [&str; 2] = among!(
    "UPDATE deliveries SET claimed_until = 0 WHERE kind = $2 AND destination = $3 AND claimed_until = $4 AND ",
    ""
);
/// What is older than `$4` is put aside: until then another version, or one with another key, may read it.
const PUT_ASIDE: [&str; 2] = among!(
    "UPDATE deliveries SET state = 'given-up', claimed_until = 0, error = $2, changed_at = $3 WHERE state = 'waiting' AND at <= $4 AND ",
    ""
);
const PUT_OFF: [&str; 2] = among!(
    "UPDATE deliveries SET due_at = $5, claimed_until = 0, error = $2, changed_at = $3 WHERE state = 'waiting' AND at > $4 AND ",
    ""
);
/// Seconds for which what does not read is left to others who may: beyond what it takes to bring a new version or key to all instances.
const LEFT_TO_OTHERS: i64 = 3600;
/// Seconds after which it is looked at again.
const LOOKED_AT_AGAIN: i64 = 5;

const NEXT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM deliveries WHERE kind = $1 AND destination = $2 AND state = 'waiting' ORDER BY at, id LIMIT $3"
);
const FAILED: &str = "UPDATE deliveries SET due_at = $4, claimed_until = 0, attempts = attempts + 1, answered = answered + $5, error = $6,
 changed_at = $7 WHERE kind = $1 AND destination = $2 AND id = $3 AND state = 'waiting' AND ($8 IS NULL OR claimed_until = $8)";
const STOP: &str = "UPDATE deliveries SET state = $4, claimed_until = 0, attempts = attempts + 1, error = $5, changed_at = $6
 WHERE kind = $1 AND destination = $2 AND id = $3 AND state = 'waiting' AND ($7 IS NULL OR claimed_until = $7)";
/// Every instance asks every few seconds: an index holds all that is asked for.
pub(super) const COUNTS: &str = "SELECT kind, SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END) AS waiting,
 SUM(CASE WHEN state = 'waiting' AND at < $1 THEN 1 ELSE 0 END) AS stuck, SUM(CASE WHEN state = 'refused' THEN 1 ELSE 0 END) AS refused,
 SUM(CASE WHEN state = 'given-up' THEN 1 ELSE 0 END) AS given_up, MIN(CASE WHEN state = 'waiting' THEN at END) AS oldest
 FROM deliveries GROUP BY kind";
const LIST: &str =
    concat!("SELECT ", columns!(), " FROM deliveries WHERE ", fits!(), " ORDER BY at, id LIMIT $6");
const RETRY: &str = concat!(
    "UPDATE deliveries SET state = 'waiting', due_at = 0, claimed_until = 0, attempts = 0, answered = 0, retried_at = $6, changed_at = $6
 WHERE claimed_until <= $6 AND ",
    fits!()
);
const DISCARD: &str = concat!("DELETE FROM deliveries WHERE ", fits!());

type Counted = (String, i64, i64, i64, i64, Option<i64>);

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn counted((kind, waiting, stuck, refused, given_up, oldest): Counted) -> Option<(OutboxKind, OutboxCounts)> {
    let counts = OutboxCounts {
        waiting: count(waiting),
        stuck: count(stuck),
        refused: count(refused),
        given_up: count(given_up),
        oldest: oldest.map(Timestamp::from_millis),
    };
    OutboxKind::parse(&kind).map(|kind| (kind, counts))
}

/// What can be taken of what comes first: nothing after something that is not ready.
fn ready(first: Vec<(String, i64, i64)>, now: Timestamp) -> Vec<String> {
    let is_ready = |(_, due_at, claimed_until): &(String, i64, i64)| {
        *due_at <= now.millis() && *claimed_until <= now.millis()
    };
    first.into_iter().take_while(is_ready).map(|(id, ..)| id).collect()
}

/// A filter's values, in the order of their places.
macro_rules! filtered {
    ($query:expr, $filter:expr) => {
        $query
            .bind($filter.kind.map(OutboxKind::as_str))
            .bind($filter.destination.as_ref().map(Destination::as_str))
            .bind($filter.id.as_ref().map(EventId::as_str))
            .bind($filter.before.map(Timestamp::millis))
            .bind($filter.state.map(OutboxState::as_str))
    };
}

macro_rules! outbox {
    ($repository:ty, $claim:expr, $first:expr, $nth:literal, $ids:expr) => {
        impl $repository {
            async fn claim_in_order(
                &self,
                lane: &Lane,
                now: Timestamp,
                held_until: Timestamp,
                limit: i64,
            ) -> Result<Vec<Row>, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let first = sqlx::query_as::<_, (String, i64, i64)>($first)
                    .bind(lane.kind.as_str())
                    .bind(lane.destination.as_str())
                    .bind(now.millis())
                    .bind(i64::from(STEPPED_OVER))
                    .bind(limit);
                let ids = ready(statement(first.fetch_all(&mut *tx)).await.map_err(failed)?, now);
                if ids.is_empty() {
                    statement(tx.rollback()).await.map_err(failed)?;
                    return Ok(Vec::new());
                }
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                let take = sqlx::query_as::<_, Row>(TAKE[$nth])
                    .bind($ids(&ids)?)
                    .bind(now.millis())
                    .bind(held_until.millis());
                let rows = statement(take.fetch_all(&mut *tx)).await.map_err(failed)?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(rows)
            }

            /// Puts aside what does not read, so that it holds up nothing; what is new is left to others first. Says how much is put
            /// aside.
            async fn put_aside(&self, lane: &Lane, ids: &[String], now: Timestamp) -> Result<u64, StoreError> {
                if ids.is_empty() {
                    return Ok(0);
                }
                let (kind, to, shown) = (lane.kind.as_str(), lane.destination.as_str(), ids.join(" "));
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                let before = now.plus_secs(-LEFT_TO_OTHERS).millis();
                let off = sqlx::query(PUT_OFF[$nth]).bind($ids(&ids)?).bind(UNREADABLE).bind(now.millis());
                let off = off.bind(before).bind(now.plus_secs(LOOKED_AT_AGAIN).millis());
                if statement(off.execute(&self.writer)).await.map_err(failed)?.rows_affected() > 0 {
                    tracing::warn!(kind, to, ids = shown, "what goes out does not read here: it is left to an instance that can read it");
                }
                let aside = sqlx::query(PUT_ASIDE[$nth]).bind($ids(&ids)?).bind(UNREADABLE).bind(now.millis()).bind(before);
                let aside = statement(aside.execute(&self.writer)).await.map_err(failed)?.rows_affected();
                if aside > 0 {
                    tracing::error!(kind, to, ids = shown, "what goes out does not read: it is put aside, and waits for an operator");
                }
                Ok(aside)
            }
        }

        #[async_trait]
        impl Outbox for $repository {
            async fn push(&self, all: &[Outgoing], held_until: Option<Timestamp>) -> Result<(), StoreError> {
                if all.is_empty() {
                    return Ok(());
                }
                let rows: Vec<NewRow> = all.iter().cloned().map(NewRow::of).collect();
                // One statement, unless somebody has more portals than there are.
                let mut on = self.writer.acquire().await.map_err(failed)?;
                self.put_rows(&mut on, &rows, held_until).await.map(|_| ())
            }

            async fn destinations(&self, kind: OutboxKind, now: Timestamp) -> Result<Vec<Due>, StoreError> {
                let query = sqlx::query_as::<_, (String, Option<i64>)>(DESTINATIONS)
                    .bind(kind.as_str())
                    .bind(now.millis());
                let found = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                let due = found.into_iter().map(|(destination, retried_at)| Due {
                    destination: Destination::new(destination),
                    retried_at: retried_at.map(Timestamp::from_millis),
                });
                Ok(due.collect())
            }

            async fn claim(
                &self,
                lane: &Lane,
                now: Timestamp,
                held_until: Timestamp,
                limit: i64,
            ) -> Result<Vec<Queued>, StoreError> {
                let rows = if lane.kind.is_in_order() {
                    self.claim_in_order(lane, now, held_until, limit).await?
                } else {
                    let query = sqlx::query_as::<_, Row>($claim)
                        .bind(lane.kind.as_str())
                        .bind(lane.destination.as_str())
                        .bind(now.millis())
                        .bind(held_until.millis())
                        .bind(limit);
                    statement(query.fetch_all(&self.writer)).await.map_err(failed)?
                };
                let Rows { queued, unreadable } = self.read_rows(rows);
                if let Err(error) = self.put_aside(lane, &unreadable, now).await {
                    // What reads goes out all the same; the others come back with the end of the claim.
                    tracing::warn!(%error, "what does not read could not be put aside");
                }
                Ok(queued)
            }

            async fn next(
                &self,
                lane: &Lane,
                now: Timestamp,
                limit: i64,
            ) -> Result<(Vec<Queued>, bool), StoreError> {
                loop {
                    // One more than wanted tells whether there are more.
                    let query = sqlx::query_as::<_, Row>(NEXT)
                        .bind(lane.kind.as_str())
                        .bind(lane.destination.as_str())
                        .bind(limit.saturating_add(1));
                    let rows = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                    let found = rows.len();
                    let Rows { mut queued, unreadable } = self.read_rows(rows);
                    if self.put_aside(lane, &unreadable, now).await? > 0 {
                        continue;
                    }
                    let wanted = usize::try_from(limit).unwrap_or(0);
                    let more = found > wanted;
                    queued.truncate(wanted);
                    return Ok((queued, more));
                }
            }

            async fn remove(
                &self,
                lane: &Lane,
                ids: &[EventId],
                claim: Option<Timestamp>,
            ) -> Result<u64, StoreError> {
                if ids.is_empty() {
                    return Ok(0);
                }
                let ids: Vec<&str> = ids.iter().map(EventId::as_str).collect();
                let query = sqlx::query(REMOVE[$nth])
                    .bind($ids(&ids)?)
                    .bind(lane.kind.as_str())
                    .bind(lane.destination.as_str())
                    .bind(claim.map(Timestamp::millis));
                Ok(statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected())
            }

            async fn failed(
                &self,
                lane: &Lane,
                id: &EventId,
                attempt: FailedAttempt<'_>,
                claim: Option<Timestamp>,
                now: Timestamp,
            ) -> Result<bool, StoreError> {
                let query = sqlx::query(FAILED)
                    .bind(lane.kind.as_str())
                    .bind(lane.destination.as_str())
                    .bind(id.as_str())
                    .bind(attempt.retry_at.millis())
                    .bind(i64::from(attempt.is_answered))
                    .bind(attempt.why)
                    .bind(now.millis())
                    .bind(claim.map(Timestamp::millis));
                Ok(statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected() == 1)
            }

            async fn release(&self, lane: &Lane, ids: &[EventId], claim: Timestamp) -> Result<(), StoreError> {
                if ids.is_empty() {
                    return Ok(());
                }
                let ids: Vec<&str> = ids.iter().map(EventId::as_str).collect();
                let query = sqlx::query(RELEASE[$nth])
                    .bind($ids(&ids)?)
                    .bind(lane.kind.as_str())
                    .bind(lane.destination.as_str())
                    .bind(claim.millis());
                statement(query.execute(&self.writer)).await.map_err(failed)?;
                Ok(())
            }

            async fn stop(
                &self,
                lane: &Lane,
                id: &EventId,
                stopped: Stopped<'_>,
                claim: Option<Timestamp>,
                now: Timestamp,
            ) -> Result<bool, StoreError> {
                let query = sqlx::query(STOP)
                    .bind(lane.kind.as_str())
                    .bind(lane.destination.as_str())
                    .bind(id.as_str())
                    .bind(stopped.state.as_str())
                    .bind(stopped.why)
                    .bind(now.millis())
                    .bind(claim.map(Timestamp::millis));
                Ok(statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected() == 1)
            }

            async fn counts(
                &self,
                stuck_before: Timestamp,
            ) -> Result<Vec<(OutboxKind, OutboxCounts)>, StoreError> {
                let query = sqlx::query_as::<_, Counted>(COUNTS).bind(stuck_before.millis());
                let found = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                let found: Vec<_> = found.into_iter().filter_map(counted).collect();
                let of = |kind| found.iter().find(|(k, _)| *k == kind).map(|(_, c)| *c).unwrap_or_default();
                Ok(OutboxKind::ALL.into_iter().map(|kind| (kind, of(kind))).collect())
            }

            async fn list(&self, filter: &OutboxFilter, limit: i64) -> Result<Vec<Queued>, StoreError> {
                let query = filtered!(sqlx::query_as::<_, Row>(LIST), filter).bind(limit);
                Ok(self.shown_rows(statement(query.fetch_all(&self.reader)).await.map_err(failed)?))
            }

            async fn retry(&self, filter: &OutboxFilter, now: Timestamp) -> Result<u64, StoreError> {
                let query = filtered!(sqlx::query(RETRY), filter).bind(now.millis());
                Ok(statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected())
            }

            async fn discard(&self, filter: &OutboxFilter) -> Result<u64, StoreError> {
                let query = filtered!(sqlx::query(DISCARD), filter);
                Ok(statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected())
            }

            async fn adopt(&self, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
                Ok(self.adopt_events(now, limit).await? + self.adopt_notices(now, limit).await?)
            }
        }
    };
}

fn as_array<'a>(ids: &'a [&'a str]) -> Result<&'a [&'a str], StoreError> {
    Ok(ids)
}

outbox!(OnPostgres, CLAIM_POSTGRES, FIRST_POSTGRES, 0, as_array);
outbox!(OnSqlite, CLAIM_SQLITE, FIRST_SQLITE, 1, list);
