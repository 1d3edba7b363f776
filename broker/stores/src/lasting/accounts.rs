//! Legacy accounts: import and look-up.

use super::copying::Copied;
use super::error::{corrupt, failed};
use super::kinds::{OLD_NUMBER, PERSONAL_NUMBER, TAX_CODE};
use super::repository::{OnPostgres, OnSqlite, Repository};
use super::rows::{AT_ONCE, many};
use crate::meter::statement;
use crate::record::{pack, unpack};
use crate::sealing::Indexes;
use broker_domain::claims::Claims;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, CitizenId, Namespace};
use broker_domain::linking::{LegacyAccount, LegacyKind, LegacyStatus};
use broker_domain::ports::{ImportCount, ImportProgress, ImportedAccount, KeptAccount, StoreError};
use broker_domain::subject::Subject;
use std::collections::{HashMap, HashSet};

const COLUMNS: &str =
    "id, namespace, tech_id, kind, status, user_name_index, number_index, old_number_index, tax_code_index,
 password_hash, claims, source, imported_at, digest";
const COUNT_OF_COLUMNS: usize = 14;
const ADD: &str =
    "INSERT INTO legacy_accounts (id, namespace, tech_id, kind, status, user_name_index, number_index,
 old_number_index, tax_code_index, password_hash, claims, source, imported_at, digest) VALUES";
const CHANGE: &str = "UPDATE legacy_accounts SET kind = $2, status = $3, user_name_index = $4, number_index = $5,
 old_number_index = $6, tax_code_index = $7, password_hash = $8, claims = $9, source = $10, imported_at = $11, digest = $12
 WHERE id = $1";
/// What is known of accounts by their TechIDs, given as one value: an array.
const KNOWN_POSTGRES: &str = "SELECT a.tech_id, a.id, a.digest, l.id IS NOT NULL
 FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL
 WHERE a.namespace = $1 AND a.tech_id = ANY ($2)";
/// The same, given as a JSON list.
const KNOWN_SQLITE: &str = "SELECT a.tech_id, a.id, a.digest, l.id IS NOT NULL
 FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL
 WHERE a.namespace = $1 AND a.tech_id IN (SELECT value FROM json_each ($2))";
const SAVE: &str = "INSERT INTO imports (namespace, file, bytes, lines, added, changed, unchanged, bad, changed_at)
 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (namespace, file) DO UPDATE SET bytes = excluded.bytes,
 lines = excluded.lines, added = excluded.added, changed = excluded.changed, unchanged = excluded.unchanged,
 bad = excluded.bad, changed_at = excluded.changed_at";
const PROGRESS: &str =
    "SELECT bytes, lines, added, changed, unchanged, bad FROM imports WHERE namespace = $1 AND file = $2";
const ONE: &str = "SELECT a.id, a.namespace, a.tech_id, a.kind, a.status, a.password_hash IS NOT NULL AS has_password, a.claims,
 l.citizen_id AS owner
 FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL
 WHERE a.namespace = $1 AND a.tech_id = $2";
const BY_ID: &str = "SELECT a.id, a.namespace, a.tech_id, a.kind, a.status, a.password_hash IS NOT NULL AS has_password, a.claims,
 l.citizen_id AS owner
 FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL WHERE a.id = $1";
const COUNT: &str = "SELECT COUNT(*) FROM legacy_accounts WHERE namespace = $1";

/// What the claims of an account are sealed for.
pub(super) fn claims_place(id: &str) -> String {
    format!("legacy_accounts/{id}/claims")
}

/// What the password hash of an account is sealed for.
pub(super) fn password_place(id: &str) -> String {
    format!("legacy_accounts/{id}/password_hash")
}

/// A row of an account, as it is read.
#[derive(sqlx::FromRow)]
pub(super) struct Read {
    pub(super) id: String,
    pub(super) namespace: String,
    pub(super) tech_id: String,
    pub(super) kind: i64,
    pub(super) status: i64,
    pub(super) has_password: bool,
    pub(super) claims: Vec<u8>,
    pub(super) owner: Option<String>,
}

/// A row of an account, as it is written.
struct Row {
    id: String,
    tech_id: String,
    kind: i64,
    status: i64,
    user_name: Option<Vec<u8>>,
    number: Option<Vec<u8>>,
    old_number: Option<Vec<u8>>,
    tax_code: Option<Vec<u8>>,
    password: Option<Vec<u8>>,
    claims: Vec<u8>,
    digest: Vec<u8>,
}

/// What the store has of an account that is imported again.
struct Before {
    id: String,
    digest: Option<Vec<u8>>,
    is_linked: bool,
}

/// What is to be done with the accounts of one statement.
#[derive(Default)]
struct Sorted {
    add: Vec<Row>,
    change: Vec<Row>,
    unchanged: u64,
}

fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn read(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

impl<D: sqlx::Database> Repository<D> {
    /// The account of a row.
    pub(super) fn kept(&self, row: Read) -> Result<KeptAccount, StoreError> {
        let (claims, _): (Claims, Option<String>) =
            unpack(&self.sealer, &claims_place(&row.id), &row.claims)?;
        Ok(KeptAccount {
            account: LegacyAccount {
                namespace: Namespace::new(row.namespace),
                tech_id: Subject::new(row.tech_id).ok_or_else(|| corrupt("a TechID does not read"))?,
                kind: LegacyKind::from_number(row.kind).ok_or_else(|| corrupt("a kind does not read"))?,
                status: LegacyStatus::from_number(row.status)
                    .ok_or_else(|| corrupt("a status does not read"))?,
                has_password: row.has_password,
                claims,
                id: AccountId::new(row.id),
            },
            owner: row.owner.map(CitizenId::new),
            number_is_former: false,
            was_ended: false,
        })
    }

    /// The current indexes of the personal number, the old number and the tax code.
    pub(super) fn claim_indexes(&self, claims: &Claims) -> [Option<Vec<u8>>; 3] {
        let index = |kind: &str, value: Option<&str>| value.map(|v| self.index.of(kind, &[v]).current);
        [
            index(PERSONAL_NUMBER, claims.personal_number.as_ref().map(|n| n.value.as_str())),
            index(OLD_NUMBER, claims.old_number.as_ref().map(|n| n.value.as_str())),
            index(TAX_CODE, claims.tax_code.as_ref().map(|n| n.value.as_str())),
        ]
    }

    /// The current index of a user name.
    pub(super) fn user_name_index(&self, namespace: &str, user_name: Option<&str>) -> Option<Vec<u8>> {
        user_name.map(|name| self.index.of("user-name", &[namespace, name]).current)
    }

    /// What tells whether an account is as it was imported before, under each index key.
    fn digest(&self, imported: &ImportedAccount) -> Result<Indexes, StoreError> {
        let account = &imported.account;
        let secret = imported.password.as_ref().map(broker_domain::secret::Secret::reveal);
        let contents = (account.kind, account.status, &account.claims, &imported.user_name, secret);
        let bytes = postcard::to_stdvec(&contents).map_err(|_| corrupt("an account cannot be written"))?;
        Ok(self.index.of_bytes("account", &bytes))
    }

    fn row(
        &self,
        id: &str,
        imported: ImportedAccount,
        digest: Vec<u8>,
        is_linked: bool,
    ) -> Result<Row, StoreError> {
        let ImportedAccount { account, user_name, password } = imported;
        let claims = &account.claims;
        // What opened the account before a link opens nothing after it.
        let (user_name, password) = if is_linked { (None, None) } else { (user_name, password) };
        let [number, old_number, tax_code] = self.claim_indexes(claims);
        let user_name_index = self.user_name_index(account.namespace.as_str(), user_name.as_deref());
        let password = match password {
            Some(hash) => Some(self.sealer.seal(&password_place(id), hash.reveal().as_bytes())?),
            None => None,
        };
        Ok(Row {
            tech_id: account.tech_id.as_str().to_owned(),
            kind: account.kind.number(),
            status: account.status.number(),
            user_name: user_name_index,
            number,
            old_number,
            tax_code,
            password,
            claims: pack(&self.sealer, &claims_place(id), &(claims, &user_name))?,
            digest,
            id: id.to_owned(),
        })
    }

    fn sort(
        &self,
        accounts: Vec<ImportedAccount>,
        mut known: HashMap<String, Before>,
    ) -> Result<Sorted, StoreError> {
        let mut sorted = Sorted::default();
        let mut seen = HashSet::new();
        for imported in accounts {
            let tech_id = imported.account.tech_id.as_str().to_owned();
            // The same account twice in one statement: the first counts.
            if !seen.insert(tech_id.clone()) {
                sorted.unchanged += 1;
                continue;
            }
            let digest = self.digest(&imported)?;
            match known.remove(&tech_id) {
                Some(Before { digest: Some(before), .. })
                    if before == digest.current || before == digest.other =>
                {
                    sorted.unchanged += 1;
                }
                Some(before) => {
                    let row = self.row(&before.id, imported, digest.current, before.is_linked)?;
                    sorted.change.push(row);
                }
                None => {
                    let id = imported.account.id.as_str().to_owned();
                    sorted.add.push(self.row(&id, imported, digest.current, false)?);
                }
            }
        }
        Ok(sorted)
    }
}

/// TechID, id, digest, and whether it is linked.
type Known = (String, String, Option<Vec<u8>>, bool);

impl OnPostgres {
    async fn known_accounts(
        connection: &mut sqlx::PgConnection,
        namespace: &str,
        tech_ids: Vec<String>,
    ) -> Result<Vec<Known>, StoreError> {
        let known = sqlx::query_as(KNOWN_POSTGRES).bind(namespace).bind(tech_ids);
        statement(known.fetch_all(connection)).await.map_err(failed)
    }

    async fn add_accounts(
        connection: &mut sqlx::PgConnection,
        namespace: &str,
        source: &str,
        rows: Vec<Row>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut all = Copied::new();
        for row in rows {
            all.row(i16::try_from(COUNT_OF_COLUMNS).unwrap_or_default());
            for text in [&row.id, namespace, &row.tech_id] {
                all.bytes(Some(text.as_bytes()));
            }
            all.number(row.kind);
            all.number(row.status);
            for index in [&row.user_name, &row.number, &row.old_number, &row.tax_code, &row.password] {
                all.bytes(index.as_deref());
            }
            all.bytes(Some(&row.claims));
            all.bytes(Some(source.as_bytes()));
            all.number(now.millis());
            all.bytes(Some(&row.digest));
        }
        let copy = format!("COPY legacy_accounts ({COLUMNS}) FROM STDIN (FORMAT binary)");
        let mut copy = statement(connection.copy_in_raw(&copy)).await.map_err(failed)?;
        copy.send(all.end()).await.map_err(failed)?;
        copy.finish().await.map_err(failed)?;
        Ok(())
    }
}

impl OnSqlite {
    async fn known_accounts(
        connection: &mut sqlx::SqliteConnection,
        namespace: &str,
        tech_ids: Vec<String>,
    ) -> Result<Vec<Known>, StoreError> {
        let list = serde_json::to_string(&tech_ids).map_err(|_| corrupt("TechIDs cannot be written"))?;
        let known = sqlx::query_as(KNOWN_SQLITE).bind(namespace).bind(list);
        statement(known.fetch_all(connection)).await.map_err(failed)
    }

    async fn add_accounts(
        connection: &mut sqlx::SqliteConnection,
        namespace: &str,
        source: &str,
        rows: Vec<Row>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut add = sqlx::query(many(ADD, COUNT_OF_COLUMNS, rows.len(), "")).persistent(false);
        for row in rows {
            add = add
                .bind(row.id)
                .bind(namespace)
                .bind(row.tech_id)
                .bind(row.kind)
                .bind(row.status)
                .bind(row.user_name)
                .bind(row.number)
                .bind(row.old_number)
                .bind(row.tax_code)
                .bind(row.password)
                .bind(row.claims)
                .bind(source)
                .bind(now.millis())
                .bind(row.digest);
        }
        statement(add.execute(connection)).await.map_err(failed)?;
        Ok(())
    }
}

macro_rules! accounts {
    ($($repository:ty),*) => {$(
        impl $repository {
            pub(super) async fn import_accounts(
                &self,
                namespace: &Namespace,
                mut accounts: Vec<ImportedAccount>,
                mut progress: ImportProgress,
                now: Timestamp,
            ) -> Result<ImportProgress, StoreError> {
                let (namespace, source) = (namespace.as_str(), progress.file.clone());
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                while !accounts.is_empty() {
                    let rest = accounts.split_off(accounts.len().min(AT_ONCE));
                    let some = std::mem::replace(&mut accounts, rest);
                    let tech_ids = some.iter().map(|i| i.account.tech_id.as_str().to_owned()).collect();
                    let known = Self::known_accounts(&mut tx, namespace, tech_ids).await?;
                    let known = known
                        .into_iter()
                        .map(|(tech_id, id, digest, is_linked)| (tech_id, Before { id, digest, is_linked }))
                        .collect();
                    let Sorted { add, change, unchanged } = self.sort(some, known)?;
                    progress.count = ImportCount {
                        added: progress.count.added + add.len() as u64,
                        changed: progress.count.changed + change.len() as u64,
                        unchanged: progress.count.unchanged + unchanged,
                    };
                    for row in change {
                        let change = sqlx::query(CHANGE)
                            .bind(row.id)
                            .bind(row.kind)
                            .bind(row.status)
                            .bind(row.user_name)
                            .bind(row.number)
                            .bind(row.old_number)
                            .bind(row.tax_code)
                            .bind(row.password)
                            .bind(row.claims)
                            .bind(source.as_str())
                            .bind(now.millis())
                            .bind(row.digest);
                        statement(change.execute(&mut *tx)).await.map_err(failed)?;
                    }
                    if !add.is_empty() {
                        Self::add_accounts(&mut tx, namespace, &source, add, now).await?;
                    }
                }
                let save = sqlx::query(SAVE)
                    .bind(namespace)
                    .bind(source.as_str())
                    .bind(stored(progress.bytes))
                    .bind(stored(progress.lines))
                    .bind(stored(progress.count.added))
                    .bind(stored(progress.count.changed))
                    .bind(stored(progress.count.unchanged))
                    .bind(stored(progress.bad))
                    .bind(now.millis());
                statement(save.execute(&mut *tx)).await.map_err(failed)?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(progress)
            }

            pub(super) async fn import_progress(
                &self,
                namespace: &Namespace,
                file: &str,
            ) -> Result<Option<ImportProgress>, StoreError> {
                let query = sqlx::query_as::<_, (i64, i64, i64, i64, i64, i64)>(PROGRESS)
                    .bind(namespace.as_str())
                    .bind(file);
                let row = statement(query.fetch_optional(&self.writer)).await.map_err(failed)?;
                Ok(row.map(|(bytes, lines, added, changed, unchanged, bad)| ImportProgress {
                    file: file.to_owned(),
                    bytes: read(bytes),
                    lines: read(lines),
                    count: ImportCount { added: read(added), changed: read(changed), unchanged: read(unchanged) },
                    bad: read(bad),
                }))
            }

            pub(super) async fn one_account(
                &self,
                namespace: &Namespace,
                tech_id: &Subject,
            ) -> Result<Option<KeptAccount>, StoreError> {
                let query = sqlx::query_as::<_, Read>(ONE).bind(namespace.as_str()).bind(tech_id.as_str());
                let row = statement(query.fetch_optional(&self.reader)).await.map_err(failed)?;
                row.map(|row| self.kept(row)).transpose()
            }

            pub(super) async fn account_by_id(&self, id: &AccountId) -> Result<Option<KeptAccount>, StoreError> {
                let query = sqlx::query_as::<_, Read>(BY_ID).bind(id.as_str());
                let row = statement(query.fetch_optional(&self.reader)).await.map_err(failed)?;
                row.map(|row| self.kept(row)).transpose()
            }

            pub(super) async fn accounts_of(&self, namespace: &Namespace) -> Result<u64, StoreError> {
                let count = sqlx::query_scalar(COUNT).bind(namespace.as_str());
                Ok(read(statement(count.fetch_one(&self.reader)).await.map_err(failed)?))
            }
        }
    )*};
}

accounts!(OnPostgres, OnSqlite);
