//! What lasts, in PostgreSQL or SQLite: the same SQL text for both, stamped by one macro; only the schemas differ.

mod audit;
mod citizens;
mod connect;
mod error;
mod keys;
mod notices;
mod registrations;

pub use connect::{Lasting, Migrations};

use crate::sealing::{BlindIndex, Sealer};
use sqlx::{Pool, Postgres, Sqlite};

/// The ports over PostgreSQL.
pub(crate) type OnPostgres = Repository<Postgres>;
/// The ports over SQLite.
pub(crate) type OnSqlite = Repository<Sqlite>;

/// All lasting ports over one database.
#[derive(Clone)]
pub(crate) struct Repository<D: sqlx::Database> {
    pool: Pool<D>,
    sealer: Sealer,
    index: BlindIndex,
}

impl<D: sqlx::Database> Repository<D> {
    pub(crate) const fn new(pool: Pool<D>, sealer: Sealer, index: BlindIndex) -> Self {
        Self { pool, sealer, index }
    }
}
