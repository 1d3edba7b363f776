//! Connections.

use super::postgres::{self, PostgresPool};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr;
use std::time::Duration;

/// Readers of a SQLite file at the most: each is a thread.
const SQLITE_READERS: u32 = 4;
/// How long the one writer of a SQLite file is waited for by whoever else has it open, and the writer's own queue.
const SQLITE_PATIENCE: Duration = Duration::from_secs(5);

/// A SQLite file: one connection writes, several read.
#[derive(Clone, Debug)]
pub struct SqlitePools {
    pub(crate) writer: SqlitePool,
    pub(crate) reader: SqlitePool,
}

impl SqlitePools {
    /// Closes both, after what is under way.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// A database that holds what lasts.
#[derive(Clone, Debug)]
pub enum Lasting {
    /// PostgreSQL.
    Postgres(PostgresPool),
    /// SQLite.
    Sqlite(SqlitePools),
}

impl Lasting {
    /// Opens `sqlite:FILE` (made when absent) or `postgres://…`, with at most `connections` connections and a limit of time for
    /// getting one. Of several servers, `postgres://…@HOST:PORT,HOST:PORT/…`, it is the primary, also when another one becomes it.
    ///
    /// # Errors
    /// When the URL is bad, nothing answers, no server is a primary, or the login is refused.
    pub async fn open(url: &str, connections: u32, wait: Duration) -> Result<Self, sqlx::Error> {
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite(sqlite(url, wait).await?))
        } else {
            Ok(Self::Postgres(postgres::open(url, connections, wait).await?))
        }
    }

    /// Closes it, after what is under way.
    pub async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite(pools) => pools.close().await,
        }
    }
}

async fn sqlite(url: &str, wait: Duration) -> Result<SqlitePools, sqlx::Error> {
    // WAL lets readers go on beside the one writer. FULL: what was acknowledged survives a loss of power; a subject that a portal
    // was told must never be forgotten.
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(SQLITE_PATIENCE);
    // One writer: others queue for it here, in order, instead of trying again and again in SQLite.
    let pool = || SqlitePoolOptions::new().acquire_timeout(wait.max(SQLITE_PATIENCE));
    let writer = pool().max_connections(1).connect_with(options.clone()).await?;
    // Readers cannot write, whatever they are asked.
    let readers = options.pragma("query_only", "ON");
    let reader = pool().max_connections(SQLITE_READERS).connect_with(readers).await?;
    Ok(SqlitePools { writer, reader })
}
