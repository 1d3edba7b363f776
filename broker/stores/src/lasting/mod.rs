//! What lasts, in PostgreSQL or SQLite: the same SQL text for both, stamped by one macro; only the schemas differ.

mod accounts;
mod adopting;
mod audit;
mod citizens;
mod connect;
mod copying;
mod credentials;
mod deliveries;
mod embedded;
mod error;
mod find;
mod importing;
mod inspect;
mod keys;
mod kinds;
mod links;
mod merging;
mod migrate;
mod moving;
mod namespaces;
mod naming;
mod numbers;
mod outbox;
mod own_data;
mod places;
mod postgres;
mod registrations;
mod rekey;
mod rekey_reviews;
mod repository;
mod reviews;
mod rows;
mod seals;
mod sectors;
mod sorting;
mod status;
mod telling;
mod upkeep;
mod walking;

pub use connect::{Lasting, SqlitePools};
pub use embedded::{Held, HeldAlone, copy_sqlite, sqlite_file};
pub use inspect::{DatabaseFacts, OwnFacts};
pub use migrate::{Migrations, SchemaVersions};
pub use postgres::{Begun, Lent, PostgresPool};
pub(crate) use rekey::Rekey;
pub use rekey::Rekeyed;
pub(crate) use repository::{OnPostgres, OnSqlite};
pub use seals::SealSample;

/// How the outbox counts, for a test of its plan.
#[cfg(feature = "testing")]
pub(crate) const OUTBOX_COUNTS: &str = outbox::COUNTS;
