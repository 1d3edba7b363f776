//! What a database says of itself, for operators. Nothing is changed.

use super::connect::Lasting;
use broker_domain::clock::Timestamp;
use std::time::{Duration, Instant};

const POSTGRES: &str = "SELECT current_setting('server_version'), pg_is_in_recovery(),
 current_setting('max_connections')::bigint, current_setting('superuser_reserved_connections')::bigint,
 current_setting('synchronous_commit'), current_setting('fsync'),
 (extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/// What a database says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseFacts {
    /// Its version.
    pub version: String,
    /// How long a question took that asks for nothing.
    pub latency: Duration,
    /// What only the one or the other has.
    pub own: OwnFacts,
}

/// What only the one or the other database has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnFacts {
    /// PostgreSQL.
    Postgres {
        /// Whether it follows another server and takes no writes.
        is_standby: bool,
        /// Connections that it takes, without those that are kept for administrators.
        connections: i64,
        /// `synchronous_commit` of our sessions.
        synchronous_commit: String,
        /// `fsync`.
        fsync: String,
        /// Its clock.
        clock: Timestamp,
    },
    /// SQLite.
    Sqlite {
        /// `journal_mode`.
        journal_mode: String,
    },
}

impl Lasting {
    /// What the database says of itself.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn facts(&self) -> Result<DatabaseFacts, sqlx::Error> {
        match self {
            Self::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                let begun = Instant::now();
                sqlx::query("SELECT 1").execute(&mut *connection).await?;
                let latency = begun.elapsed();
                let (version, is_standby, connections, reserved, synchronous_commit, fsync, clock): (
                    String,
                    bool,
                    i64,
                    i64,
                    String,
                    String,
                    i64,
                ) = sqlx::query_as(POSTGRES).fetch_one(&mut *connection).await?;
                let own = OwnFacts::Postgres {
                    is_standby,
                    connections: connections.saturating_sub(reserved),
                    synchronous_commit,
                    fsync,
                    clock: Timestamp::from_millis(clock),
                };
                Ok(DatabaseFacts { version, latency, own })
            }
            Self::Sqlite(pools) => {
                let mut connection = pools.reader.acquire().await?;
                let begun = Instant::now();
                sqlx::query("SELECT 1").execute(&mut *connection).await?;
                let latency = begun.elapsed();
                let version =
                    sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *connection).await?;
                let mode = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
                Ok(DatabaseFacts { version, latency, own: OwnFacts::Sqlite { journal_mode: mode } })
            }
        }
    }
}
