//! Rows of what goes out: how they are written and read. The body is sealed.

use super::error::{corrupt, failed};
use super::repository::{On, OnPostgres, OnSqlite, Pooled, Repository};
use super::rows::{AT_ONCE, many};
use crate::meter::statement;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{Destination, EventId};
use broker_domain::outbox::{Content, OutboxKind, Outgoing};
use broker_domain::ports::{OutboxState, Queued, StoreError};

const PUT: &str = "INSERT INTO deliveries (id, kind, destination, body, at, ends_at, state, attempts, due_at, claimed_until, error, changed_at)
 VALUES";
const COLUMNS: usize = 12;
const PASS_OVER: &str = "ON CONFLICT (id) DO NOTHING";

/// Rows of one page.
const PAGE: i64 = 500;
const BODIES: &str = "SELECT id, body FROM deliveries WHERE id > $1 ORDER BY id LIMIT $2";
const SEAL_BODY: &str = "UPDATE deliveries SET body = $2 WHERE id = $1";

/// What a body is sealed for.
pub(super) fn body_place(id: &str) -> String {
    format!("deliveries/{id}/body")
}

/// A row, without what is only looked for.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: String,
    kind: String,
    destination: String,
    body: Vec<u8>,
    at: i64,
    ends_at: Option<i64>,
    state: String,
    attempts: i64,
    due_at: i64,
    error: Option<String>,
}

/// What is to be written of one thing that goes out.
pub(super) struct NewRow {
    pub(super) outgoing: Outgoing,
    /// What stands in the place of a content that does not read.
    pub(super) unread: Vec<u8>,
    pub(super) state: OutboxState,
    pub(super) attempts: i64,
    pub(super) due_at: Timestamp,
    pub(super) error: Option<String>,
}

impl NewRow {
    /// Nothing was tried yet: it is due at once, by whosever clock.
    pub(super) fn of(outgoing: Outgoing) -> Self {
        let due_at = Timestamp::from_millis(0);
        Self { outgoing, unread: Vec::new(), state: OutboxState::Waiting, attempts: 0, due_at, error: None }
    }
}

/// Why something was put aside that does not read, for operators.
pub(super) const UNREADABLE: &str = "it does not read: it is damaged, another version's, or its key is gone";

/// What stands in rows.
#[derive(Default)]
pub(super) struct Rows {
    /// What reads, the oldest first.
    pub(super) queued: Vec<Queued>,
    /// The ids of what does not.
    pub(super) unreadable: Vec<String>,
}

impl<D: Pooled> Repository<D> {
    fn content(&self, row: &Row) -> Result<Content, StoreError> {
        let body = self.sealer.open(&body_place(&row.id), &row.body)?;
        serde_json::from_slice(&body).map_err(|_| corrupt("something that goes out does not read"))
    }

    /// Reads rows one by one: one that does not read spoils no other.
    pub(super) fn read_rows(&self, rows: Vec<Row>) -> Rows {
        let mut read = Rows::default();
        for row in rows {
            match (self.content(&row), OutboxState::parse(&row.state)) {
                (Ok(content), Some(state)) => read.queued.push(queued(row, content, state)),
                _ => read.unreadable.push(row.id),
            }
        }
        sort(&mut read.queued);
        read
    }

    /// Rows as operators see them, also those that do not read. One of a kind that only a later version knows is left out.
    pub(super) fn shown_rows(&self, rows: Vec<Row>) -> Vec<Queued> {
        let shown = rows.into_iter().filter_map(|row| {
            let kind = OutboxKind::parse(&row.kind)?;
            let content = self.content(&row).unwrap_or(Content::Unreadable(kind));
            let state = OutboxState::parse(&row.state).unwrap_or(OutboxState::GivenUp);
            Some(queued(row, content, state))
        });
        let mut shown: Vec<Queued> = shown.collect();
        sort(&mut shown);
        shown
    }

    fn sealed_body(&self, row: &NewRow) -> Result<Vec<u8>, StoreError> {
        let place = body_place(row.outgoing.id.as_str());
        if let Content::Unreadable(_) = row.outgoing.content {
            return Ok(self.sealer.seal(&place, &row.unread)?);
        }
        let body = serde_json::to_vec(&row.outgoing.content)
            .map_err(|_| corrupt("something that goes out cannot be written"))?;
        Ok(self.sealer.seal(&place, &body)?)
    }
}

fn queued(row: Row, content: Content, state: OutboxState) -> Queued {
    Queued {
        outgoing: Outgoing {
            id: EventId::new(row.id),
            destination: Destination::new(row.destination),
            content,
            at: Timestamp::from_millis(row.at),
            ends_at: row.ends_at.map(Timestamp::from_millis),
        },
        state,
        attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        error: row.error,
        due_at: Timestamp::from_millis(row.due_at.max(row.at)),
    }
}

/// The oldest first: what an update returns comes in any order.
fn sort(all: &mut [Queued]) {
    all.sort_by(|a, b| (a.outgoing.at, &a.outgoing.id).cmp(&(b.outgoing.at, &b.outgoing.id)));
}

macro_rules! deliveries {
    ($($repository:ty),*) => {$(
        impl $repository {
            /// Writes rows; ids that are there already are passed over. Says how many were written.
            pub(super) async fn put_rows(
                &self,
                on: &mut <<Self as On>::Database as sqlx::Database>::Connection,
                rows: &[NewRow],
                claimed_until: Option<Timestamp>,
            ) -> Result<u64, StoreError> {
                let mut written = 0;
                for rows in rows.chunks(AT_ONCE) {
                    let mut put = sqlx::query(many(PUT, COLUMNS, rows.len(), PASS_OVER)).persistent(false);
                    for row in rows {
                        let outgoing = &row.outgoing;
                        put = put
                            .bind(outgoing.id.as_str())
                            .bind(outgoing.kind().as_str())
                            .bind(outgoing.destination.as_str())
                            .bind(self.sealed_body(row)?)
                            .bind(outgoing.at.millis())
                            .bind(outgoing.ends_at.map(Timestamp::millis))
                            .bind(row.state.as_str())
                            .bind(row.attempts)
                            .bind(row.due_at.millis())
                            .bind(claimed_until.map_or(0, Timestamp::millis))
                            .bind(row.error.as_deref())
                            .bind(outgoing.at.millis());
                    }
                    written += statement(put.execute(&mut *on)).await.map_err(failed)?.rows_affected();
                }
                Ok(written)
            }

            /// After a change of keys: seals bodies anew; gives how many.
            pub(super) async fn rekey_deliveries(&self) -> Result<u64, StoreError> {
                let (mut after, mut sealed) = (String::new(), 0_u64);
                loop {
                    let page = sqlx::query_as::<_, (String, Vec<u8>)>(BODIES).bind(&after).bind(PAGE);
                    let page = page.fetch_all(&self.reader).await.map_err(failed)?;
                    let Some((last, _)) = page.last() else { return Ok(sealed) };
                    after.clone_from(last);
                    for (id, before) in page {
                        if let Some(new) = self.anew(&body_place(&id), &before)? {
                            let seal = sqlx::query(SEAL_BODY).bind(id).bind(new);
                            sealed += seal.execute(&self.writer).await.map_err(failed)?.rows_affected();
                        }
                    }
                }
            }
        }
    )*};
}

deliveries!(OnPostgres, OnSqlite);
