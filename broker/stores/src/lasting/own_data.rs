//! What is kept of a citizen, for their own eyes.

use super::citizens::subject_place;
use super::error::{corrupt, failed};
use super::find::profile_place;
use super::repository::{OnPostgres, OnSqlite, Pooled, Repository};
use crate::meter::statement;
use crate::record::{pack, unpack};
use async_trait::async_trait;
use broker_domain::claims::Claims;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, CitizenId, ClientId, SectorId, UpstreamId};
use broker_domain::linking::ReviewReason;
use broker_domain::ports::{OwnConsent, OwnData, OwnIdentity, OwnRecord, OwnSubject, StoreError};
use broker_domain::scope::ScopeSet;
use broker_domain::subject::Subject;

/// The citizen (`p`), their identities (`i`), subjects (`s`), aliases (`a`) and consents (`c`).
const ALL: &str = "
SELECT 'p' AS what, '' AS name, '' AS value, profile AS sealed, claims AS more, created_at AS at, updated_at AS changed
  FROM citizens WHERE id = $1
UNION ALL
SELECT 'i', upstream, issuer, subject, NULL, created_at, created_at FROM identities WHERE citizen_id = $1
UNION ALL
SELECT 's', sector, subject, NULL, NULL, created_at, created_at FROM subjects WHERE citizen_id = $1
UNION ALL
SELECT 'a', sector, alias, NULL, NULL, created_at, created_at FROM subject_aliases WHERE citizen_id = $1
UNION ALL
SELECT 'c', client_id, scope, NULL, NULL, allowed_at, allowed_at FROM consents WHERE citizen_id = $1";
const UNLINKING: &str = "SELECT account_id FROM reviews WHERE citizen_id = $1 AND reason = $2 AND closed_at IS NULL AND account_id IS NOT NULL";
/// All but those who may sign in.
const STOPPED: &str = "SELECT id FROM citizens WHERE status <> 0 AND updated_at >= $1";
/// Whoever had one that operators then gave to somebody else lost its name at that moment, however long ago the link had ended.
const ENDED: &str = "SELECT citizen_id, MAX(at) FROM (
  SELECT citizen_id, ended_at AS at FROM links WHERE ended_at >= $1
  UNION ALL
  SELECT f.citizen_id, g.linked_at FROM links g JOIN links f ON f.account_id = g.account_id
  WHERE g.linked_at >= $1 AND g.evidence = 'review' AND f.citizen_id <> g.citizen_id AND f.ended_at IS NOT NULL
) AS lost GROUP BY citizen_id ORDER BY citizen_id";
const REVIEWED: &str = "SELECT account_id FROM links WHERE linked_at >= $1 AND evidence = 'review' AND ended_at IS NULL ORDER BY account_id";
const CONFIRM: &str = "UPDATE citizens SET claims = $2, updated_at = $3 WHERE id = $1";
const CONFIRMED: &str =
    "SELECT id, claims FROM citizens WHERE id > $1 AND claims IS NOT NULL ORDER BY id LIMIT $2";
const SEAL: &str = "UPDATE citizens SET claims = $2 WHERE id = $1 AND claims = $3";

/// Rows of one page.
const PAGE: i64 = 500;

/// What the confirmed claims of a citizen are sealed for.
pub(super) fn confirmed_place(citizen: &str) -> String {
    format!("citizens/{citizen}/claims")
}

#[derive(sqlx::FromRow)]
struct Row {
    what: String,
    name: String,
    value: String,
    sealed: Option<Vec<u8>>,
    more: Option<Vec<u8>>,
    at: i64,
    changed: i64,
}

impl Row {
    fn since(&self) -> Timestamp {
        Timestamp::from_millis(self.at)
    }

    fn subject(self) -> Result<OwnSubject, StoreError> {
        let since = self.since();
        let subject = Subject::new(self.value).ok_or_else(|| corrupt("a subject does not read"))?;
        Ok(OwnSubject { sector: SectorId::new(self.name), subject, since })
    }
}

impl<D: Pooled> Repository<D> {
    /// What the population database confirmed of a citizen.
    pub(super) fn confirmed(
        &self,
        citizen: &str,
        sealed: Option<&[u8]>,
    ) -> Result<Option<Claims>, StoreError> {
        sealed.map(|sealed| unpack(&self.sealer, &confirmed_place(citizen), sealed)).transpose()
    }

    /// The same, sealed by the key that seals now; `None` when it is so already.
    fn confirmed_anew(&self, citizen: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if self.sealer.is_current(sealed) {
            return Ok(None);
        }
        let place = confirmed_place(citizen);
        Ok(Some(self.sealer.seal(&place, &self.sealer.open(&place, sealed)?)?))
    }

    fn identity(&self, citizen: &str, row: Row) -> Result<OwnIdentity, StoreError> {
        let damaged = || corrupt("an identity does not read");
        let sealed = row.sealed.as_deref().ok_or_else(damaged)?;
        let subject = self.sealer.open(&subject_place(citizen), sealed)?.to_vec();
        Ok(OwnIdentity {
            since: row.since(),
            upstream: UpstreamId::new(row.name),
            issuer: row.value,
            subject: String::from_utf8(subject).map_err(|_| damaged())?,
        })
    }

    fn own_record(&self, citizen: &str, mut rows: Vec<Row>) -> Result<Option<OwnRecord>, StoreError> {
        rows.sort_by_key(|row| row.at);
        let Some(at) = rows.iter().position(|row| row.what == "p") else { return Ok(None) };
        let own = rows.remove(at);
        let profile = own.sealed.as_deref().ok_or_else(|| corrupt("a citizen without a profile"))?;
        let mut record = OwnRecord {
            profile: unpack(&self.sealer, &profile_place(citizen), profile)?,
            confirmed: self.confirmed(citizen, own.more.as_deref())?,
            recorded_at: own.since(),
            changed_at: Timestamp::from_millis(own.changed),
            identities: Vec::new(),
            subjects: Vec::new(),
            aliases: Vec::new(),
            consents: Vec::new(),
        };
        for row in rows {
            match row.what.as_str() {
                "i" => {
                    let new = self.identity(citizen, row)?;
                    // Two index keys keep the same twice.
                    let same = |i: &OwnIdentity| i.issuer == new.issuer && i.subject == new.subject;
                    if !record.identities.iter().any(same) {
                        record.identities.push(new);
                    }
                }
                "s" => record.subjects.push(row.subject()?),
                "a" => record.aliases.push(row.subject()?),
                _ => record.consents.push(OwnConsent {
                    at: row.since(),
                    client: ClientId::new(row.name),
                    scope: ScopeSet::parse(&row.value).ok_or_else(|| corrupt("a consent does not read"))?,
                }),
            }
        }
        Ok(Some(record))
    }
}

macro_rules! own_data {
    ($($repository:ty),*) => {$(
        impl $repository {
            /// After a change of keys: seals anew what an old key sealed, and says how much.
            pub(super) async fn rekey_confirmed(&self) -> Result<u64, StoreError> {
                let (mut after, mut sealed) = (String::new(), 0);
                loop {
                    let page = sqlx::query_as::<_, (String, Vec<u8>)>(CONFIRMED).bind(&after).bind(PAGE);
                    let page = page.fetch_all(&self.reader).await.map_err(failed)?;
                    let Some((last, _)) = page.last() else { return Ok(sealed) };
                    after.clone_from(last);
                    for (id, old) in page {
                        if let Some(new) = self.confirmed_anew(&id, &old)? {
                            let seal = sqlx::query(SEAL).bind(id).bind(new).bind(old);
                            sealed += seal.execute(&self.writer).await.map_err(failed)?.rows_affected();
                        }
                    }
                }
            }
        }

        #[async_trait]
        impl OwnData for $repository {
            async fn record(&self, citizen: &CitizenId) -> Result<Option<OwnRecord>, StoreError> {
                let query = sqlx::query_as::<_, Row>(ALL).bind(citizen.as_str());
                let rows = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                self.own_record(citizen.as_str(), rows)
            }

            async fn unlinking(&self, citizen: &CitizenId) -> Result<Vec<AccountId>, StoreError> {
                let query = sqlx::query_scalar::<_, String>(UNLINKING)
                    .bind(citizen.as_str())
                    .bind(ReviewReason::UnlinkWanted.as_str());
                let found = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                Ok(found.into_iter().map(AccountId::new).collect())
            }

            async fn stopped_since(&self, since: Timestamp) -> Result<Vec<CitizenId>, StoreError> {
                let query = sqlx::query_scalar::<_, String>(STOPPED).bind(since.millis());
                let found = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                Ok(found.into_iter().map(CitizenId::new).collect())
            }

            async fn links_ended_since(
                &self,
                since: Timestamp,
            ) -> Result<Vec<(CitizenId, Timestamp)>, StoreError> {
                let query = sqlx::query_as::<_, (String, i64)>(ENDED).bind(since.millis());
                let found = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                Ok(found.into_iter().map(|(id, at)| (CitizenId::new(id), Timestamp::from_millis(at))).collect())
            }

            async fn given_since(&self, since: Timestamp) -> Result<Vec<AccountId>, StoreError> {
                let query = sqlx::query_scalar::<_, String>(REVIEWED).bind(since.millis());
                let found = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                Ok(found.into_iter().map(AccountId::new).collect())
            }

            async fn confirm(
                &self,
                citizen: &CitizenId,
                confirmed: &Claims,
                now: Timestamp,
            ) -> Result<(), StoreError> {
                let sealed = pack(&self.sealer, &confirmed_place(citizen.as_str()), confirmed)?;
                let update = sqlx::query(CONFIRM).bind(citizen.as_str()).bind(sealed).bind(now.millis());
                match statement(update.execute(&self.writer)).await.map_err(failed)?.rows_affected() {
                    0 => Err(StoreError::Conflict("there is no such citizen".to_owned())),
                    _ => Ok(()),
                }
            }
        }
    )*};
}

own_data!(OnPostgres, OnSqlite);
