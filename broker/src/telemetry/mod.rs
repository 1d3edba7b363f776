//! What the broker tells its operators: one log line for each request, metrics, and traces.
//!
//! Nothing of this names a person or holds a secret: no query, body, cookie, token or address of a citizen.

mod families;
mod handles;
mod layer;
mod lines;
mod logging;
mod meter;
mod metrics;
mod process;
mod recorded;
mod sink;
mod summary;
mod traces;

pub use layer::{TRACE_HEADER, Telemetry, observe};
pub use logging::{Log, start, start_here};
pub use meter::{add_upstream, note_client, note_code, sign};
pub use metrics::Metrics;
pub use process::process_numbers;
pub use summary::{Observer, RequestSummary};
pub use traces::{Sending, TracedBy, Traces, trace_job};

#[cfg(test)]
mod tests;
