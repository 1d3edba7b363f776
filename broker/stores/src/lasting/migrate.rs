//! The schema's steps.

use super::connect::Lasting;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;
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

fn is_missing_table(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().is_some_and(|code| code == "42P01") || error.message().starts_with("no such table")
}
