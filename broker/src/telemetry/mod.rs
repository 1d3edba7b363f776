//! What the broker tells its operators: one log line for each request, and metrics.
//!
//! Nothing of this names a person or holds a secret: no query, body, cookie, token or address of a citizen.

mod handles;
mod layer;
mod lines;
mod logging;
mod meter;
mod metrics;
mod process;
mod sink;
mod summary;

pub use layer::{TRACE_HEADER, Telemetry, observe};
pub use logging::{Log, start};
pub use meter::{add_upstream, count_signature, note_client, note_code};
pub use metrics::Metrics;
pub use process::process_numbers;
pub use summary::{Observer, RequestSummary};

#[cfg(test)]
mod tests;
