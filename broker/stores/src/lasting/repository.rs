//! One database with all lasting ports over it.

use super::postgres::{Begun, PostgresPool};
use crate::sealing::{BlindIndex, Sealer};
use sqlx::{Database, Postgres, Sqlite, SqlitePool, Transaction};

/// The ports over PostgreSQL.
pub(crate) type OnPostgres = Repository<Postgres>;
/// The ports over SQLite.
pub(crate) type OnSqlite = Repository<Sqlite>;

/// A database that connections lead to.
pub(crate) trait Pooled: Database {
    /// The connections.
    type Pool: Clone;
}

impl Pooled for Postgres {
    type Pool = PostgresPool;
}

impl Pooled for Sqlite {
    type Pool = SqlitePool;
}

/// All lasting ports over one database.
#[derive(Clone)]
pub(crate) struct Repository<D: Pooled> {
    /// For what changes something: in SQLite a single connection.
    pub(super) writer: D::Pool,
    /// For what only reads.
    pub(super) reader: D::Pool,
    pub(super) sealer: Sealer,
    pub(super) index: BlindIndex,
}

impl<D: Pooled> Repository<D> {
    pub(crate) const fn new(writer: D::Pool, reader: D::Pool, sealer: Sealer, index: BlindIndex) -> Self {
        Self { writer, reader, sealer, index }
    }
}

/// Which database a repository is on: for the macros that stamp its methods.
pub(super) trait On {
    /// The database.
    type Database: Database;
}

impl<D: Pooled> On for Repository<D> {
    type Database = D;
}

impl OnPostgres {
    /// Begins to change something.
    pub(super) async fn begin(&self) -> sqlx::Result<Begun> {
        self.writer.begin().await
    }
}

impl OnSqlite {
    /// Begins to change something: alone from the first moment on. One that read first and wrote then would fail whenever another
    /// process wrote in between.
    pub(super) async fn begin(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }
}
