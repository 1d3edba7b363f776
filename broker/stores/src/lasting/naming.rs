//! By which names a sector knows a citizen: the subject, and aliases. A name is one citizen's for ever.

use super::error::{corrupt, failed};
use super::repository::{On, OnPostgres, OnSqlite};
use crate::meter::statement;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, CitizenId, SectorId};
use broker_domain::ports::StoreError;
use broker_domain::subject::Subject;

const SUCCESSOR: &str = "SELECT into_sector FROM sector_merges WHERE from_sector = $1";
const ALIAS: &str =
    "INSERT INTO subject_aliases (sector, alias, citizen_id, created_at) VALUES ($1, $2, $3, $4)
 ON CONFLICT (sector, alias) DO NOTHING";
/// Somebody else who is known by the name: by subject, by alias, or as the owner of another account of that portal, who may still come.
const ANOTHERS: &str = "SELECT 1 AS one FROM subjects WHERE sector = $1 AND subject = $2 AND citizen_id <> $3
 UNION ALL SELECT 1 FROM subject_aliases WHERE sector = $1 AND alias = $2 AND citizen_id <> $3
 UNION ALL SELECT 1 FROM legacy_accounts a WHERE a.namespace = $1 AND a.tech_id = $2 AND a.id <> $4 AND NOT EXISTS (
   SELECT 1 FROM links l WHERE l.account_id = a.id AND l.citizen_id = $3 AND l.ended_at IS NULL)
 LIMIT 1";
/// What a client of the sector sees, if it has seen anything.
const SEEN: &str = "SELECT COALESCE(
 (SELECT subject FROM subjects WHERE citizen_id = $1 AND sector = $2),
 (SELECT s.subject FROM sector_merges m JOIN subjects s ON s.citizen_id = $1 AND s.sector = m.into_sector WHERE m.from_sector = $2))";
const ALIASES: &str =
    "SELECT alias FROM subject_aliases WHERE citizen_id = $1 AND sector = $2 ORDER BY created_at, alias";

macro_rules! naming {
    ($($repository:ty),*) => {$(
        impl $repository {
            /// Gives a citizen the `TechID` of an account in its sector, and in the one that took that over: as subject where they have
            /// none, else as a further name. Says what each of these sectors sees, the account's own first. `Conflict` when the name is
            /// somebody else's in one of them.
            pub(super) async fn give_name(
                &self,
                on: &mut <<Self as On>::Database as sqlx::Database>::Connection,
                citizen: &CitizenId,
                account: &AccountId,
                sector: &SectorId,
                tech_id: &Subject,
                now: Timestamp,
            ) -> Result<Vec<(SectorId, Subject)>, StoreError> {
                let successor = sqlx::query_scalar(SUCCESSOR).bind(sector.as_str());
                let successor: Option<String> = statement(successor.fetch_optional(&mut *on)).await.map_err(failed)?;
                let sectors = std::iter::once(sector.clone()).chain(successor.map(SectorId::new));
                let mut seen = Vec::new();
                for sector in sectors {
                    let subject = self.store_subject(&mut *on, citizen, &sector, tech_id, now).await?;
                    if subject != *tech_id {
                        let alias = sqlx::query(ALIAS)
                            .bind(sector.as_str())
                            .bind(tech_id.as_str())
                            .bind(citizen.as_str())
                            .bind(now.millis());
                        statement(alias.execute(&mut *on)).await.map_err(failed)?;
                    }
                    let anothers = sqlx::query_scalar(ANOTHERS)
                        .bind(sector.as_str())
                        .bind(tech_id.as_str())
                        .bind(citizen.as_str())
                        .bind(account.as_str());
                    let anothers: Option<i32> = statement(anothers.fetch_optional(&mut *on)).await.map_err(failed)?;
                    if anothers.is_some() {
                        return Err(StoreError::Conflict("the TechID names another citizen".to_owned()));
                    }
                    seen.push((sector, subject));
                }
                Ok(seen)
            }

            /// The subject that a sector sees of a citizen; `None` when it has never seen them.
            pub(super) async fn seen_subject(
                &self,
                on: &mut <<Self as On>::Database as sqlx::Database>::Connection,
                citizen: &CitizenId,
                sector: &SectorId,
            ) -> Result<Option<Subject>, StoreError> {
                let query = sqlx::query_scalar(SEEN).bind(citizen.as_str()).bind(sector.as_str());
                let seen: Option<String> = statement(query.fetch_one(on)).await.map_err(failed)?;
                seen.map(|text| Subject::new(text).ok_or_else(|| corrupt("a subject does not read"))).transpose()
            }

            /// What else a sector knows a citizen by.
            pub(super) async fn aliases_of(
                &self,
                citizen: &CitizenId,
                sector: &SectorId,
            ) -> Result<Vec<Subject>, StoreError> {
                let query = sqlx::query_scalar(ALIASES).bind(citizen.as_str()).bind(sector.as_str());
                let aliases: Vec<String> = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                let read = |text| Subject::new(text).ok_or_else(|| corrupt("a subject does not read"));
                aliases.into_iter().map(read).collect()
            }
        }
    )*};
}

naming!(OnPostgres, OnSqlite);
