//! Sectors that take over others.

use super::error::failed;
use super::registrations::BUMP;
use super::repository::{OnPostgres, OnSqlite};
use crate::meter::statement;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::event::Listener;
use broker_domain::ids::SectorId;
use broker_domain::ports::{MergePart, MergedPart, Sectors, StoreError};
use broker_domain::sector::{MergeCase, SectorMerge, check_merge};

const MERGES: &str = "SELECT from_sector, into_sector, at FROM sector_merges ORDER BY at, from_sector";
const ADD: &str = "INSERT INTO sector_merges (from_sector, into_sector, at) VALUES ($1, $2, $3)
 ON CONFLICT (from_sector) DO NOTHING";
/// Whoever had been taken over by FROM goes along, so that one look always finds the end.
const FOLLOW: &str = "UPDATE sector_merges SET into_sector = $2 WHERE into_sector = $1";
/// Also who has nothing in the other sector would see something else there.
const DIFFERING: &str = "SELECT COUNT(*) FROM subjects a
 LEFT JOIN subjects b ON b.citizen_id = a.citizen_id AND b.sector = $2
 WHERE a.sector = $1 AND (b.subject IS NULL OR b.subject <> a.subject)";

fn merge((from, into, at): (String, String, i64)) -> SectorMerge {
    SectorMerge { from: SectorId::new(from), into: SectorId::new(into), at: Timestamp::from_millis(at) }
}

macro_rules! sectors {
    ($($repository:ty),*) => {$(
        #[async_trait]
        impl Sectors for $repository {
            async fn merges(&self) -> Result<Vec<SectorMerge>, StoreError> {
                let query = sqlx::query_as::<_, (String, String, i64)>(MERGES);
                let rows = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                Ok(rows.into_iter().map(merge).collect())
            }

            async fn begin_merge(&self, from: &SectorId, into: &SectorId, now: Timestamp) -> Result<(), StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                // Instances read it with the registrations; and of several merges at once, each sees the one before.
                statement(sqlx::query(BUMP).execute(&mut *tx)).await.map_err(failed)?;
                // Whoever is giving a subject at this moment ends before FROM is closed.
                Self::lock_subjects(&mut tx).await?;
                let query = sqlx::query_as::<_, (String, String, i64)>(MERGES);
                let rows = statement(query.fetch_all(&mut *tx)).await.map_err(failed)?;
                let before: Vec<SectorMerge> = rows.into_iter().map(merge).collect();
                check_merge(from, into, &before).map_err(|e| StoreError::Conflict(e.to_string()))?;
                let add = sqlx::query(ADD).bind(from.as_str()).bind(into.as_str()).bind(now.millis());
                statement(add.execute(&mut *tx)).await.map_err(failed)?;
                let follow = sqlx::query(FOLLOW).bind(from.as_str()).bind(into.as_str());
                statement(follow.execute(&mut *tx)).await.map_err(failed)?;
                statement(tx.commit()).await.map_err(failed)
            }

            async fn merge_cases(&self, part: &MergePart) -> Result<Vec<MergeCase>, StoreError> {
                let mut connection = self.reader.acquire().await.map_err(failed)?;
                self.read_cases(&mut connection, part).await
            }

            async fn merge(&self, part: &MergePart, tell: &[Listener], now: Timestamp) -> Result<MergedPart, StoreError> {
                self.merge_part(part, tell, now).await
            }

            async fn differing(&self, one: &SectorId, other: &SectorId) -> Result<u64, StoreError> {
                let query = sqlx::query_scalar(DIFFERING).bind(one.as_str()).bind(other.as_str());
                let count: i64 = statement(query.fetch_one(&self.reader)).await.map_err(failed)?;
                Ok(u64::try_from(count).unwrap_or(0))
            }
        }
    )*};
}

sectors!(OnPostgres, OnSqlite);
