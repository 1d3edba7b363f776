//! Rows of what goes out: how they are written and read. The body is sealed.

use super::error::{corrupt, failed};
use super::repository::{On, OnPostgres, OnSqlite, Repository};
use super::rows::{AT_ONCE, many};
use crate::meter::statement;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{Destination, EventId};
use broker_domain::outbox::{Content, Outgoing};
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
    pub(super) state: OutboxState,
    pub(super) attempts: i64,
    pub(super) due_at: Timestamp,
    pub(super) error: Option<String>,
}

impl NewRow {
    /// Nothing was tried yet.
    pub(super) fn of(outgoing: Outgoing) -> Self {
        let due_at = outgoing.at;
        Self { outgoing, state: OutboxState::Waiting, attempts: 0, due_at, error: None }
    }
}

impl<D: sqlx::Database> Repository<D> {
    fn queued(&self, row: Row) -> Result<Queued, StoreError> {
        let body = self.sealer.open(&body_place(&row.id), &row.body)?;
        let content: Content =
            serde_json::from_slice(&body).map_err(|_| corrupt("something that goes out does not read"))?;
        Ok(Queued {
            outgoing: Outgoing {
                id: EventId::new(row.id),
                destination: Destination::new(row.destination),
                content,
                at: Timestamp::from_millis(row.at),
                ends_at: row.ends_at.map(Timestamp::from_millis),
            },
            state: OutboxState::parse(&row.state).ok_or_else(|| corrupt("a state does not read"))?,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            error: row.error,
            due_at: Timestamp::from_millis(row.due_at),
        })
    }

    /// Reads rows, the oldest first: what an update returns comes in any order.
    pub(super) fn all_queued(&self, rows: Vec<Row>) -> Result<Vec<Queued>, StoreError> {
        let mut all: Vec<Queued> = rows.into_iter().map(|row| self.queued(row)).collect::<Result<_, _>>()?;
        all.sort_by(|a, b| (a.outgoing.at, &a.outgoing.id).cmp(&(b.outgoing.at, &b.outgoing.id)));
        Ok(all)
    }

    fn sealed_body(&self, outgoing: &Outgoing) -> Result<Vec<u8>, StoreError> {
        let body = serde_json::to_vec(&outgoing.content)
            .map_err(|_| corrupt("something that goes out cannot be written"))?;
        Ok(self.sealer.seal(&body_place(outgoing.id.as_str()), &body)?)
    }
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
                            .bind(self.sealed_body(outgoing)?)
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
