//! Upgrades: the version before lives on the new schema, and reads what the new one writes; the new one reads what it wrote.
//!
//! `tests/upgrade/version-N` holds what the version whose newest step of the schema was N says and writes:
//!
//! | file | what |
//! |---|---|
//! | `statements-postgres.txt`, `statements-sqlite.txt` | every statement that it sends |
//! | `records.txt` | a record of each kind, as it writes it before it seals it |
//! | `rows-postgres.sql`, `rows-sqlite.sql` | a small database that it filled |
//!
//! It is made when a version is given out: `RECORD_STATEMENTS=FOLDER cargo test -p broker-stores --test contract lasting`, and
//! `RECORD_VERSION=FOLDER cargo test -p broker-stores --test contract of_this_version`. It goes when no instance of that version
//! may run any more and nobody goes back to it; then a step may take away what that version alone needed.

/// Does something with a pool of its own for whichever database a bench has.
macro_rules! on_pool {
    ($bench:expr, $pool:ident => $do:expr) => {
        match &$bench.stores.lasting {
            broker_stores::Lasting::Sqlite(_) => {
                let $pool = sqlx::SqlitePool::connect(&$bench.settings.lasting).await.unwrap();
                $do
            }
            broker_stores::Lasting::Postgres(_) => {
                let $pool = sqlx::PgPool::connect(&$bench.settings.lasting).await.unwrap();
                $do
            }
        }
    };
}

mod locks;
mod records;
mod rows;
mod statements;

use broker_stores::testing::Lasts;
use sqlx::migrate::Migrator;
use std::path::PathBuf;

/// The versions whose instances may still run, or whose data are there, by the newest step of their schemas.
const VERSIONS: [i64; 2] = [8, 13];

/// The steps of today's schema.
fn steps(kind: Lasts) -> Migrator {
    match kind {
        Lasts::Sqlite => sqlx::migrate!("migrations/sqlite"),
        Lasts::Postgres => sqlx::migrate!("migrations/postgres"),
    }
}

/// A database's name in the names of files.
const fn name(kind: Lasts) -> &'static str {
    match kind {
        Lasts::Sqlite => "sqlite",
        Lasts::Postgres => "postgres",
    }
}

/// A file of a version.
fn file(version: i64, name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/upgrade/version-{version}"));
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Writes a file of this version, when the environment names the folder.
fn write_if_asked(file: &str, text: &str) {
    if let Some(folder) = std::env::var_os("RECORD_VERSION") {
        std::fs::write(PathBuf::from(folder).join(file), text).unwrap();
    }
}
