//! The numbers and identities of citizens, one by one.

use super::citizens::number_place;
use super::error::{corrupt, failed};
use super::find::{number, profile_place, status};
use super::kinds::{OLD_NUMBER, PERSONAL_NUMBER};
use super::repository::{On, OnPostgres, OnSqlite};
use crate::meter::statement;
use crate::record::{pack, unpack};
use crate::sealing::Indexes;
use broker_domain::clock::Timestamp;
use broker_domain::ids::CitizenId;
use broker_domain::linking::ClaimedIdentity;
use broker_domain::person::{Citizen, PersonalNumber, Profile};
use broker_domain::ports::{Added, CitizenRecord, StoreError};

/// One number, one citizen: whoever comes second waits here for the first, and adds nothing.
const ADD_NUMBER: &str = "INSERT INTO citizen_numbers (number_index, citizen_id, number, created_at)
 VALUES ($1, $2, $3, $4) ON CONFLICT (number_index) DO NOTHING";
const OWNER: &str = "SELECT citizen_id FROM citizen_numbers WHERE number_index = $1";
const CITIZEN: &str = "SELECT status, profile FROM citizens WHERE id = $1";
const NUMBERS: &str =
    "SELECT number FROM citizen_numbers WHERE citizen_id = $1 ORDER BY created_at, number_index";
const ADD_IDENTITY: &str =
    "INSERT INTO identities (identity_index, citizen_id, upstream, issuer, subject, created_at)
 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (identity_index) DO NOTHING";
const IDENTITY_OWNER: &str = "SELECT citizen_id FROM identities WHERE identity_index = $1";

macro_rules! numbers {
    ($($repository:ty),*) => {$(
        impl $repository {
            /// Adds a number under each index key in force.
            async fn add_by_indexes(
                &self,
                on: &mut <<Self as On>::Database as sqlx::Database>::Connection,
                citizen: &CitizenId,
                (kind, number): (&str, &str),
                indexes: &Indexes,
                now: Timestamp,
            ) -> Result<Added, StoreError> {
                let mut added = Added::Before;
                for index in indexes.distinct() {
                    let sealed = pack(&self.sealer, &number_place(citizen.as_str()), &(kind, number))?;
                    let add =
                        sqlx::query(ADD_NUMBER).bind(index).bind(citizen.as_str()).bind(sealed).bind(now.millis());
                    if statement(add.execute(&mut *on)).await.map_err(failed)?.rows_affected() == 1 {
                        added = Added::Now;
                        continue;
                    }
                    let owner = sqlx::query_scalar(OWNER).bind(index);
                    let owner: Option<String> = statement(owner.fetch_optional(&mut *on)).await.map_err(failed)?;
                    if owner.as_deref() != Some(citizen.as_str()) {
                        return Ok(Added::Another);
                    }
                }
                Ok(added)
            }

            /// Adds the number of a profile: the one before stays theirs.
            pub(super) async fn add_profile_number(
                &self,
                on: &mut <<Self as On>::Database as sqlx::Database>::Connection,
                citizen: &CitizenId,
                profile: &Profile,
                now: Timestamp,
            ) -> Result<Added, StoreError> {
                self.add_by_indexes(on, citizen, number(profile), &self.number_indexes(profile), now).await
            }

            /// Keeps the old number that a profile names, so that a citizen whose number is issued anew is known by it. One that is
            /// somebody else's already stays so: it opens nothing by itself.
            pub(super) async fn add_old_number(
                &self,
                on: &mut <<Self as On>::Database as sqlx::Database>::Connection,
                citizen: &CitizenId,
                profile: &Profile,
                now: Timestamp,
            ) -> Result<(), StoreError> {
                if let (Some(old), None) = (&profile.old_number, &profile.organization) {
                    let indexes = self.old_number_indexes(profile);
                    self.add_by_indexes(on, citizen, (OLD_NUMBER, old.as_str()), &indexes, now).await?;
                }
                Ok(())
            }

            pub(super) async fn accept_number(
                &self,
                citizen: &CitizenId,
                accepted: &PersonalNumber,
                now: Timestamp,
            ) -> Result<Added, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let indexes = self.index.of(PERSONAL_NUMBER, &[accepted.as_str()]);
                let number = (PERSONAL_NUMBER, accepted.as_str());
                let added = self.add_by_indexes(&mut tx, citizen, number, &indexes, now).await?;
                match added {
                    Added::Another => statement(tx.rollback()).await.map_err(failed)?,
                    Added::Now | Added::Before => statement(tx.commit()).await.map_err(failed)?,
                }
                Ok(added)
            }

            pub(super) async fn accept_identity(
                &self,
                citizen: &CitizenId,
                identity: &ClaimedIdentity,
                now: Timestamp,
            ) -> Result<Added, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let mut added = Added::Before;
                for index in self.identity_indexes(&identity.issuer, &identity.subject).distinct() {
                    let place = super::citizens::subject_place(citizen.as_str());
                    let add = sqlx::query(ADD_IDENTITY)
                        .bind(index)
                        .bind(citizen.as_str())
                        .bind(identity.upstream.as_str())
                        .bind(identity.issuer.as_str())
                        .bind(self.sealer.seal(&place, identity.subject.as_bytes())?)
                        .bind(now.millis());
                    if statement(add.execute(&mut *tx)).await.map_err(failed)?.rows_affected() == 1 {
                        added = Added::Now;
                        continue;
                    }
                    let owner = sqlx::query_scalar(IDENTITY_OWNER).bind(index);
                    let owner: Option<String> = statement(owner.fetch_optional(&mut *tx)).await.map_err(failed)?;
                    if owner.as_deref() != Some(citizen.as_str()) {
                        statement(tx.rollback()).await.map_err(failed)?;
                        return Ok(Added::Another);
                    }
                }
                statement(tx.commit()).await.map_err(failed)?;
                Ok(added)
            }

            pub(super) async fn one_citizen(&self, id: &CitizenId) -> Result<Option<CitizenRecord>, StoreError> {
                let found = sqlx::query_as::<_, (i64, Vec<u8>)>(CITIZEN).bind(id.as_str());
                let Some((standing, profile)) = statement(found.fetch_optional(&self.reader)).await.map_err(failed)? else {
                    return Ok(None);
                };
                let profile: Profile = unpack(&self.sealer, &profile_place(id.as_str()), &profile)?;
                let sealed = sqlx::query_scalar(NUMBERS).bind(id.as_str());
                let sealed: Vec<Vec<u8>> = statement(sealed.fetch_all(&self.reader)).await.map_err(failed)?;
                let mut former: Vec<PersonalNumber> = Vec::new();
                for one in sealed {
                    let (kind, digits): (String, String) = unpack(&self.sealer, &number_place(id.as_str()), &one)?;
                    if kind != PERSONAL_NUMBER {
                        continue;
                    }
                    let number = PersonalNumber::parse(&digits).map_err(|_| corrupt("a number does not read"))?;
                    if number != profile.personal_number && !former.contains(&number) {
                        former.push(number);
                    }
                }
                let citizen = Citizen { id: id.clone(), status: status(standing), profile };
                Ok(Some(CitizenRecord { citizen, other_numbers: former }))
            }
        }
    )*};
}

numbers!(OnPostgres, OnSqlite);
