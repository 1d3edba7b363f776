//! Where Redis is, and how long to wait for it.

use std::time::Duration;

/// How to reach Redis.
#[derive(Clone)]
pub(crate) struct RedisSettings {
    /// `redis://`, `redis+sentinel://` or `redis+cluster://`, or the same with `rediss`.
    pub(crate) url: String,
    /// Limit of time for connecting.
    pub(crate) connect_timeout: Duration,
    /// Limit of time for an answer.
    pub(crate) response_timeout: Duration,
}
