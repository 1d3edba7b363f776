//! The SQLite file as a file: copied while it is in use, looked at without a change, held alone while it is replaced.

use super::connect::{Lasting, SqlitePools};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// How long others are waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long whoever wants the file alone waits for others to go: one who uses it stays.
const FOR_OTHERS: Duration = Duration::from_millis(1500);

fn there(url: &str) -> Result<SqliteConnectOptions, sqlx::Error> {
    Ok(SqliteConnectOptions::from_str(url)?.create_if_missing(false).busy_timeout(PATIENCE))
}

/// The file that a URL names; `None` when it is none of a SQLite file.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    url.starts_with("sqlite:").then_some(())?;
    Some(SqliteConnectOptions::from_str(url).ok()?.get_filename().to_path_buf())
}

/// Writes a consistent copy of the database to `to`, an empty file or none, as it is at one moment. Whoever uses the database goes on.
///
/// # Errors
/// When the database is not there or the copy cannot be written.
pub async fn copy_sqlite(url: &str, to: &Path) -> Result<(), sqlx::Error> {
    let mut connection = there(url)?.connect().await?;
    let copied = sqlx::query("VACUUM INTO $1").bind(to.display().to_string()).execute(&mut connection).await;
    connection.close().await?;
    copied.map(|_| ())
}

/// The database held by nobody else: as long as this lives nobody opens it.
#[derive(Debug)]
pub struct HeldAlone(SqliteConnection);

/// What came of trying to hold it alone.
#[derive(Debug)]
pub enum Held {
    /// It is held.
    Alone(HeldAlone),
    /// Somebody uses it.
    InUse,
    /// It is damaged, or no database at all: nobody can hold it, or use it.
    Damaged,
}

impl HeldAlone {
    /// Takes the file alone, and brings into it what stood beside it.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn take(url: &str) -> Result<Held, sqlx::Error> {
        let options = there(url)?.busy_timeout(FOR_OTHERS).pragma("locking_mode", "EXCLUSIVE");
        let held = async {
            let mut connection = options.connect().await?;
            // Leaving the write-ahead log is possible only for whoever is alone; what it held is in the file then.
            let mode: String =
                sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut connection).await?;
            // The lock comes with the first write, and stays.
            sqlx::raw_sql("BEGIN EXCLUSIVE; COMMIT").execute(&mut connection).await?;
            Ok((connection, mode))
        };
        match held.await {
            Ok((connection, mode)) if mode.eq_ignore_ascii_case("delete") => {
                Ok(Held::Alone(Self(connection)))
            }
            Ok(_) => Ok(Held::InUse),
            Err(sqlx::Error::Database(e)) if is_busy(&*e) => Ok(Held::InUse),
            Err(sqlx::Error::Database(e)) if is_damaged(&*e) => Ok(Held::Damaged),
            Err(other) => Err(other),
        }
    }

    /// Lets it go.
    ///
    /// # Errors
    /// When it does not close.
    pub async fn release(self) -> Result<(), sqlx::Error> {
        self.0.close().await
    }
}

/// SQLite's own number of an error, without what says more of it.
fn primary_code(error: &dyn sqlx::error::DatabaseError) -> Option<u32> {
    error.code().and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff)
}

/// SQLITE_BUSY and SQLITE_LOCKED.
fn is_busy(error: &dyn sqlx::error::DatabaseError) -> bool {
    matches!(primary_code(error), Some(5 | 6))
}

/// SQLITE_CORRUPT and SQLITE_NOTADB.
fn is_damaged(error: &dyn sqlx::error::DatabaseError) -> bool {
    matches!(primary_code(error), Some(11 | 26))
}

impl Lasting {
    /// Opens a database that is there, to be looked at: nothing is made, nothing can be written, and no more than `wait` is waited.
    ///
    /// # Errors
    /// As [`Lasting::open`], and when there is no such file.
    pub async fn look(url: &str, wait: Duration) -> Result<Self, sqlx::Error> {
        if !url.starts_with("sqlite:") {
            // By itself first: a pool tries again and again, and says in the end that it waited, not why.
            let first = tokio::time::timeout(wait, PgConnection::connect(url)).await;
            first.map_err(|_| sqlx::Error::PoolTimedOut)??.close().await?;
            return Self::open(url, 1, wait).await;
        }
        let options = there(url)?.pragma("query_only", "ON");
        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(wait.max(PATIENCE));
        let reader = pool.connect_with(options).await?;
        Ok(Self::Sqlite(SqlitePools { writer: reader.clone(), reader }))
    }

    /// Whether SQLite finds its file whole; PostgreSQL looks after its own.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn is_whole(&self) -> Result<bool, sqlx::Error> {
        let Self::Sqlite(pools) = self else { return Ok(true) };
        let said: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&pools.reader).await?;
        Ok(said == "ok")
    }
}
