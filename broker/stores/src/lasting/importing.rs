//! Import of legacy accounts: what a file says becomes rows, many at once.

use super::copying::Copied;
use super::error::{corrupt, failed};
use super::places::{claims_place, password_place, read};
use super::repository::{OnPostgres, OnSqlite, Pooled, Repository};
use super::rows::{AT_ONCE, many};
use super::sorting::{Before, Placed, Sorted, stored};
use crate::meter::long_statement as statement;
use crate::record::{plain, sealed};
use broker_domain::claims::Marked;
use broker_domain::clock::Timestamp;
use broker_domain::ids::Namespace;
use broker_domain::ports::{ImportCount, ImportProgress, ImportedAccount, RowPlace, StoreError};
use std::collections::HashMap;

const COLUMNS: &str =
    "id, namespace, tech_id, kind, status, user_name_index, number_index, old_number_index, tax_code_index,
 password_hash, claims, source, imported_at, digest, source_place,
 source_line";
const COUNT_OF_COLUMNS: usize = 16;
/// Bytes of new rows that are sent to PostgreSQL at once: it writes them while the next ones are sealed here.
const PART: usize = 128 * 1024;
const ADD: &str =
    "INSERT INTO legacy_accounts (id, namespace, tech_id, kind, status, user_name_index, number_index,
 old_number_index, tax_code_index, password_hash, claims, source, imported_at, digest, source_place,
 source_line) VALUES";
/// What its holder had confirmed stays, and it is found by that, unless (`$13`) the portal has verified a number itself by now.
const CHANGE: &str = "UPDATE legacy_accounts SET kind = $2, status = $3, user_name_index = CASE WHEN EXISTS (
   SELECT 1 FROM links l WHERE l.account_id = $1 AND l.ended_at IS NULL) THEN NULL ELSE $4 END,
 number_index = CASE WHEN confirmed IS NULL OR $13 THEN $5 ELSE number_index END,
 confirmed = CASE WHEN $13 THEN NULL ELSE confirmed END,
 old_number_index = $6, tax_code_index = $7, password_hash = CASE WHEN EXISTS (
   SELECT 1 FROM links l WHERE l.account_id = $1 AND l.ended_at IS NULL) THEN NULL ELSE $8 END, claims = $9, source = $10, imported_at = $11, digest = $12,
 source_place = $14, source_line = $15 WHERE id = $1";
/// What is known of accounts by their TechIDs, given as one value: an array.
const KNOWN_POSTGRES: &str =
    "SELECT a.tech_id, a.id, a.digest, l.id IS NOT NULL, a.source, a.source_place, a.source_line
 FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL
 WHERE a.namespace = $1 AND a.tech_id = ANY ($2)";
/// The same, given as a JSON list.
const KNOWN_SQLITE: &str =
    "SELECT a.tech_id, a.id, a.digest, l.id IS NOT NULL, a.source, a.source_place, a.source_line
 FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL
 WHERE a.namespace = $1 AND a.tech_id IN (SELECT value FROM json_each ($2))";
/// For the transaction of a batch. It need not be on the disk when it is done: how far the file is stands in the same transaction, so
/// that whatever a crash of the server takes is imported again, and what is written after it with the usual care (a link, the audit
/// event at the end of the import) brings it to the disk first. A batch may take longer than a login's statement.
const FOR_IMPORT: &str =
    "SELECT set_config('synchronous_commit', 'off', true), set_config('statement_timeout', '60s', true)";
/// What a login looks through.
const COUNT_ANEW: &str = "ANALYZE legacy_accounts, citizen_numbers, identities, links";
/// As many new accounts are worth it for the first time.
const WORTH_COUNTING: u64 = 4096;
const SAVE: &str = "INSERT INTO imports (namespace, file, bytes, lines, added, changed, unchanged, bad, left_out, digest, changed_at)
 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (namespace, file) DO UPDATE SET bytes = excluded.bytes,
 lines = excluded.lines, added = excluded.added, changed = excluded.changed, unchanged = excluded.unchanged,
 bad = excluded.bad, left_out = excluded.left_out, digest = excluded.digest, changed_at = excluded.changed_at";
const PROGRESS: &str = "SELECT bytes, lines, added, changed, unchanged, bad, left_out, digest FROM imports
 WHERE namespace = $1 AND file = $2";

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
    /// Whether the portal has verified the personal number.
    is_verified: bool,
}

/// End and line of a row, as columns hold them.
fn columns(place: Option<RowPlace>) -> [Option<i64>; 2] {
    [place.map(|p| stored(p.end)), place.map(|p| stored(p.line))]
}

impl<D: Pooled> Repository<D> {
    fn row(&self, id: &str, imported: &ImportedAccount, is_linked: bool) -> Result<Row, StoreError> {
        let ImportedAccount { account, user_name, password } = imported;
        let claims = Self::claims_of(imported)?;
        let digest = self.digest(imported, &claims).current;
        // What opened the account before a link opens nothing after it.
        let (claims, user_name, password) = if is_linked {
            (plain(&(&account.claims, None::<String>))?, None, None)
        } else {
            (claims, user_name.as_deref(), password.as_ref())
        };
        let [number, old_number, tax_code] = self.claim_indexes(&account.claims);
        let password = match password {
            Some(hash) => Some(self.sealer.seal(&password_place(id), hash.reveal().as_bytes())?),
            None => None,
        };
        Ok(Row {
            tech_id: account.tech_id.as_str().to_owned(),
            kind: account.kind.number(),
            status: account.status.number(),
            user_name: self.user_name_index(account.namespace.as_str(), user_name),
            number,
            old_number,
            tax_code,
            password,
            claims: sealed(&self.sealer, &claims_place(id), &claims)?,
            digest,
            is_verified: account.claims.personal_number.as_ref().is_some_and(Marked::is_green),
            id: id.to_owned(),
        })
    }
}

/// Whether a file has brought so many more accounts that the database should look at them anew: at twice as many each time.
fn grew(before: u64, after: u64) -> bool {
    after >= WORTH_COUNTING && before.max(WORTH_COUNTING / 2).ilog2() < after.ilog2()
}

/// How far a file is, as it is stored.
type Saved = (i64, i64, i64, i64, i64, i64, i64, Option<Vec<u8>>);
/// TechID, id, digest, whether it is linked, and what it was written from.
type Known = (String, String, Option<Vec<u8>>, bool, String, Option<i64>, Option<i64>);

impl OnPostgres {
    /// The planner goes by what was counted last: an index that it believes to be useless is not used, and a login that looks for an
    /// account reads them all.
    async fn count_anew(&self) -> Result<(), StoreError> {
        let mut tx = statement(self.begin()).await.map_err(failed)?;
        Self::prepare_import(&mut tx).await?;
        statement(sqlx::query(COUNT_ANEW).execute(&mut *tx)).await.map_err(failed)?;
        statement(tx.commit()).await.map_err(failed)
    }

    async fn prepare_import(connection: &mut sqlx::PgConnection) -> Result<(), StoreError> {
        statement(sqlx::query(FOR_IMPORT).execute(connection)).await.map_err(failed)?;
        Ok(())
    }

    async fn known_accounts(
        connection: &mut sqlx::PgConnection,
        namespace: &str,
        tech_ids: Vec<&str>,
    ) -> Result<Vec<Known>, StoreError> {
        let known = sqlx::query_as(KNOWN_POSTGRES).bind(namespace).bind(tech_ids);
        statement(known.fetch_all(connection)).await.map_err(failed)
    }

    async fn add_accounts(
        &self,
        connection: &mut sqlx::PgConnection,
        (namespace, source): (&str, &str),
        accounts: &[Placed<'_>],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let copy = format!("COPY legacy_accounts ({COLUMNS}) FROM STDIN (FORMAT binary)");
        // sqlx says nothing of it by itself.
        tracing::trace!(target: "sqlx::query", summary = copy);
        let mut copy = statement(connection.copy_in_raw(&copy)).await.map_err(failed)?;
        let mut part = Copied::new(PART);
        for (imported, place) in accounts {
            let row = self.row(imported.account.id.as_str(), imported, false)?;
            part.row(i16::try_from(COUNT_OF_COLUMNS).unwrap_or_default());
            for text in [&row.id, namespace, &row.tech_id] {
                part.bytes(Some(text.as_bytes()));
            }
            part.number(row.kind);
            part.number(row.status);
            for index in [&row.user_name, &row.number, &row.old_number, &row.tax_code, &row.password] {
                part.bytes(index.as_deref());
            }
            part.bytes(Some(&row.claims));
            part.bytes(Some(source.as_bytes()));
            part.number(now.millis());
            part.bytes(Some(&row.digest));
            for number in columns(*place) {
                match number {
                    Some(number) => part.number(number),
                    None => part.bytes(None),
                }
            }
            if part.len() >= PART {
                copy.send(part.as_slice()).await.map_err(failed)?;
                part.clear();
            }
        }
        copy.send(part.end()).await.map_err(failed)?;
        copy.finish().await.map_err(failed)?;
        Ok(())
    }
}

impl OnSqlite {
    /// Indexes are used without being counted.
    #[allow(clippy::unused_async)] // as PostgreSQL's
    async fn count_anew(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// There is nothing to prepare: one transaction writes at a time, and a batch is one write to the disk.
    #[allow(clippy::unused_async)] // as PostgreSQL's
    async fn prepare_import(_: &mut sqlx::SqliteConnection) -> Result<(), StoreError> {
        Ok(())
    }

    async fn known_accounts(
        connection: &mut sqlx::SqliteConnection,
        namespace: &str,
        tech_ids: Vec<&str>,
    ) -> Result<Vec<Known>, StoreError> {
        let list = serde_json::to_string(&tech_ids).map_err(|_| corrupt("TechIDs cannot be written"))?;
        let known = sqlx::query_as(KNOWN_SQLITE).bind(namespace).bind(list);
        statement(known.fetch_all(connection)).await.map_err(failed)
    }

    async fn add_accounts(
        &self,
        connection: &mut sqlx::SqliteConnection,
        (namespace, source): (&str, &str),
        accounts: &[Placed<'_>],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for some in accounts.chunks(AT_ONCE) {
            let mut add = sqlx::query(many(ADD, COUNT_OF_COLUMNS, some.len(), "")).persistent(false);
            for (imported, place) in some {
                let row = self.row(imported.account.id.as_str(), imported, false)?;
                let [end, line] = columns(*place);
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
                    .bind(row.digest)
                    .bind(end)
                    .bind(line);
            }
            statement(add.execute(&mut *connection)).await.map_err(failed)?;
        }
        Ok(())
    }
}

macro_rules! importing {
    ($($repository:ty),*) => {$(
        impl $repository {
            pub(super) async fn import_accounts(
                &self,
                namespace: &Namespace,
                accounts: Vec<ImportedAccount>,
                progress: ImportProgress,
                now: Timestamp,
            ) -> Result<ImportProgress, StoreError> {
                // As long as all of a file was new, the rest of it will be: what is known is asked for when that proves wrong.
                let ImportCount { added, changed, unchanged } = progress.count;
                if added > 0 && changed + unchanged == 0 {
                    match self.import_batch(namespace, &accounts, progress.clone(), now, false).await {
                        Err(StoreError::Conflict(_)) => {}
                        done => return done,
                    }
                }
                self.import_batch(namespace, &accounts, progress, now, true).await
            }

            async fn import_batch(
                &self,
                namespace: &Namespace,
                accounts: &[ImportedAccount],
                mut progress: ImportProgress,
                now: Timestamp,
                ask: bool,
            ) -> Result<ImportProgress, StoreError> {
                let (namespace, rows) = (namespace.as_str(), std::mem::take(&mut progress.rows));
                let source = if progress.content.is_empty() { progress.file.clone() } else { progress.content.clone() };
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                Self::prepare_import(&mut tx).await?;
                let mut known = HashMap::new();
                if ask {
                    let tech_ids = accounts.iter().map(|i| i.account.tech_id.as_str()).collect();
                    let known_rows = Self::known_accounts(&mut tx, namespace, tech_ids).await?;
                    known.extend(known_rows.into_iter().map(|(tech_id, id, digest, is_linked, source, end, line)| {
                        let place = end.zip(line).map(|(end, line)| RowPlace { end: read(end), line: read(line) });
                        (tech_id, Before { id, digest, is_linked, source, place })
                    }));
                }
                let Sorted { add, change, unchanged, instead, replaced } =
                    self.sort(accounts, (&source, &rows), known)?;
                progress.count = ImportCount {
                    added: progress.count.added + add.len() as u64,
                    changed: progress.count.changed + (change.len() as u64).saturating_sub(instead),
                    unchanged: progress.count.unchanged + unchanged,
                };
                progress.bad += replaced.0;
                progress.replaced = replaced.1;
                for ((imported, place), before) in change {
                    let row = self.row(&before.id, imported, before.is_linked)?;
                    let [end, line] = columns(place);
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
                        .bind(row.digest)
                        .bind(row.is_verified)
                        .bind(end)
                        .bind(line);
                    statement(change.execute(&mut *tx)).await.map_err(failed)?;
                }
                if !add.is_empty() {
                    self.add_accounts(&mut tx, (namespace, &source), &add, now).await?;
                }
                let save = sqlx::query(SAVE)
                    .bind(namespace)
                    .bind(progress.file.as_str())
                    .bind(stored(progress.bytes))
                    .bind(stored(progress.lines))
                    .bind(stored(progress.count.added))
                    .bind(stored(progress.count.changed))
                    .bind(stored(progress.count.unchanged))
                    .bind(stored(progress.bad))
                    .bind(stored(progress.left_out))
                    .bind(progress.digest.as_slice())
                    .bind(now.millis());
                statement(save.execute(&mut *tx)).await.map_err(failed)?;
                statement(tx.commit()).await.map_err(failed)?;
                let before = progress.count.added - add.len() as u64;
                if grew(before, progress.count.added) {
                    // What is imported is kept either way, and the server's own housekeeping comes by.
                    if let Err(error) = self.count_anew().await {
                        tracing::warn!(%error, "the accounts could not be counted anew");
                    }
                }
                Ok(progress)
            }

            pub(super) async fn import_progress(
                &self,
                namespace: &Namespace,
                file: &str,
            ) -> Result<Option<ImportProgress>, StoreError> {
                let query = sqlx::query_as::<_, Saved>(PROGRESS)
                    .bind(namespace.as_str())
                    .bind(file);
                let row = statement(query.fetch_optional(&self.writer)).await.map_err(failed)?;
                Ok(row.map(|(bytes, lines, added, changed, unchanged, bad, left_out, digest)| ImportProgress {
                    file: file.to_owned(),
                    bytes: read(bytes),
                    lines: read(lines),
                    count: ImportCount { added: read(added), changed: read(changed), unchanged: read(unchanged) },
                    bad: read(bad),
                    left_out: read(left_out),
                    digest: digest.unwrap_or_default(),
                    ..ImportProgress::default()
                }))
            }
        }
    )*};
}

importing!(OnPostgres, OnSqlite);
