//! Real servers for tests, and the ports opened over them.
//!
//! Servers are private: on free ports, in temporary folders, started at the first need and shared by the tests of a process. Each
//! is watched by a shell that ends it when this process ends, however that happens, and removes its folder. Needed programs:
//! `redis-server` (7.0 or later) and a PostgreSQL of `/usr/lib/postgresql`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // for tests only

mod bench;
mod cutter;
mod kept;
mod postgres;
mod records;
mod redis;
mod statements;
mod watched;
mod wire;

pub use bench::{Expires, ExpiringBench, LastingBench, Lasts, beginning, keys};
pub use cutter::Cutter;
pub use kept::free_port;
pub use postgres::{Postgres, keep_what_is_written, new_database, postgres};
pub use records::{as_record, from_record};
pub use redis::{
    RedisCluster, RedisServer, RedisWithSentinel, redis_cluster, redis_with_sentinel, shared_redis,
};
pub use watched::{Asked, Watched};
pub use wire::Wire;

/// How the outbox counts, for a test of its plan.
pub const OUTBOX_COUNTS: &str = crate::lasting::OUTBOX_COUNTS;
