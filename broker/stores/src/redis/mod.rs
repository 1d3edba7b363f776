//! What expires, in Redis: a single server, one found by Sentinel, or a Cluster.
//!
//! One hash holds one interaction (`i:`), session (`s:`) or family (`g:`); every step is one script on one key, so it is atomic and
//! fits a Cluster. Records are sealed; only what a script must compare stands beside them. A Cluster client repeats commands when a
//! connection drops: consuming scripts carry a request id, remember it, and answer the same to the same id.

mod announcements;
mod connection;
mod names;
mod ops;
mod script;
mod store;
mod writes;

pub use announcements::RedisAnnouncements;
pub(crate) use connection::RedisSettings;
pub use store::RedisStore;
