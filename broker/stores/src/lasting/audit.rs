//! The audit log: a chain, each entry bound to the one before.

use super::error::{corrupt, failed};
use super::repository::{On, OnPostgres, OnSqlite};
use super::rows::{AT_ONCE, many};
use crate::meter::statement;
use async_trait::async_trait;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{CitizenId, ClientId, EventId, InteractionId, SessionId, TraceId};
use broker_domain::ports::{AuditLog, ChainedEvent, StoreError};
use sqlx::AssertSqlSafe;
use std::collections::HashSet;

/// Locks the head: appenders queue here, so the chain never forks.
const HEAD: &str = "UPDATE audit_head SET seq = seq WHERE one = 1 RETURNING seq, hash";
const MOVE: &str = "UPDATE audit_head SET seq = $1, hash = $2 WHERE one = 1";
const KNOWN: &str = "SELECT id FROM audit_events WHERE id IN";
const ADD: &str = "INSERT INTO audit_events (seq, id, at, kind, citizen, client, interaction, sid, code, trace, note, hash) VALUES";
const COLUMNS: usize = 12;
const ENTRIES: &str =
    "SELECT seq, id, at, kind, citizen, client, interaction, sid, code, trace, note, hash FROM audit_events
 WHERE seq > $1 ORDER BY seq LIMIT $2";

const OF_CITIZEN: &str =
    "SELECT seq, id, at, kind, citizen, client, interaction, sid, code, trace, note, hash FROM audit_events
 WHERE citizen = $1 AND seq < $2";

/// The entries about a citizen. Only our own text and numbers: nothing to inject.
fn of_citizen(kinds: &[AuditKind]) -> AssertSqlSafe<String> {
    let numbers: Vec<String> = kinds.iter().map(|k| k.number().to_string()).collect();
    let wanted = match numbers.as_slice() {
        [] => String::new(),
        numbers => format!(" AND kind IN ({})", numbers.join(", ")),
    };
    AssertSqlSafe(format!("{OF_CITIZEN}{wanted} ORDER BY seq DESC LIMIT $3"))
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    id: String,
    at: i64,
    kind: i64,
    citizen: Option<String>,
    client: Option<String>,
    interaction: Option<String>,
    sid: Option<String>,
    code: Option<i64>,
    trace: Option<String>,
    note: Option<String>,
    hash: Vec<u8>,
}

impl Row {
    fn entry(self) -> Result<ChainedEvent, StoreError> {
        let kind = u16::try_from(self.kind)
            .ok()
            .and_then(AuditKind::from_number)
            .ok_or_else(|| corrupt("an audit kind does not read"))?;
        let mut event = AuditEvent::new(EventId::new(self.id), Timestamp::from_millis(self.at), kind);
        event.citizen = self.citizen.map(CitizenId::new);
        event.client = self.client.map(ClientId::new);
        event.interaction = self.interaction.map(InteractionId::new);
        event.sid = self.sid.map(SessionId::new);
        event.code = self.code.and_then(|c| u16::try_from(c).ok());
        event.trace = self.trace.and_then(|t| TraceId::from_traceparent(&format!("00-{t}")));
        event.note = self.note;
        let hash = self.hash.try_into().map_err(|_| corrupt("a chain hash does not read"))?;
        Ok(ChainedEvent { seq: self.seq, event, hash })
    }
}

macro_rules! audit {
    ($($repository:ty),*) => {$(
        impl $repository {
            async fn append_some(&self, events: &[AuditEvent]) -> Result<(), StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                match self.append_on(&mut tx, events).await? {
                    true => statement(tx.commit()).await.map_err(failed),
                    false => statement(tx.rollback()).await.map_err(failed),
                }
            }

            /// Adds to the chain within a transaction, of which it should be the last thing: other appenders wait for its end. Says
            /// whether any of them is new.
            pub(super) async fn append_on(
                &self,
                on: &mut <<Self as On>::Database as sqlx::Database>::Connection,
                events: &[AuditEvent],
            ) -> Result<bool, StoreError> {
                let head = sqlx::query_as::<_, (i64, Vec<u8>)>(HEAD).fetch_one(&mut *on);
                let (mut seq, head) = statement(head).await.map_err(failed)?;
                let mut hash: [u8; 32] =
                    head.try_into().map_err(|_| corrupt("the chain's head does not read"))?;
                let mut known = sqlx::query_scalar(many(KNOWN, events.len(), 1, "")).persistent(false);
                for event in events {
                    known = known.bind(event.id.as_str());
                }
                let known: Vec<String> = statement(known.fetch_all(&mut *on)).await.map_err(failed)?;
                // One that is there already came before a crash: it has its place in the chain.
                let mut known: HashSet<&str> = known.iter().map(String::as_str).collect();
                let new: Vec<&AuditEvent> = events.iter().filter(|e| known.insert(e.id.as_str())).collect();
                if new.is_empty() {
                    return Ok(false);
                }
                let mut add = sqlx::query(many(ADD, COLUMNS, new.len(), "")).persistent(false);
                for event in new {
                    seq += 1;
                    hash = event.chain(&hash);
                    add = add
                        .bind(seq)
                        .bind(event.id.as_str())
                        .bind(event.at.millis())
                        .bind(i64::from(event.kind.number()))
                        .bind(event.citizen.as_ref().map(CitizenId::as_str))
                        .bind(event.client.as_ref().map(ClientId::as_str))
                        .bind(event.interaction.as_ref().map(InteractionId::as_str))
                        .bind(event.sid.as_ref().map(SessionId::as_str))
                        .bind(event.code.map(i64::from))
                        .bind(event.trace.as_ref().map(TraceId::as_str))
                        .bind(event.note.as_deref())
                        .bind(hash.to_vec());
                }
                statement(add.execute(&mut *on)).await.map_err(failed)?;
                let head = sqlx::query(MOVE).bind(seq).bind(hash.to_vec());
                statement(head.execute(&mut *on)).await.map_err(failed)?;
                Ok(true)
            }
        }

        #[async_trait]
        impl AuditLog for $repository {
            async fn append(&self, events: &[AuditEvent]) -> Result<(), StoreError> {
                for events in events.chunks(AT_ONCE) {
                    self.append_some(events).await?;
                }
                Ok(())
            }

            async fn entries(&self, after: i64, limit: i64) -> Result<Vec<ChainedEvent>, StoreError> {
                let query = sqlx::query_as::<_, Row>(ENTRIES).bind(after).bind(limit);
                let rows = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                rows.into_iter().map(Row::entry).collect()
            }

            async fn of_citizen(
                &self,
                citizen: &CitizenId,
                kinds: &[AuditKind],
                before: Option<i64>,
                limit: i64,
            ) -> Result<Vec<ChainedEvent>, StoreError> {
                let query = sqlx::query_as::<_, Row>(of_citizen(kinds))
                    .bind(citizen.as_str())
                    .bind(before.unwrap_or(i64::MAX))
                    .bind(limit);
                let rows = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                rows.into_iter().map(Row::entry).collect()
            }
        }
    )*};
}

audit!(OnPostgres, OnSqlite);
