//! Which keys sealed what a database holds, and whether the keys of this installation open it.

use super::citizens::{number_place, subject_place};
use super::connect::Lasting;
use super::deliveries::body_place;
use super::error::failed;
use super::find::profile_place;
use super::keys;
use super::own_data;
use super::places::{claims_place, confirmed_place, password_place};
use super::registrations::events_token_place;
use super::repository::{OnPostgres, OnSqlite};
use super::reviews::{dossier_place, why_place};
use crate::sealing::{BlindIndex, Sealer, StoreKeys, key_id};
use broker_domain::ports::{SigningKeys, StoreError, StoredKey};
use broker_domain::secret::SystemEntropy;
use futures_util::TryStreamExt;
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A column whose values are sealed.
struct Column {
    /// Table and column.
    name: &'static str,
    /// What tells its rows apart, for the place that a value is sealed for.
    id: &'static str,
    /// A number beside it.
    nth: &'static str,
    /// What the rows are ordered by.
    order: &'static str,
    place: fn(&str, i64) -> String,
}

const fn column(name: &'static str, id: &'static str, place: fn(&str, i64) -> String) -> Column {
    Column { name, id, nth: "CAST(0 AS BIGINT)", order: id, place }
}

/// All of them.
const COLUMNS: [Column; 12] = [
    column("citizens.profile", "id", |id, _| profile_place(id)),
    column("citizens.claims", "id", |id, _| own_data::confirmed_place(id)),
    Column {
        order: "number_index",
        ..column("citizen_numbers.number", "citizen_id", |id, _| number_place(id))
    },
    Column {
        order: "identity_index",
        ..column("identities.subject", "citizen_id", |id, _| subject_place(id))
    },
    column("clients.events_token", "id", |id, _| events_token_place(id)),
    column("signing_keys.private_jwk", "kid", |id, _| keys::place(id)),
    column("legacy_accounts.claims", "id", |id, _| claims_place(id)),
    column("legacy_accounts.password_hash", "id", |id, _| password_place(id)),
    column("legacy_accounts.confirmed", "id", |id, _| confirmed_place(id)),
    column("reviews.dossier", "id", |id, _| dossier_place(id)),
    column("deliveries.body", "id", |id, _| body_place(id)),
    Column { nth: "nth", ..column("review_votes.why", "review_id", why_place) },
];

/// Rows looked at from each end of a column.
const FROM_EACH_END: u32 = 50;
const IDENTITIES: &str = "SELECT identity_index, citizen_id, issuer, subject FROM identities
 ORDER BY identity_index LIMIT 20";

/// What a look at some rows of every column showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealSample {
    /// Values looked at.
    pub values: u64,
    /// Of each key id by which values are sealed: how many of them the keys of this installation do not open.
    pub unopened: BTreeMap<String, u64>,
    /// Identities whose index was made by none of the index keys: whoever they belong to would not be found.
    pub unindexed: u64,
}

impl Column {
    fn table(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').unwrap_or((self.name, ""))
    }

    /// Rows from one end.
    fn some(&self, direction: &str) -> String {
        let ((table, column), Self { id, nth, order, .. }) = (self.table(), self);
        format!(
            "SELECT {id}, {nth}, {column} FROM {table} WHERE {column} IS NOT NULL
 ORDER BY {order} {direction} LIMIT {FROM_EACH_END}"
        )
    }

    /// The beginning of every value: its key's id is in it.
    fn heads(&self) -> String {
        let (table, column) = self.table();
        format!("SELECT substr({column}, 1, 34) FROM {table} WHERE {column} IS NOT NULL")
    }
}

fn named(sealed: &[u8]) -> String {
    key_id(sealed).map_or("?".to_owned(), |id| String::from_utf8_lossy(id).into_owned())
}

macro_rules! seals {
    ($($repository:ty),*) => {$(
        impl $repository {
            async fn seal_sample(&self) -> Result<SealSample, StoreError> {
                let mut sample = SealSample::default();
                for column in &COLUMNS {
                    for direction in ["ASC", "DESC"] {
                        let query = AssertSqlSafe(column.some(direction));
                        let query = sqlx::query_as::<_, (String, i64, Vec<u8>)>(query);
                        for (id, nth, sealed) in query.fetch_all(&self.reader).await.map_err(failed)? {
                            sample.values = sample.values.saturating_add(1);
                            let unopened = sample.unopened.entry(named(&sealed)).or_default();
                            if self.sealer.open(&(column.place)(&id, nth), &sealed).is_err() {
                                *unopened = unopened.saturating_add(1);
                            }
                        }
                    }
                }
                let identities = sqlx::query_as::<_, (Vec<u8>, String, String, Vec<u8>)>(IDENTITIES);
                for (index, citizen, issuer, sealed) in identities.fetch_all(&self.reader).await.map_err(failed)? {
                    let Ok(subject) = self.sealer.open(&subject_place(&citizen), &sealed) else { continue };
                    let wanted = self.identity_indexes(&issuer, &String::from_utf8_lossy(&subject));
                    if index != wanted.current && index != wanted.other {
                        sample.unindexed = sample.unindexed.saturating_add(1);
                    }
                }
                Ok(sample)
            }

            async fn key_ids(&self) -> Result<BTreeSet<String>, StoreError> {
                let mut ids = BTreeSet::new();
                // Row by row, as a pool would not.
                let mut on = self.reader.acquire().await.map_err(failed)?;
                for column in &COLUMNS {
                    let mut heads = sqlx::query_scalar::<_, Vec<u8>>(AssertSqlSafe(column.heads())).fetch(&mut *on);
                    while let Some(head) = heads.try_next().await.map_err(failed)? {
                        if key_id(&head).is_none_or(|id| !ids.contains(&*String::from_utf8_lossy(id))) {
                            ids.insert(named(&head));
                        }
                    }
                }
                Ok(ids)
            }
        }
    )*};
}

seals!(OnPostgres, OnSqlite);

macro_rules! over {
    ($lasting:expr, $keys:expr, |$repository:ident| $do:expr) => {{
        let sealer = Sealer::new($keys, Arc::new(SystemEntropy))
            .ok_or_else(|| StoreError::Corrupt("there is no sealing key".to_owned()))?;
        let index = BlindIndex::new(&$keys.index);
        match $lasting {
            Lasting::Postgres(pool) => {
                let $repository = OnPostgres::new(pool.clone(), pool.clone(), sealer, index);
                $do
            }
            Lasting::Sqlite(pools) => {
                let $repository = OnSqlite::new(pools.writer.clone(), pools.reader.clone(), sealer, index);
                $do
            }
        }
    }};
}

impl Lasting {
    /// Looks at some rows of every sealed column: which keys sealed them, and whether these keys open them. Nothing that was sealed
    /// is returned.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn seal_sample(&self, keys: &StoreKeys) -> Result<SealSample, StoreError> {
        over!(self, keys, |repository| repository.seal_sample().await)
    }

    /// The ids of all keys that are needed to open what the database holds: every row is looked at.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sealing_key_ids(&self, keys: &StoreKeys) -> Result<BTreeSet<String>, StoreError> {
        over!(self, keys, |repository| repository.key_ids().await)
    }

    /// The signing keys that are not retired, opened with these keys.
    ///
    /// # Errors
    /// When the database does not answer, or the keys do not open them.
    pub async fn signing_keys(&self, keys: &StoreKeys) -> Result<Vec<StoredKey>, StoreError> {
        over!(self, keys, |repository| repository.keys().await)
    }

    /// The columns whose values are sealed, by table and name.
    pub fn sealed_columns() -> impl Iterator<Item = &'static str> {
        COLUMNS.iter().map(|c| c.name)
    }
}
