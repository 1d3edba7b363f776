//! Citizens, their identities, their subjects, and what they allowed.

use super::error::{corrupt, failed};
use super::find::{ACTIVE, number, profile_place};
use super::kinds::PERSONAL_NUMBER;
use super::repository::{On, OnPostgres, OnSqlite};
use crate::meter::statement;
use crate::record::pack;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{CitizenId, ClientId, SectorId};
use broker_domain::linking::ClaimedIdentity;
use broker_domain::person::PersonalNumber;
use broker_domain::ports::{
    Added, Admission, Admitted, CitizenRecord, Citizens, Found, StatusChange, StoreError,
};
use broker_domain::scope::ScopeSet;
use broker_domain::subject::Subject;
use broker_domain::upstream::Arrival;

const ADD_CITIZEN: &str =
    "INSERT INTO citizens (id, status, profile, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)";
/// One number, one citizen: whoever comes second waits here for the first, and adds nothing.
const ADD_NUMBER: &str = "INSERT INTO citizen_numbers (number_index, citizen_id, number, created_at)
 VALUES ($1, $2, $3, $4) ON CONFLICT (number_index) DO NOTHING";
const BY_NUMBER: &str = "SELECT citizen_id FROM citizen_numbers WHERE number_index IN ($1, $2) LIMIT 1";
/// Answers whose the identity is: who had it before keeps it.
const ADD_IDENTITY: &str =
    "INSERT INTO identities (identity_index, citizen_id, upstream, issuer, subject, created_at)
 VALUES ($1, $2, $3, $4, $5, $6)
 ON CONFLICT (identity_index) DO UPDATE SET citizen_id = identities.citizen_id RETURNING citizen_id";
const UPDATE_PROFILE: &str = "UPDATE citizens SET profile = $2, updated_at = $3 WHERE id = $1";
/// The stored subject wins: what is inserted comes back only if there was none. A sector that was taken over keeps what it gave, and
/// gives nothing new: who has nothing there is given it by its successor. And a successor first gives what the sector that it took
/// over had given the same citizen, unless that names somebody else in it.
const SUBJECT: &str = "INSERT INTO subjects (citizen_id, sector, subject, created_at)
 SELECT $1, place.sector, COALESCE((
   SELECT f.subject FROM sector_merges m JOIN subjects f ON f.sector = m.from_sector AND f.citizen_id = $1
   WHERE m.into_sector = place.sector
   AND NOT EXISTS (SELECT 1 FROM subjects o WHERE o.sector = place.sector AND o.subject = f.subject AND o.citizen_id <> $1)
   AND NOT EXISTS (SELECT 1 FROM subject_aliases o WHERE o.sector = place.sector AND o.alias = f.subject AND o.citizen_id <> $1)
   AND NOT EXISTS (SELECT 1 FROM legacy_accounts a WHERE a.namespace = place.sector AND a.tech_id = f.subject AND NOT EXISTS (
     SELECT 1 FROM links l WHERE l.account_id = a.id AND l.citizen_id = $1 AND l.ended_at IS NULL))
   ORDER BY m.at, m.from_sector LIMIT 1), $3), $4
 FROM (SELECT COALESCE(
   (SELECT s.sector FROM subjects s WHERE s.citizen_id = $1 AND s.sector = $2),
   (SELECT m.into_sector FROM sector_merges m WHERE m.from_sector = $2), $2) AS sector) place
 WHERE TRUE
 ON CONFLICT (citizen_id, sector) DO UPDATE SET citizen_id = excluded.citizen_id RETURNING subject";
const ALLOWED: &str = "SELECT scope FROM consents WHERE citizen_id = $1 AND client_id = $2";
const ALLOW_FIRST: &str =
    "INSERT INTO consents (citizen_id, client_id, scope, allowed_at) VALUES ($1, $2, $3, $4)
 ON CONFLICT (citizen_id, client_id) DO NOTHING";
const ALLOW_MORE: &str = "UPDATE consents SET scope = $3, allowed_at = $4
 WHERE citizen_id = $1 AND client_id = $2 AND scope = $5";
const COUNT: &str = "SELECT COUNT(*) FROM citizens";

/// How often a change that lost against another is tried anew.
const ATTEMPTS: usize = 16;

/// What the subject of an identity is sealed for.
pub(super) fn subject_place(citizen: &str) -> String {
    format!("identities/{citizen}/subject")
}

/// What a number is sealed for.
pub(super) fn number_place(citizen: &str) -> String {
    format!("citizen_numbers/{citizen}/number")
}

fn contended() -> StoreError {
    StoreError::Unavailable("others change the same row".to_owned())
}

macro_rules! citizens {
    ($($repository:ty),*) => {$(
        impl $repository {
            /// The stored subject, or the candidate, which is stored now.
            pub(super) async fn store_subject<'e, E>(
                &self,
                on: E,
                citizen: &CitizenId,
                sector: &SectorId,
                candidate: &Subject,
                now: Timestamp,
            ) -> Result<Subject, StoreError>
            where
                E: sqlx::Executor<'e, Database = <Self as On>::Database>,
            {
                let query = sqlx::query_scalar(SUBJECT)
                    .bind(citizen.as_str())
                    .bind(sector.as_str())
                    .bind(candidate.as_str())
                    .bind(now.millis());
                let stored: String = statement(query.fetch_one(on)).await.map_err(failed)?;
                Subject::new(stored).ok_or_else(|| corrupt("a subject does not read"))
            }

            async fn store_identity(
                &self,
                on: &mut <<Self as On>::Database as sqlx::Database>::Connection,
                citizen: &CitizenId,
                arrival: &Arrival,
                now: Timestamp,
            ) -> Result<(), StoreError> {
                for index in self.identity_indexes(&arrival.issuer, &arrival.subject).distinct() {
                    let subject = self.sealer.seal(&subject_place(citizen.as_str()), arrival.subject.as_bytes())?;
                    let query = sqlx::query_scalar(ADD_IDENTITY)
                        .bind(index)
                        .bind(citizen.as_str())
                        .bind(arrival.upstream.as_str())
                        .bind(arrival.issuer.as_str())
                        .bind(subject)
                        .bind(now.millis());
                    let owner: String = statement(query.fetch_one(&mut *on)).await.map_err(failed)?;
                    if owner != citizen.as_str() {
                        return Err(StoreError::Conflict("the identity is another citizen's".to_owned()));
                    }
                }
                Ok(())
            }

            /// A new citizen, or `None` when the number has one by now.
            async fn make(&self, admission: &Admission) -> Result<Option<Admitted>, StoreError> {
                let (arrival, citizen, now) = (&admission.arrival, &admission.new_id, admission.now);
                let profile = pack(&self.sealer, &profile_place(citizen.as_str()), &arrival.profile)?;
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let add = sqlx::query(ADD_CITIZEN).bind(citizen.as_str()).bind(ACTIVE).bind(profile).bind(now.millis());
                statement(add.execute(&mut *tx)).await.map_err(failed)?;
                for index in self.number_indexes(&arrival.profile).distinct() {
                    let number = pack(&self.sealer, &number_place(citizen.as_str()), &number(&arrival.profile))?;
                    let add =
                        sqlx::query(ADD_NUMBER).bind(index).bind(citizen.as_str()).bind(number).bind(now.millis());
                    if statement(add.execute(&mut *tx)).await.map_err(failed)?.rows_affected() == 0 {
                        statement(tx.rollback()).await.map_err(failed)?;
                        return Ok(None);
                    }
                }
                self.add_old_number(&mut tx, citizen, &arrival.profile, now).await?;
                self.store_identity(&mut *tx, citizen, arrival, now).await?;
                let subject = match &admission.subject {
                    Some((sector, candidate)) => {
                        Some(self.store_subject(&mut *tx, citizen, sector, candidate, now).await?)
                    }
                    None => None,
                };
                statement(tx.commit()).await.map_err(failed)?;
                Ok(Some(Admitted { citizen: citizen.clone(), is_new: true, subject }))
            }

            async fn admit_new(&self, admission: Admission) -> Result<Admitted, StoreError> {
                for _ in 0..ATTEMPTS {
                    if let Some(made) = self.make(&admission).await? {
                        return Ok(made);
                    }
                    let number = self.number_indexes(&admission.arrival.profile);
                    let query = sqlx::query_scalar(BY_NUMBER).bind(number.current).bind(number.other);
                    let first: Option<String> =
                        statement(query.fetch_optional(&self.writer)).await.map_err(failed)?;
                    // None: whoever was first has given up. Then it is our turn again.
                    if let Some(first) = first {
                        return self.admit_known(&CitizenId::new(first), &Admission { add_identity: true, ..admission }).await;
                    }
                }
                Err(contended())
            }

            async fn admit_known(&self, citizen: &CitizenId, admission: &Admission) -> Result<Admitted, StoreError> {
                let (arrival, now) = (&admission.arrival, admission.now);
                if admission.add_number {
                    return self.admit_renumbered(citizen, admission).await;
                }
                if admission.add_identity {
                    let mut connection = self.writer.acquire().await.map_err(failed)?;
                    self.store_identity(&mut connection, citizen, arrival, now).await?;
                }
                if admission.update_profile {
                    let profile = pack(&self.sealer, &profile_place(citizen.as_str()), &arrival.profile)?;
                    let update = sqlx::query(UPDATE_PROFILE).bind(citizen.as_str()).bind(profile).bind(now.millis());
                    statement(update.execute(&self.writer)).await.map_err(failed)?;
                    let mut connection = self.writer.acquire().await.map_err(failed)?;
                    self.add_old_number(&mut connection, citizen, &arrival.profile, now).await?;
                }
                let subject = match &admission.subject {
                    Some((sector, candidate)) => {
                        Some(self.store_subject(&self.writer, citizen, sector, candidate, now).await?)
                    }
                    None => None,
                };
                Ok(Admitted { citizen: citizen.clone(), is_new: false, subject })
            }
        }

        impl $repository {
            /// A known citizen whose number was issued anew: all of it, or nothing.
            async fn admit_renumbered(&self, citizen: &CitizenId, admission: &Admission) -> Result<Admitted, StoreError> {
                let (arrival, now) = (&admission.arrival, admission.now);
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                if self.add_profile_number(&mut tx, citizen, &arrival.profile, now).await? == Added::Another {
                    statement(tx.rollback()).await.map_err(failed)?;
                    return Err(StoreError::Conflict("the number is another citizen's".to_owned()));
                }
                if admission.add_identity {
                    self.store_identity(&mut tx, citizen, arrival, now).await?;
                }
                let profile = pack(&self.sealer, &profile_place(citizen.as_str()), &arrival.profile)?;
                let update = sqlx::query(UPDATE_PROFILE).bind(citizen.as_str()).bind(profile).bind(now.millis());
                statement(update.execute(&mut *tx)).await.map_err(failed)?;
                self.add_old_number(&mut tx, citizen, &arrival.profile, now).await?;
                let subject = match &admission.subject {
                    Some((sector, candidate)) => {
                        Some(self.store_subject(&mut *tx, citizen, sector, candidate, now).await?)
                    }
                    None => None,
                };
                statement(tx.commit()).await.map_err(failed)?;
                Ok(Admitted { citizen: citizen.clone(), is_new: false, subject })
            }
        }

        #[async_trait]
        impl Citizens for $repository {
            async fn find(&self, arrival: &Arrival) -> Result<Found, StoreError> {
                self.look_up(arrival).await
            }

            async fn admit(&self, admission: Admission) -> Result<Admitted, StoreError> {
                let Some(citizen) = admission.known.clone() else { return self.admit_new(admission).await };
                match self.admit_known(&citizen, &admission).await {
                    // As in `subject`.
                    Err(StoreError::Conflict(_)) => self.admit_known(&citizen, &admission).await,
                    admitted => admitted,
                }
            }

            async fn subject(
                &self,
                citizen: &CitizenId,
                sector: &SectorId,
                candidate: &Subject,
                now: Timestamp,
            ) -> Result<Subject, StoreError> {
                match self.store_subject(&self.writer, citizen, sector, candidate, now).await {
                    // Two first visits at once name the same: PostgreSQL may see that in the index of the names before it sees it in the
                    // one that `ON CONFLICT` means. Now the first one is there. A name that is another citizen's fails again.
                    Err(StoreError::Conflict(_)) => {
                        self.store_subject(&self.writer, citizen, sector, candidate, now).await
                    }
                    stored => stored,
                }
            }

            async fn allow(
                &self,
                citizen: &CitizenId,
                client: &ClientId,
                scope: &ScopeSet,
                now: Timestamp,
            ) -> Result<(), StoreError> {
                for _ in 0..ATTEMPTS {
                    let before = sqlx::query_scalar(ALLOWED).bind(citizen.as_str()).bind(client.as_str());
                    let before: Option<String> =
                        statement(before.fetch_optional(&self.writer)).await.map_err(failed)?;
                    let allow = match before {
                        None => sqlx::query(ALLOW_FIRST)
                            .bind(citizen.as_str())
                            .bind(client.as_str())
                            .bind(scope.to_string())
                            .bind(now.millis()),
                        Some(before) => {
                            let all = ScopeSet::parse(&before).unwrap_or_default().union(scope);
                            sqlx::query(ALLOW_MORE)
                                .bind(citizen.as_str())
                                .bind(client.as_str())
                                .bind(all.to_string())
                                .bind(now.millis())
                                .bind(before)
                        }
                    };
                    // Nothing changed: somebody else was first, and what they allowed counts too.
                    if statement(allow.execute(&self.writer)).await.map_err(failed)?.rows_affected() == 1 {
                        return Ok(());
                    }
                }
                Err(contended())
            }

            async fn set_status(&self, change: &StatusChange) -> Result<bool, StoreError> {
                self.change_status(change).await
            }

            async fn citizen(&self, id: &CitizenId) -> Result<Option<CitizenRecord>, StoreError> {
                self.one_citizen(id).await
            }

            async fn by_number(&self, number: &PersonalNumber) -> Result<Option<CitizenId>, StoreError> {
                let indexes = self.index.of(PERSONAL_NUMBER, &[number.as_str()]);
                let query = sqlx::query_scalar(BY_NUMBER).bind(indexes.current).bind(indexes.other);
                let found: Option<String> =
                    statement(query.fetch_optional(&self.reader)).await.map_err(failed)?;
                Ok(found.map(CitizenId::new))
            }

            async fn add_number(&self, citizen: &CitizenId, number: &PersonalNumber, now: Timestamp) -> Result<Added, StoreError> {
                self.accept_number(citizen, number, now).await
            }

            async fn add_identity(&self, citizen: &CitizenId, identity: &ClaimedIdentity, now: Timestamp) -> Result<Added, StoreError> {
                self.accept_identity(citizen, identity, now).await
            }

            async fn count(&self) -> Result<u64, StoreError> {
                let count: i64 =
                    statement(sqlx::query_scalar(COUNT).fetch_one(&self.reader)).await.map_err(failed)?;
                Ok(u64::try_from(count).unwrap_or(0))
            }
        }
    )*};
}

citizens!(OnPostgres, OnSqlite);
