//! Logout notices on their way to portals.

use super::error::{corrupt, failed};
use super::repository::{OnPostgres, OnSqlite};
use super::rows::{AT_ONCE, many};
use crate::meter::statement;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{ClientId, EventId, SessionId};
use broker_domain::logout::LogoutNotice;
use broker_domain::ports::{Due, NoticeQueue, StoreError};
use broker_domain::subject::Subject;

const PUSH: &str =
    "INSERT INTO notices (id, client, subject, sid, at, state, attempts, due_at, changed_at) VALUES";
const COLUMNS: usize = 9;
const PASS_OVER: &str = "ON CONFLICT (id) DO NOTHING";
/// One statement takes and hides them: a second claimer finds them no longer due.
const CLAIM: &str = "UPDATE notices SET due_at = $2, changed_at = $1
 WHERE id IN (SELECT id FROM notices WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT $3) AND state = 'waiting' AND due_at <= $1
 RETURNING id, client, subject, sid, at, attempts";
/// What was delivered is in the audit log.
const DELIVERED: &str = "DELETE FROM notices WHERE id = $1";
const FAILED: &str = "UPDATE notices SET state = $2, due_at = $3, attempts = attempts + 1, error = $4, changed_at = $5 WHERE id = $1";
const COUNTS: &str = "SELECT COALESCE(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0) AS waiting,
 COALESCE(SUM(CASE WHEN state = 'given-up' THEN 1 ELSE 0 END), 0) AS given_up FROM notices";

const WAITING: &str = "waiting";
const GIVEN_UP: &str = "given-up";

type Row = (String, String, Option<String>, String, i64, i64);

fn due(row: Row) -> Result<Due, StoreError> {
    let (id, client, subject, sid, at, attempts) = row;
    let subject = match subject {
        Some(text) => Some(Subject::new(text).ok_or_else(|| corrupt("a subject does not read"))?),
        None => None,
    };
    Ok(Due {
        notice: LogoutNotice {
            id: EventId::new(id),
            client: ClientId::new(client),
            subject,
            sid: SessionId::new(sid),
            at: Timestamp::from_millis(at),
        },
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
    })
}

macro_rules! notices {
    ($($repository:ty),*) => {$(
        #[async_trait]
        impl NoticeQueue for $repository {
            async fn push(&self, notices: &[LogoutNotice]) -> Result<(), StoreError> {
                // One statement, unless somebody has more portals than there are.
                for notices in notices.chunks(AT_ONCE) {
                    let mut push = sqlx::query(many(PUSH, COLUMNS, notices.len(), PASS_OVER)).persistent(false);
                    for notice in notices {
                        push = push
                            .bind(notice.id.as_str())
                            .bind(notice.client.as_str())
                            .bind(notice.subject.as_ref().map(Subject::as_str))
                            .bind(notice.sid.as_str())
                            .bind(notice.at.millis())
                            .bind(WAITING)
                            .bind(0_i64)
                            .bind(notice.at.millis())
                            .bind(notice.at.millis());
                    }
                    statement(push.execute(&self.writer)).await.map_err(failed)?;
                }
                Ok(())
            }

            async fn claim(&self, now: Timestamp, lease_until: Timestamp, limit: i64) -> Result<Vec<Due>, StoreError> {
                let query = sqlx::query_as::<_, Row>(CLAIM).bind(now.millis()).bind(lease_until.millis()).bind(limit);
                let rows = statement(query.fetch_all(&self.writer)).await.map_err(failed)?;
                rows.into_iter().map(due).collect()
            }

            async fn delivered(&self, id: &EventId, _now: Timestamp) -> Result<(), StoreError> {
                let query = sqlx::query(DELIVERED).bind(id.as_str());
                statement(query.execute(&self.writer)).await.map_err(failed)?;
                Ok(())
            }

            async fn failed(&self, id: &EventId, retry_at: Option<Timestamp>, error: &str, now: Timestamp) -> Result<(), StoreError> {
                let state = if retry_at.is_some() { WAITING } else { GIVEN_UP };
                let query = sqlx::query(FAILED)
                    .bind(id.as_str())
                    .bind(state)
                    .bind(retry_at.unwrap_or(now).millis())
                    .bind(error)
                    .bind(now.millis());
                statement(query.execute(&self.writer)).await.map_err(failed)?;
                Ok(())
            }

            async fn counts(&self) -> Result<(i64, i64), StoreError> {
                statement(sqlx::query_as::<_, (i64, i64)>(COUNTS).fetch_one(&self.reader)).await.map_err(failed)
            }
        }
    )*};
}

notices!(OnPostgres, OnSqlite);
