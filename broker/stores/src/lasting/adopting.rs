//! What the program of before wrote into tables of its own. While instances are replaced one by one both write, and these rows go over
//! one by one: each is taken out of the old table and put into the new one in one transaction.

use super::deliveries::{NewRow, UNREADABLE};
use super::error::{corrupt, failed};
use super::repository::{OnPostgres, OnSqlite};
use crate::meter::statement;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{Destination, EventId, SessionId};
use broker_domain::outbox::{Content, OutboxKind, Outgoing};
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

/// A row as it goes over. One that does not read goes over too, and waits for an operator: it holds up nothing.
fn row(outgoing: Outgoing, state: &str, attempts: i64, due_at: i64, error: Option<String>) -> NewRow {
    let is_unreadable = matches!(outgoing.content, Content::Unreadable(_));
    let state = OutboxState::parse(state).filter(|_| !is_unreadable);
    NewRow {
        outgoing,
        unread: Vec::new(),
        error: if state.is_some() { error } else { Some(UNREADABLE.to_owned()) },
        state: state.unwrap_or(OutboxState::GivenUp),
        attempts,
        due_at: Timestamp::from_millis(due_at),
    }
}

impl OldEvent {
    fn row(self) -> NewRow {
        let event = serde_json::from_str(&self.body);
        let outgoing = Outgoing {
            id: EventId::new(self.id),
            destination: Destination::new(self.client),
            content: event.map_or(Content::Unreadable(OutboxKind::Event), Content::Event),
            at: Timestamp::from_millis(self.at),
            ends_at: None,
        };
        let row = row(outgoing, &self.state, self.attempts, self.due_at, self.error);
        NewRow { unread: self.body.into_bytes(), ..row }
    }
}

impl OldNotice {
    fn row(self) -> NewRow {
        let sid = SessionId::new(self.sid);
        let subject = self.subject.clone().map(Subject::new);
        let content = match subject {
            Some(None) => Content::Unreadable(OutboxKind::Logout),
            subject => Content::Logout { subject: subject.flatten(), sid },
        };
        let outgoing = Outgoing {
            id: EventId::new(self.id),
            destination: Destination::new(self.client),
            content,
            at: Timestamp::from_millis(self.at),
            ends_at: None,
        };
        let row = row(outgoing, &self.state, self.attempts, self.due_at, self.error);
        NewRow { unread: self.subject.unwrap_or_default().into_bytes(), ..row }
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
                let rows: Vec<NewRow> = rows.into_iter().map(OldEvent::row).collect();
                let adopted = self.put_rows(&mut tx, &rows, None).await?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(adopted)
            }

            pub(super) async fn adopt_notices(&self, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let query = sqlx::query_as::<_, OldNotice>(NOTICES).bind(now.millis()).bind(limit);
                let rows = statement(query.fetch_all(&mut *tx)).await.map_err(failed)?;
                let rows: Vec<NewRow> = rows.into_iter().map(OldNotice::row).collect();
                let adopted = self.put_rows(&mut tx, &rows, None).await?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(adopted)
            }
        }
    )*};
}

adopting!(OnPostgres, OnSqlite);
