//! What a thief of the database's files reads.

use crate::samples::{PERSONAL, admission, arrival, event, key, message, notice, subject};
use broker_domain::ids::SectorId;
use broker_domain::ports::{Admission, KeyState};
use broker_stores::Lasting;
use broker_stores::testing::{LastingBench, beginning};
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// Everything that stands in any table, as the server gives it.
pub(super) async fn everything(bench: &LastingBench) -> Vec<u8> {
    match &bench.stores.lasting {
        Lasting::Sqlite(_) => {
            // The files as they lie there, with what is not yet in the first one.
            let mut all = Vec::new();
            for file in std::fs::read_dir(bench.folder.path()).unwrap() {
                all.extend(std::fs::read(file.unwrap().path()).unwrap());
            }
            all
        }
        Lasting::Postgres(pool) => {
            let tables =
                "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
            let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(pool).await.unwrap();
            let mut all = Vec::new();
            for table in tables {
                let rows = format!("SELECT t::text AS row, to_json(t)::text AS json FROM {table} t");
                for row in sqlx::query(AssertSqlSafe(rows)).fetch_all(pool).await.unwrap() {
                    for column in ["row", "json"] {
                        let text: String = row.get(column);
                        all.extend(text.as_bytes());
                        all.extend(unescaped(&text));
                    }
                }
            }
            all
        }
    }
}

/// The values of every column of bytes, by table and column; those that are NULL are left out.
pub(super) async fn bytes(bench: &LastingBench) -> BTreeMap<String, Vec<Vec<u8>>> {
    const POSTGRES: &str = "SELECT table_name::text, column_name::text FROM information_schema.columns
 WHERE table_schema = 'public' AND data_type = 'bytea'";
    const SQLITE: &str = "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
 WHERE m.type = 'table' AND c.type = 'BLOB'";
    let mut found = BTreeMap::new();
    macro_rules! read {
        ($pool:expr, $columns:expr) => {{
            let columns: Vec<(String, String)> = sqlx::query_as($columns).fetch_all($pool).await.unwrap();
            for (table, column) in columns.into_iter().filter(|(table, _)| !table.starts_with("_sqlx")) {
                let values = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL");
                let values = sqlx::query_scalar(AssertSqlSafe(values)).fetch_all($pool).await.unwrap();
                found.insert(format!("{table}.{column}"), values);
            }
        }};
    }
    match &bench.stores.lasting {
        Lasting::Sqlite(_) => {
            let file = sqlx::SqlitePool::connect(&bench.settings.lasting).await.unwrap();
            read!(&file, SQLITE);
        }
        Lasting::Postgres(pool) => read!(pool, POSTGRES),
    }
    found
}

/// The bytes behind PostgreSQL's `\x…`.
fn unescaped(text: &str) -> Vec<u8> {
    text.split("\\x")
        .skip(1)
        .flat_map(|hex| {
            let digits: String = hex.chars().take_while(char::is_ascii_hexdigit).collect();
            data_encoding::HEXLOWER.decode(&digits.as_bytes()[..digits.len() & !1]).unwrap_or_default()
        })
        .collect()
}

fn holds(all: &[u8], text: &str) -> bool {
    all.windows(text.len()).any(|w| w.eq_ignore_ascii_case(text.as_bytes()))
}

on_each_lasting! {
    /// Nothing of a citizen and nothing of a private key stands there in clear.
    async fn nothing_personal_in_clear(bench) {
        let now = beginning();
        let wanted = Admission { subject: Some((SectorId::new("a-sector"), subject())), ..admission(arrival(now), now) };
        let an = bench.stores.citizens.admit(wanted).await.unwrap().citizen;
        bench.stores.keys.change(&[], &[key("kid-of-key", KeyState::Current, now)], &[], now).await.unwrap();
        bench.stores.audit.append(&[event(now)]).await.unwrap();
        let message = message("id-of-message", now);
        bench.stores.outbox.push(&[notice(now).into(), message], None).await.unwrap();
        let account = crate::samples::imported("tech-id-of-an");
        let namespace = crate::samples::namespace();
        bench.stores.accounts.import(&namespace, vec![account], crate::samples::progress(1), now).await.unwrap();
        let review = crate::lasting::reviews::of(&an);
        bench.stores.reviews.open(&review).await.unwrap();
        let all = everything(&bench).await;
        for seen in [an.as_str(), "a-sector", "kid-of-key", "tech-id-of-an", "id-of-message"] {
            assert!(holds(&all, seen), "the look itself is blind: {seen} is not seen");
        }
        for hidden in PERSONAL.into_iter().chain(["private-part-of", "1985-03-12", "19850312", "legacy-tech-id", "argon2id", "84912345678", "473829 is"]) {
            assert!(!holds(&all, hidden), "{hidden} stands there in clear");
        }
    }

    /// A sealed value that is put into another citizen's row opens nothing.
    async fn rows_cannot_be_swapped(bench) {
        let now = beginning();
        let citizens = &bench.stores.citizens;
        let an = citizens.admit(admission(arrival(now), now)).await.unwrap().citizen;
        let other = crate::samples::arrival_of(2, now);
        let binh = citizens.admit(admission(other.clone(), now)).await.unwrap().citizen;
        let swap = "UPDATE citizens SET profile = (SELECT profile FROM citizens WHERE id = $1) WHERE id = $2";
        match &bench.stores.lasting {
            Lasting::Sqlite(_) => {
                let file = sqlx::SqlitePool::connect(&bench.settings.lasting).await.unwrap();
                sqlx::query(swap).bind(an.as_str()).bind(binh.as_str()).execute(&file).await.unwrap();
            }
            Lasting::Postgres(pool) => {
                sqlx::query(swap).bind(an.as_str()).bind(binh.as_str()).execute(pool).await.unwrap();
            }
        }
        assert!(citizens.find(&other).await.is_err());
    }
}
