//! The stores behind the domain's ports: PostgreSQL and SQLite for what lasts, Redis and the process itself for what expires.
//!
//! SQL and Lua stand here and nowhere else. What holds personal data is sealed before it leaves this crate.

mod lasting;
mod limits;
mod memory;
pub mod meter;
mod open;
mod record;
mod redis;
mod sealing;

pub use lasting::{
    Begun, DatabaseFacts, Held, HeldAlone, Lasting, Lent, Migrations, OwnFacts, PostgresPool, Rekeyed,
    SchemaVersions, SealSample, SqlitePools, copy_sqlite, sqlite_file,
};
pub use memory::{LocalAnnouncements, Memory};
pub use open::{OpenError, StoreSettings, Stores};
pub use redis::{RedisAnnouncements, RedisFacts, RedisStore, ServerFacts};
pub use sealing::{BadSeal, BlindIndex, IndexKeys, Indexes, Sealer, StoreKeys};

#[cfg(feature = "testing")]
pub mod testing;
