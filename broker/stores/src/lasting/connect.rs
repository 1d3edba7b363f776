//! Connections and migrations.

use super::{OnPostgres, OnSqlite, Repository};
use crate::sealing::{BlindIndex, Sealer};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};
use std::str::FromStr;
use std::time::Duration;

static ON_POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
static ON_SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// A database that holds what lasts.
#[derive(Clone)]
pub enum Lasting {
    /// PostgreSQL.
    Postgres(PgPool),
    /// SQLite.
    Sqlite(SqlitePool),
}

/// Where the schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrations {
    /// Steps that the database has.
    pub applied: usize,
    /// Steps that it lacks.
    pub pending: usize,
}

impl Lasting {
    /// Opens `sqlite:FILE` (made when absent) or `postgres://…`, with at most `connections` connections and a limit of time for
    /// getting one.
    pub async fn open(url: &str, connections: u32, wait: Duration) -> Result<Self, sqlx::Error> {
        if url.starts_with("sqlite:") {
            // WAL lets readers go on beside the one writer. FULL: what was acknowledged survives a loss of power.
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5));
            let pool = SqlitePoolOptions::new()
                .max_connections(connections.min(4))
                .acquire_timeout(wait.max(Duration::from_secs(5)));
            return Ok(Self::Sqlite(pool.connect_with(options).await?));
        }
        let options = PgConnectOptions::from_str(url)?
            .options([("statement_timeout", "5000"), ("lock_timeout", "3000")]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(wait)
            .test_before_acquire(false);
        Ok(Self::Postgres(pool.connect_with(options).await?))
    }

    /// Brings the schema up to date; says how many steps it lacked.
    pub async fn migrate(&self) -> Result<usize, MigrateError> {
        let pending = self.migrations().await?.pending;
        match self {
            Self::Postgres(pool) => ON_POSTGRES.run(pool).await?,
            Self::Sqlite(pool) => ON_SQLITE.run(pool).await?,
        }
        Ok(pending)
    }

    /// Where the schema stands.
    pub async fn migrations(&self) -> Result<Migrations, MigrateError> {
        const COUNT: &str = "SELECT COUNT(*) FROM _sqlx_migrations WHERE success";
        // A database without the table has none of the steps.
        let (all, applied) = match self {
            Self::Postgres(pool) => {
                (ON_POSTGRES.iter().count(), sqlx::query_scalar::<_, i64>(COUNT).fetch_one(pool).await)
            }
            Self::Sqlite(pool) => {
                (ON_SQLITE.iter().count(), sqlx::query_scalar::<_, i64>(COUNT).fetch_one(pool).await)
            }
        };
        let applied = match applied {
            Ok(n) => usize::try_from(n).unwrap_or(0),
            Err(sqlx::Error::Database(_)) => 0,
            Err(other) => return Err(MigrateError::Execute(other)),
        };
        Ok(Migrations { applied, pending: all.saturating_sub(applied) })
    }

    pub(crate) const fn postgres(pool: PgPool, sealer: Sealer, index: BlindIndex) -> OnPostgres {
        Repository::new(pool, sealer, index)
    }

    pub(crate) const fn sqlite(pool: SqlitePool, sealer: Sealer, index: BlindIndex) -> OnSqlite {
        Repository::new(pool, sealer, index)
    }
}

/// Which database a repository is on: for the macros that stamp their methods.
pub(super) trait On {
    /// The database.
    type Database: sqlx::Database;
}

impl<D: sqlx::Database> On for Repository<D> {
    type Database = D;
}
