//! One database with all lasting ports over it.

use crate::sealing::{BlindIndex, Sealer};
use sqlx::{Pool, Postgres, Sqlite, Transaction};

/// The ports over PostgreSQL.
pub(super) type OnPostgres = Repository<Postgres>;
/// The ports over SQLite.
pub(super) type OnSqlite = Repository<Sqlite>;

/// All lasting ports over one database.
#[derive(Clone)]
pub(crate) struct Repository<D: sqlx::Database> {
    /// For what changes something: in SQLite a single connection.
    pub(super) writer: Pool<D>,
    /// For what only reads.
    pub(super) reader: Pool<D>,
    pub(super) sealer: Sealer,
    pub(super) index: BlindIndex,
}

impl<D: sqlx::Database> Repository<D> {
    pub(crate) const fn new(writer: Pool<D>, reader: Pool<D>, sealer: Sealer, index: BlindIndex) -> Self {
        Self { writer, reader, sealer, index }
    }
}

/// Which database a repository is on: for the macros that stamp its methods.
pub(super) trait On {
    /// The database.
    type Database: sqlx::Database;
}

impl<D: sqlx::Database> On for Repository<D> {
    type Database = D;
}

impl OnPostgres {
    /// Begins to change something.
    pub(super) async fn begin(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
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
