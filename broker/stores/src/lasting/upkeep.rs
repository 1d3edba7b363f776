//! Scheduled jobs, as all instances see them, and what they clean up.

use super::error::failed;
use super::repository::{OnPostgres, OnSqlite};
use crate::meter::statement;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ports::{ConnectionCounts, Leftovers, StoreError, Upkeep};

const LAST: &str = "SELECT name, last_at FROM job_runs ORDER BY name";
const RAN: &str = "INSERT INTO job_runs (name, last_at) VALUES ($1, $2)
 ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at WHERE job_runs.last_at < excluded.last_at";
const GIVEN_UP: &str = "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE state = 'given-up' AND changed_at < $1
 ORDER BY at, id LIMIT $2) AND state = 'given-up' AND changed_at < $1";
const REFUSED: &str = "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE state = 'refused' AND changed_at < $1
 ORDER BY changed_at LIMIT $2) AND state = 'refused' AND changed_at < $1";
const IMPORTS: &str = "DELETE FROM imports WHERE (namespace, file) IN (SELECT namespace, file FROM imports WHERE changed_at < $1
 ORDER BY changed_at LIMIT $2) AND changed_at < $1";

/// PostgreSQL's; SQLite's is the process's own.
const CLOCK: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";

macro_rules! upkeep {
    ($(($repository:ty, $clock:expr, $counts:expr)),*) => {$(
        #[async_trait]
        impl Upkeep for $repository {
            async fn clock(&self) -> Result<Option<Timestamp>, StoreError> {
                let clock: Option<&'static str> = $clock;
                let Some(clock) = clock else { return Ok(None) };
                let query = sqlx::query_scalar::<_, i64>(clock);
                let millis = statement(query.fetch_one(&self.reader)).await.map_err(failed)?;
                Ok(Some(Timestamp::from_millis(millis)))
            }

            fn connections(&self) -> Option<ConnectionCounts> {
                let counts: fn(&Self) -> Option<ConnectionCounts> = $counts;
                counts(self)
            }

            async fn last_runs(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
                let query = sqlx::query_as::<_, (String, i64)>(LAST);
                let rows = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                Ok(rows.into_iter().map(|(name, at)| (name, Timestamp::from_millis(at))).collect())
            }

            async fn ran(&self, job: &str, at: Timestamp) -> Result<(), StoreError> {
                let query = sqlx::query(RAN).bind(job).bind(at.millis());
                statement(query.execute(&self.writer)).await.map_err(failed)?;
                Ok(())
            }

            async fn clean(&self, leftovers: &Leftovers, limit: i64) -> Result<u64, StoreError> {
                let mut gone = 0;
                for (delete, before) in [
                    (GIVEN_UP, leftovers.given_up_before),
                    (REFUSED, leftovers.refused_before),
                    (IMPORTS, leftovers.imports_before),
                ] {
                    let query = sqlx::query(delete).bind(before.millis()).bind(limit);
                    gone += statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected();
                }
                Ok(gone)
            }
        }
    )*};
}

upkeep!((OnPostgres, Some(CLOCK), |on| Some(on.writer.counts())), (OnSqlite, None, |_| None));
