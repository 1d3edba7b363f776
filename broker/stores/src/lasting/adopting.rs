//! What the program of before wrote into tables of its own. While instances are replaced one by one both write, and these rows go over
//! one by one: each is taken out of the old table and put into the new one in one transaction.

use super::deliveries::NewRow;
use super::error::{corrupt, failed};
use super::repository::{OnPostgres, OnSqlite};
use crate::meter::statement;
use broker_domain::clock::Timestamp;
use broker_domain::event::OutgoingEvent;
use broker_domain::ids::{ClientId, EventId, SessionId};
use broker_domain::logout::LogoutNotice;
use broker_domain::ports::{OutboxState, StoreError};
use broker_domain::subject::Subject;

/// What waits and is not due may be in the hands of an instance of before: `due_at` was its claim, too.
const EVENTS: &str = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE kind = 'event' AND (state <> 'waiting' OR due_at <= $1)
 ORDER BY at, id LIMIT $2) AND (state <> 'waiting' OR due_at <= $1) RETURNING id, client, body, at, state, attempts, due_at, error";
const NOTICES: &str = "DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE state <> 'waiting' OR due_at <= $1
 ORDER BY due_at LIMIT $2) AND (state <> 'waiting' OR due_at <= $1) RETURNING id, client, subject, sid, at, state, attempts, due_at, error";

#[derive(sqlx::FromRow)]
struct OldEvent {
    id: String,
    client: String,
    body: String,
    at: i64,
    state: String,
    attempts: i64,
    due_at: i64,
    error: Option<String>,
}

#[derive(sqlx::FromRow)]
struct OldNotice {
    id: String,
    client: String,
    subject: Option<String>,
    sid: String,
    at: i64,
    state: String,
    attempts: i64,
    due_at: i64,
    error: Option<String>,
}

fn state(word: &str) -> Result<OutboxState, StoreError> {
    OutboxState::parse(word).ok_or_else(|| corrupt("a state does not read"))
}

impl OldEvent {
    fn row(self) -> Result<NewRow, StoreError> {
        let event = serde_json::from_str(&self.body).map_err(|_| corrupt("an event does not read"))?;
        let outgoing = OutgoingEvent {
            id: EventId::new(self.id),
            client: ClientId::new(self.client),
            event,
            at: Timestamp::from_millis(self.at),
        };
        Ok(NewRow {
            outgoing: outgoing.into(),
            state: state(&self.state)?,
            attempts: self.attempts,
            due_at: Timestamp::from_millis(self.due_at),
            error: self.error,
        })
    }
}

impl OldNotice {
    fn row(self) -> Result<NewRow, StoreError> {
        let subject = match self.subject {
            Some(text) => Some(Subject::new(text).ok_or_else(|| corrupt("a subject does not read"))?),
            None => None,
        };
        let notice = LogoutNotice {
            id: EventId::new(self.id),
            client: ClientId::new(self.client),
            subject,
            sid: SessionId::new(self.sid),
            at: Timestamp::from_millis(self.at),
        };
        Ok(NewRow {
            outgoing: notice.into(),
            state: state(&self.state)?,
            attempts: self.attempts,
            due_at: Timestamp::from_millis(self.due_at),
            error: self.error,
        })
    }
}

/// Several values as one, where there are no arrays.
pub(super) fn list(texts: &[&str]) -> Result<String, StoreError> {
    serde_json::to_string(texts).map_err(|_| corrupt("a list cannot be written"))
}

macro_rules! adopting {
    ($($repository:ty),*) => {$(
        impl $repository {
            pub(super) async fn adopt_events(&self, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let query = sqlx::query_as::<_, OldEvent>(EVENTS).bind(now.millis()).bind(limit);
                let rows = statement(query.fetch_all(&mut *tx)).await.map_err(failed)?;
                let rows: Vec<NewRow> = rows.into_iter().map(OldEvent::row).collect::<Result<_, _>>()?;
                let adopted = self.put_rows(&mut tx, &rows, None).await?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(adopted)
            }

            pub(super) async fn adopt_notices(&self, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let query = sqlx::query_as::<_, OldNotice>(NOTICES).bind(now.millis()).bind(limit);
                let rows = statement(query.fetch_all(&mut *tx)).await.map_err(failed)?;
                let rows: Vec<NewRow> = rows.into_iter().map(OldNotice::row).collect::<Result<_, _>>()?;
                let adopted = self.put_rows(&mut tx, &rows, None).await?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(adopted)
            }
        }
    )*};
}

adopting!(OnPostgres, OnSqlite);
