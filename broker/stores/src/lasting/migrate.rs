//! The schema's steps.

use super::connect::Lasting;
use super::postgres::PostgresPool;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Steps of a later program are no error: while instances are replaced one by one, the old ones start on the new schema.
fn lenient(mut steps: Migrator) -> Migrator {
    steps.set_ignore_missing(true);
    steps
}

static ON_POSTGRES: LazyLock<Migrator> = LazyLock::new(|| lenient(sqlx::migrate!("migrations/postgres")));
static ON_SQLITE: LazyLock<Migrator> = LazyLock::new(|| lenient(sqlx::migrate!("migrations/sqlite")));

const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success";

/// How long a step waits for a lock that somebody holds. Whoever comes after it for the same table waits behind it, so it steps aside
/// soon and comes again.
const LOCK_WAIT: &str = "1s";
/// Between two tries: those who queued behind a step have gone on meanwhile.
const BETWEEN_TRIES: Duration = Duration::from_secs(2);
/// Between two lines of the log that say so.
const BETWEEN_WORDS: Duration = Duration::from_secs(10);
/// How long it is tried.
const PATIENCE: Duration = Duration::from_secs(300);

/// Where the schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrations {
    /// Steps of this program that the database has.
    pub applied: usize,
    /// Steps that it lacks.
    pub pending: usize,
}

/// The steps that a schema has, and those that this program knows, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaVersions {
    /// The database's.
    pub has: BTreeSet<i64>,
    /// This program's.
    pub known: BTreeSet<i64>,
}

impl Lasting {
    /// The steps that the schema has, and those that this program knows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn schema_versions(&self) -> Result<SchemaVersions, MigrateError> {
        let steps = match self {
            Self::Postgres(_) => &*ON_POSTGRES,
            Self::Sqlite(_) => &*ON_SQLITE,
        };
        let known = steps.iter().map(|step| step.version).collect();
        Ok(SchemaVersions { has: self.applied().await?.into_iter().collect(), known })
    }

    /// Brings the schema up to date; says how many steps it lacked. Of several instances that do so at once, one does and the
    /// others wait. A step that meets a lock of somebody else, of a dump for example, holds nobody up for longer than a second: it
    /// steps aside and is tried again for five minutes.
    ///
    /// # Errors
    /// When a step fails (it changes nothing then), differs from the one that the database had, or gets no lock in that time.
    pub async fn migrate(&self) -> Result<usize, MigrateError> {
        self.migrate_within(PATIENCE).await
    }

    /// [`Lasting::migrate`] with a limit of its own for all tries together.
    ///
    /// # Errors
    /// As there.
    pub async fn migrate_within(&self, patience: Duration) -> Result<usize, MigrateError> {
        let pending = self.migrations().await?.pending;
        match self {
            Self::Postgres(pool) => migrate_postgres(pool, patience).await?,
            Self::Sqlite(pools) => {
                // SQLite knows no other lock between processes: whoever begins writes alone, all steps or none.
                let mut steps = pools.writer.begin_with("BEGIN IMMEDIATE").await?;
                ON_SQLITE.run_direct(None, &mut *steps, false).await?;
                steps.commit().await?;
            }
        }
        Ok(pending)
    }

    /// Where the schema stands.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn migrations(&self) -> Result<Migrations, MigrateError> {
        let SchemaVersions { has, known } = self.schema_versions().await?;
        let applied = known.intersection(&has).count();
        Ok(Migrations { applied, pending: known.len().saturating_sub(applied) })
    }

    async fn applied(&self) -> Result<Vec<i64>, MigrateError> {
        let applied = match self {
            Self::Postgres(pool) => sqlx::query_scalar(APPLIED).fetch_all(pool).await,
            Self::Sqlite(pools) => sqlx::query_scalar(APPLIED).fetch_all(&pools.writer).await,
        };
        match applied {
            Ok(versions) => Ok(versions),
            // A database without the table has none of the steps.
            Err(sqlx::Error::Database(e)) if is_missing_table(&*e) => Ok(Vec::new()),
            Err(other) => Err(MigrateError::Execute(other)),
        }
    }
}

async fn migrate_postgres(pool: &PostgresPool, patience: Duration) -> Result<(), MigrateError> {
    // A step may take longer than a statement of every day may.
    let limits = [("statement_timeout", "0"), ("lock_timeout", LOCK_WAIT)];
    let options = pool.connect_options().as_ref().clone().options(limits);
    let began = Instant::now();
    let mut said: Option<Instant> = None;
    loop {
        let mut connection = PgConnection::connect_with(&options).await?;
        // Not `run`: its future is not `Send` in every place.
        let done = ON_POSTGRES.run_direct(None, &mut connection, false).await;
        // With it go the lock against other migrations and whatever else it held, also after a failure.
        let closed = connection.close().await;
        match done {
            Ok(()) => return Ok(closed?),
            Err(error) if is_locked(&error) && began.elapsed() < patience => {
                if said.is_none_or(|at| at.elapsed() >= BETWEEN_WORDS) {
                    said = Some(Instant::now());
                    tracing::warn!(
                        %error,
                        waited_secs = began.elapsed().as_secs(),
                        "a step of the schema waits: a dump, a long reader or another migration holds a lock; it is tried again"
                    );
                }
                sleep(BETWEEN_TRIES).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Whether a step got no lock in time (`lock_not_available`), or met somebody who waited for it in turn (`deadlock_detected`).
fn is_locked(error: &MigrateError) -> bool {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else {
        return false;
    };
    let code = error.as_database_error().and_then(|e| e.code());
    code.is_some_and(|code| code == "55P03" || code == "40P01")
}

fn is_missing_table(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().is_some_and(|code| code == "42P01") || error.message().starts_with("no such table")
}
