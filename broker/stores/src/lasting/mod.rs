//! What lasts, in PostgreSQL or SQLite: the same SQL text for both, stamped by one macro; only the schemas differ.

mod accounts;
mod audit;
mod citizens;
mod connect;
mod copying;
mod credentials;
mod error;
mod find;
mod importing;
mod keys;
mod kinds;
mod links;
mod merging;
mod migrate;
mod moving;
mod namespaces;
mod naming;
mod notices;
mod numbers;
mod outbox;
mod own_data;
mod registrations;
mod rekey;
mod rekey_reviews;
mod repository;
mod reviews;
mod rows;
mod sectors;
mod status;
mod telling;
mod walking;

pub use connect::{Lasting, SqlitePools};
pub use migrate::Migrations;
pub(crate) use rekey::Rekey;
pub use rekey::Rekeyed;
pub(crate) use repository::Repository;
