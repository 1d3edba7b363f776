//! What expires, in Redis: a single server, one found by Sentinel, or a Cluster.
//!
//! One hash holds one interaction (`i:`), session (`s:`) or family (`g:`), one sorted set one limit (`l:`), one number one window of a rate (`r:`); every step is one script on one key, so it is atomic and
//! fits a Cluster. Records are sealed; only what a script must compare stands beside them. Commands are repeated when a connection
//! drops (a Cluster client does so by itself): scripts that consume carry a request id, remember it, and answer the same to the same id.

mod address;
mod announcements;
mod answers;
mod cluster;
mod connection;
mod inspect;
mod limits;
mod names;
mod ops;
mod rates;
mod script;
mod sentinel;
mod sessions;
mod settings;
mod store;
mod writes;

pub use announcements::RedisAnnouncements;
pub(crate) use inspect::inspect;
pub use inspect::{RedisFacts, ServerFacts};
pub(crate) use settings::RedisSettings;
pub use store::RedisStore;
