//! Going through all legacy accounts, page by page: for operators, never for a login.

use super::accounts::Read;
use super::error::{corrupt, failed};
use super::places::{password_place, read};
use super::repository::{OnPostgres, OnSqlite, Pooled, Repository};
use crate::meter::long_statement as statement;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{Namespace, SectorId};
use broker_domain::linking::Evidence;
use broker_domain::ports::{AccountWalk, ShownAccount, Step, StoreError, Walk, Walked};
use broker_domain::secret::Secret;
use broker_domain::subject::Subject;

/// An organization, as stored.
macro_rules! organization {
    () => {
        "2"
    };
}

/// What is read of an account: what its owner signs in with where `$secrets` is true.
macro_rules! read_accounts {
    ($key:literal, $secrets:literal, $rest:expr) => {
        concat!(
            "SELECT a.id, a.namespace, a.tech_id, a.kind, a.status, a.password_hash IS NOT NULL AS has_password, a.claims, a.confirmed,
 l.citizen_id AS owner, ", $key, " AS key, CASE WHEN ", $secrets, " THEN a.password_hash END AS password_hash,
 a.user_name_index IS NOT NULL AS has_user_name, a.imported_at, l.linked_at, l.evidence
 FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL WHERE ", $rest
        )
    };
}

/// Accounts in the order of a blind index: those of one value stand together, whatever the value is.
macro_rules! in_order_of {
    ($key:literal, $which:expr) => {
        read_accounts!(
            $key,
            "FALSE",
            concat!(
                $key,
                " >= $1 AND (",
                $key,
                " > $1 OR a.id > $2) AND ",
                $which,
                " ORDER BY ",
                $key,
                ", a.id LIMIT $3"
            )
        )
    };
}

const BY_NUMBER: &str = in_order_of!("a.number_index", concat!("a.kind <> ", organization!()));
const BY_OLD_NUMBER: &str =
    in_order_of!("a.old_number_index", concat!("a.number_index IS NULL AND a.kind <> ", organization!()));
const BY_TAX_CODE: &str = in_order_of!("a.tax_code_index", concat!("a.kind = ", organization!()));
/// `$1` stands for the key, which these have none of.
const WITHOUT_BASIS: &str = read_accounts!(
    "$1",
    "FALSE",
    concat!(
        "a.id > $2 AND ((a.kind = ",
        organization!(),
        " AND a.tax_code_index IS NULL) OR (a.kind <> ",
        organization!(),
        " AND a.number_index IS NULL AND a.old_number_index IS NULL)) ORDER BY a.id LIMIT $3"
    )
);
const OF_NAMESPACE: &str =
    read_accounts!("NULL", "TRUE", "a.namespace = $1 AND a.tech_id > $2 ORDER BY a.tech_id LIMIT $3");
const ONE: &str = read_accounts!("NULL", "FALSE", "a.namespace = $1 AND a.tech_id = $2");
const COUNT_ALL: &str = "SELECT COUNT(*) FROM legacy_accounts";
const COUNT: &str = "SELECT COUNT(*) FROM legacy_accounts WHERE namespace = $1";
const SUBJECTS: &str = "SELECT sector, subject FROM subjects WHERE citizen_id = $1 ORDER BY sector";
const ALIASES: &str =
    "SELECT sector, alias FROM subject_aliases WHERE citizen_id = $1 ORDER BY sector, alias";
/// Each page goes along an index, also where the server has not yet counted what is in the tables, and takes the time it needs: no login
/// waits for it.
const FOR_WALKING: &str =
    "SELECT set_config('statement_timeout', '10min', true), set_config('enable_seqscan', 'off', true),
 set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true),
 set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
 set_config('enable_material', 'off', true)";

#[derive(sqlx::FromRow)]
struct WalkRow {
    #[sqlx(flatten)]
    account: Read,
    key: Option<Vec<u8>>,
    password_hash: Option<Vec<u8>>,
    has_user_name: bool,
    imported_at: i64,
    linked_at: Option<i64>,
    evidence: Option<String>,
}

impl<D: Pooled> Repository<D> {
    fn walked(&self, walk: &Walk, row: WalkRow) -> Result<Walked, StoreError> {
        let WalkRow { account, key, password_hash, has_user_name, .. } = row;
        let id = match walk {
            Walk::Namespace(_) => account.tech_id.clone(),
            _ => account.id.clone(),
        };
        let password = match password_hash {
            Some(sealed) => {
                let hash = self.sealer.open(&password_place(&account.id), &sealed)?;
                let hash = String::from_utf8(hash.to_vec());
                Some(Secret::new(hash.map_err(|_| corrupt("a password hash does not read"))?))
            }
            None => None,
        };
        let (kept, user_name) = self.kept_with_name(account)?;
        let user_name = user_name.filter(|_| has_user_name && matches!(walk, Walk::Namespace(_)));
        Ok(Walked { kept, user_name, password, step: Step { key: key.unwrap_or_default(), id } })
    }

    fn shown_account(
        &self,
        row: WalkRow,
        [subjects, aliases]: [Vec<(String, String)>; 2],
    ) -> Result<ShownAccount, StoreError> {
        let WalkRow { account, has_user_name, imported_at, linked_at, evidence, .. } = row;
        let named = |pairs: Vec<(String, String)>| -> Result<Vec<(SectorId, Subject)>, StoreError> {
            let one = |(sector, subject): (String, String)| {
                let subject = Subject::new(subject).ok_or_else(|| corrupt("a subject does not read"))?;
                Ok((SectorId::new(sector), subject))
            };
            pairs.into_iter().map(one).collect()
        };
        let link = match (linked_at, evidence) {
            (Some(at), Some(evidence)) => {
                let evidence =
                    Evidence::parse(&evidence).ok_or_else(|| corrupt("an evidence does not read"))?;
                Some((Timestamp::from_millis(at), evidence))
            }
            _ => None,
        };
        let (kept, user_name) = self.kept_with_name(account)?;
        Ok(ShownAccount {
            kept,
            user_name: user_name.filter(|_| has_user_name),
            imported_at: Timestamp::from_millis(imported_at),
            link,
            subjects: named(subjects)?,
            aliases: named(aliases)?,
        })
    }
}

impl OnPostgres {
    async fn prepare_walk(connection: &mut sqlx::PgConnection) -> Result<(), StoreError> {
        statement(sqlx::query(FOR_WALKING).execute(connection)).await.map_err(failed)?;
        Ok(())
    }
}

impl OnSqlite {
    /// There is nothing to prepare: a reader disturbs nobody.
    #[allow(clippy::unused_async)] // as PostgreSQL's
    async fn prepare_walk(_: &mut sqlx::SqliteConnection) -> Result<(), StoreError> {
        Ok(())
    }
}

macro_rules! walking {
    ($($repository:ty),*) => {$(
        #[async_trait]
        impl AccountWalk for $repository {
            async fn page(&self, walk: &Walk, after: &Step, limit: u32) -> Result<Vec<Walked>, StoreError> {
                let mut tx = statement(self.reader.begin()).await.map_err(failed)?;
                Self::prepare_walk(&mut tx).await?;
                let sql = match walk {
                    Walk::ByNumber => BY_NUMBER,
                    Walk::ByOldNumber => BY_OLD_NUMBER,
                    Walk::ByTaxCode => BY_TAX_CODE,
                    Walk::WithoutBasis => WITHOUT_BASIS,
                    Walk::Namespace(_) => OF_NAMESPACE,
                };
                let query = sqlx::query_as::<_, WalkRow>(sql);
                let query = match walk {
                    Walk::Namespace(namespace) => query.bind(namespace.as_str()),
                    _ => query.bind(after.key.as_slice()),
                };
                let query = query.bind(after.id.as_str()).bind(i64::from(limit));
                let rows = statement(query.fetch_all(&mut *tx)).await.map_err(failed)?;
                statement(tx.commit()).await.map_err(failed)?;
                rows.into_iter().map(|row| self.walked(walk, row)).collect()
            }

            async fn count_walked(&self, namespace: Option<&Namespace>) -> Result<u64, StoreError> {
                let mut tx = statement(self.reader.begin()).await.map_err(failed)?;
                Self::prepare_walk(&mut tx).await?;
                let query = match namespace {
                    Some(namespace) => sqlx::query_scalar(COUNT).bind(namespace.as_str()),
                    None => sqlx::query_scalar(COUNT_ALL),
                };
                let count = statement(query.fetch_one(&mut *tx)).await.map_err(failed)?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(read(count))
            }

            async fn shown(&self, namespace: &Namespace, tech_id: &Subject) -> Result<Option<ShownAccount>, StoreError> {
                let query = sqlx::query_as::<_, WalkRow>(ONE).bind(namespace.as_str()).bind(tech_id.as_str());
                let Some(row) = statement(query.fetch_optional(&self.reader)).await.map_err(failed)? else {
                    return Ok(None);
                };
                let mut named: [Vec<(String, String)>; 2] = Default::default();
                if let Some(owner) = &row.account.owner {
                    for (sql, into) in [SUBJECTS, ALIASES].into_iter().zip(&mut named) {
                        let query = sqlx::query_as(sql).bind(owner.as_str());
                        *into = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                    }
                }
                Ok(Some(self.shown_account(row, named)?))
            }
        }
    )*};
}

walking!(OnPostgres, OnSqlite);
