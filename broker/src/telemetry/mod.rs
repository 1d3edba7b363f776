//! What the broker tells its operators: one log line for each request, and metrics.
//!
//! Nothing of this names a person or holds a secret: no query, body, cookie, token or address of a citizen.

mod meter;

pub use meter::{add_upstream, count_signature};
