//! Citizens, their identities, their subjects, and what they allowed.

use super::error::{corrupt, failed};
use super::{OnPostgres, OnSqlite, Repository};
use crate::meter::statement;
use crate::record::{pack, unpack};
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{CitizenId, ClientId, SectorId};
use broker_domain::linking::Known;
use broker_domain::person::{CitizenStatus, Profile};
use broker_domain::ports::{Admission, Admitted, Citizens, Found, StoreError};
use broker_domain::scope::ScopeSet;
use broker_domain::subject::Subject;
use broker_domain::upstream::Arrival;

/// Everything about an arrival in one statement: whom the identity belongs to (`i`), whom the number (`n`), and the subjects (`s`)
/// and consents (`c`) of the citizen found.
const FIND: &str = "
WITH found AS (
    SELECT COALESCE((SELECT citizen_id FROM identities WHERE identity_index = $1), (SELECT id FROM citizens WHERE number_index = $2)) AS id
)
SELECT 'i' AS what, c.id AS id, c.status AS status, c.profile AS profile, '' AS name, '' AS value
  FROM identities i JOIN citizens c ON c.id = i.citizen_id WHERE i.identity_index = $1
UNION ALL
SELECT 'n', c.id, c.status, c.profile, '', '' FROM citizens c WHERE c.number_index = $2
UNION ALL
SELECT 's', s.citizen_id, 0, NULL, s.sector, s.subject FROM subjects s WHERE s.citizen_id = (SELECT id FROM found)
UNION ALL
SELECT 'c', k.citizen_id, 0, NULL, k.client_id, k.scope FROM consents k WHERE k.citizen_id = (SELECT id FROM found)";
const ADD_CITIZEN: &str = "INSERT INTO citizens (id, number_index, status, profile, created_at, updated_at)
 VALUES ($1, $2, 0, $3, $4, $4) ON CONFLICT (number_index) DO NOTHING";
const BY_NUMBER: &str = "SELECT id FROM citizens WHERE number_index = $1";
const ADD_IDENTITY: &str =
    "INSERT INTO identities (identity_index, citizen_id, upstream, issuer, subject, created_at)
 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (identity_index) DO NOTHING";
const UPDATE_PROFILE: &str = "UPDATE citizens SET profile = $2, updated_at = $3 WHERE id = $1";
/// The stored subject wins: what is inserted comes back only if there was none.
const SUBJECT: &str = "INSERT INTO subjects (citizen_id, sector, subject, created_at) VALUES ($1, $2, $3, $4)
 ON CONFLICT (citizen_id, sector) DO UPDATE SET citizen_id = excluded.citizen_id RETURNING subject";
const ALLOWED: &str = "SELECT scope FROM consents WHERE citizen_id = $1 AND client_id = $2";
const ALLOW: &str = "INSERT INTO consents (citizen_id, client_id, scope, allowed_at) VALUES ($1, $2, $3, $4)
 ON CONFLICT (citizen_id, client_id) DO UPDATE SET scope = excluded.scope, allowed_at = excluded.allowed_at";
const COUNT: &str = "SELECT COUNT(*) FROM citizens";

type Row = (String, String, i64, Option<Vec<u8>>, String, String);

fn place(id: &str) -> String {
    format!("citizens/{id}/profile")
}

const fn status(number: i64) -> CitizenStatus {
    match number {
        0 => CitizenStatus::Active,
        2 => CitizenStatus::Deceased,
        // Whatever else stands there lets nobody in.
        _ => CitizenStatus::Blocked,
    }
}

impl<D: sqlx::Database> Repository<D> {
    fn identity_index(&self, arrival: &Arrival) -> Vec<u8> {
        self.index.of("identity", &[&arrival.issuer, &arrival.subject])
    }

    /// A person is found by the personal number, an organization by its tax code.
    fn number_index(&self, profile: &Profile) -> Vec<u8> {
        match &profile.organization {
            Some(organization) => self.index.of("tax-code", &[organization.tax_code.as_str()]),
            None => self.index.of("personal-number", &[profile.personal_number.as_str()]),
        }
    }

    fn known(&self, row: &Row) -> Result<Known, StoreError> {
        let sealed = row.3.as_deref().ok_or_else(|| corrupt("a citizen without a profile"))?;
        Ok(Known {
            id: CitizenId::new(row.1.as_str()),
            status: status(row.2),
            profile: unpack(&self.sealer, &place(&row.1), sealed)?,
        })
    }

    fn gather(&self, rows: &[Row]) -> Result<Found, StoreError> {
        let mut found = Found::default();
        for row in rows {
            match row.0.as_str() {
                "i" => found.matches.by_identity = Some(self.known(row)?),
                "n" => found.matches.by_number = Some(self.known(row)?),
                "s" => {
                    let subject =
                        Subject::new(row.5.as_str()).ok_or_else(|| corrupt("a subject does not read"))?;
                    found.subjects.push((SectorId::new(row.4.as_str()), subject));
                }
                _ => {
                    let scope = ScopeSet::parse(&row.5).ok_or_else(|| corrupt("a consent does not read"))?;
                    found.allowed.push((ClientId::new(row.4.as_str()), scope));
                }
            }
        }
        Ok(found)
    }
}

macro_rules! citizens {
    ($($repository:ty),*) => {$(
        impl $repository {
            async fn store_subject<'e, E>(&self, on: E, citizen: &CitizenId, sector: &SectorId, candidate: &Subject, now: Timestamp)
                -> Result<Subject, StoreError>
            where
                E: sqlx::Executor<'e, Database = <Self as super::connect::On>::Database>,
            {
                let query = sqlx::query_scalar(SUBJECT).bind(citizen.as_str()).bind(sector.as_str()).bind(candidate.as_str()).bind(now.millis());
                let stored: String = statement(query.fetch_one(on)).await.map_err(failed)?;
                Subject::new(stored).ok_or_else(|| corrupt("a subject does not read"))
            }

            async fn store_identity<'e, E>(&self, on: E, citizen: &CitizenId, arrival: &Arrival, now: Timestamp) -> Result<(), StoreError>
            where
                E: sqlx::Executor<'e, Database = <Self as super::connect::On>::Database>,
            {
                let index = self.identity_index(arrival);
                let place = format!("identities/{}/subject", citizen.as_str());
                let subject = self.sealer.seal(&place, arrival.subject.as_bytes())?;
                let query = sqlx::query(ADD_IDENTITY).bind(index).bind(citizen.as_str()).bind(arrival.upstream.as_str())
                    .bind(arrival.issuer.as_str()).bind(subject).bind(now.millis());
                statement(query.execute(on)).await.map_err(failed)?;
                Ok(())
            }

            async fn admit_new(&self, admission: &Admission) -> Result<Admitted, StoreError> {
                let (arrival, now) = (&admission.arrival, admission.now);
                let number = self.number_index(&arrival.profile);
                let profile = pack(&self.sealer, &place(admission.new_id.as_str()), &arrival.profile)?;
                let mut tx = statement(self.pool.begin()).await.map_err(failed)?;
                let add = sqlx::query(ADD_CITIZEN).bind(admission.new_id.as_str()).bind(number.clone()).bind(profile).bind(now.millis());
                let is_new = statement(add.execute(&mut *tx)).await.map_err(failed)?.rows_affected() == 1;
                let id: String = statement(sqlx::query_scalar(BY_NUMBER).bind(number).fetch_one(&mut *tx)).await.map_err(failed)?;
                let citizen = CitizenId::new(id);
                self.store_identity(&mut *tx, &citizen, arrival, now).await?;
                let subject = match &admission.subject {
                    Some((sector, candidate)) => Some(self.store_subject(&mut *tx, &citizen, sector, candidate, now).await?),
                    None => None,
                };
                statement(tx.commit()).await.map_err(failed)?;
                Ok(Admitted { citizen, is_new, subject })
            }
        }

        #[async_trait]
        impl Citizens for $repository {
            async fn find(&self, arrival: &Arrival) -> Result<Found, StoreError> {
                let query = sqlx::query_as::<_, Row>(FIND).bind(self.identity_index(arrival)).bind(self.number_index(&arrival.profile));
                let rows = statement(query.fetch_all(&self.pool)).await.map_err(failed)?;
                self.gather(&rows)
            }

            async fn admit(&self, admission: Admission) -> Result<Admitted, StoreError> {
                let Some(citizen) = admission.known.clone() else { return self.admit_new(&admission).await };
                let (arrival, now) = (&admission.arrival, admission.now);
                if admission.add_identity {
                    self.store_identity(&self.pool, &citizen, arrival, now).await?;
                }
                if admission.update_profile {
                    let profile = pack(&self.sealer, &place(citizen.as_str()), &arrival.profile)?;
                    let update = sqlx::query(UPDATE_PROFILE).bind(citizen.as_str()).bind(profile).bind(now.millis());
                    statement(update.execute(&self.pool)).await.map_err(failed)?;
                }
                let subject = match &admission.subject {
                    Some((sector, candidate)) => Some(self.store_subject(&self.pool, &citizen, sector, candidate, now).await?),
                    None => None,
                };
                Ok(Admitted { citizen, is_new: false, subject })
            }

            async fn subject(&self, citizen: &CitizenId, sector: &SectorId, candidate: &Subject, now: Timestamp) -> Result<Subject, StoreError> {
                self.store_subject(&self.pool, citizen, sector, candidate, now).await
            }

            async fn allow(&self, citizen: &CitizenId, client: &ClientId, scope: &ScopeSet, now: Timestamp) -> Result<(), StoreError> {
                let before = sqlx::query_scalar(ALLOWED).bind(citizen.as_str()).bind(client.as_str());
                let before: Option<String> = statement(before.fetch_optional(&self.pool)).await.map_err(failed)?;
                let all = before.as_deref().and_then(ScopeSet::parse).unwrap_or_default().union(scope);
                let allow = sqlx::query(ALLOW).bind(citizen.as_str()).bind(client.as_str()).bind(all.to_string()).bind(now.millis());
                statement(allow.execute(&self.pool)).await.map_err(failed)?;
                Ok(())
            }

            async fn count(&self) -> Result<u64, StoreError> {
                let count: i64 = statement(sqlx::query_scalar(COUNT).fetch_one(&self.pool)).await.map_err(failed)?;
                Ok(u64::try_from(count).unwrap_or(0))
            }
        }
    )*};
}

citizens!(OnPostgres, OnSqlite);
