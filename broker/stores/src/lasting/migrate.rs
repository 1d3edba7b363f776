//! The schema's steps.

use super::connect::Lasting;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection, PgConnection};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Steps of a later program are no error: while instances are replaced one by one, the old ones start on the new schema.
fn lenient(mut steps: Migrator) -> Migrator {
    steps.set_ignore_missing(true);
    steps
}

static ON_POSTGRES: LazyLock<Migrator> = LazyLock::new(|| lenient(sqlx::migrate!("migrations/postgres")));
static ON_SQLITE: LazyLock<Migrator> = LazyLock::new(|| lenient(sqlx::migrate!("migrations/sqlite")));

const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success";

/// Where the schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrations {
    /// Steps of this program that the database has.
    pub applied: usize,
    /// Steps that it lacks.
    pub pending: usize,
}

impl Lasting {
    /// Brings the schema up to date; says how many steps it lacked. Of several instances that do so at once, one does and the
    /// others wait.
    ///
    /// # Errors
    /// When a step fails (it changes nothing then), or differs from the one that the database had.
    pub async fn migrate(&self) -> Result<usize, MigrateError> {
        let pending = self.migrations().await?.pending;
        match self {
            Self::Postgres(pool) => {
                // A step may take longer than a statement of every day may.
                let limits = [("statement_timeout", "0"), ("lock_timeout", "0")];
                let options = pool.connect_options().as_ref().clone().options(limits);
                let mut connection = PgConnection::connect_with(&options).await?;
                // Not `run`: its future is not `Send` in every place.
                ON_POSTGRES.run_direct(None, &mut connection, false).await?;
                connection.close().await?;
            }
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
        let (steps, applied) = match self {
            Self::Postgres(pool) => (&*ON_POSTGRES, sqlx::query_scalar(APPLIED).fetch_all(pool).await),
            Self::Sqlite(pools) => (&*ON_SQLITE, sqlx::query_scalar(APPLIED).fetch_all(&pools.writer).await),
        };
        let applied: HashSet<i64> = match applied {
            Ok(versions) => versions.into_iter().collect(),
            // A database without the table has none of the steps.
            Err(sqlx::Error::Database(e)) if is_missing_table(&*e) => HashSet::new(),
            Err(other) => return Err(MigrateError::Execute(other)),
        };
        let all = steps.iter().count();
        let applied = steps.iter().filter(|step| applied.contains(&step.version)).count();
        Ok(Migrations { applied, pending: all.saturating_sub(applied) })
    }
}

fn is_missing_table(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().is_some_and(|code| code == "42P01") || error.message().starts_with("no such table")
}
