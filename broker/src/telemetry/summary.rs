//! One request, summed up.

use broker_domain::ids::TraceId;
use std::sync::Arc;
use std::time::Duration;

/// What is told of one request: to the log, to the metrics, and to whoever observes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSummary {
    /// `GET`, `POST` …; `OTHER` for what is not in RFC 9110.
    pub method: &'static str,
    /// The template of the route, for example `/login/{id}`; `none` when nothing matched.
    pub route: String,
    /// The status answered; 499 when the client went away first.
    pub status: u16,
    /// The registered client that it was about.
    pub client: Option<String>,
    /// The code of the catalogue that the answer showed.
    pub code: Option<u16>,
    /// The trace id.
    pub trace: TraceId,
    /// From the first byte of the handler to the answer's head.
    pub total: Duration,
    /// Time spent computing on our threads.
    pub own: Duration,
    /// Redis round trips.
    pub redis_round_trips: u64,
    /// Time spent waiting for Redis.
    pub redis: Duration,
    /// SQL statements.
    pub sql_statements: u64,
    /// Time spent waiting for SQL.
    pub sql: Duration,
    /// Signatures made.
    pub signatures: u64,
    /// Calls to upstreams.
    pub upstream_calls: u64,
    /// Time spent waiting for upstreams.
    pub upstream: Duration,
}

/// Somebody who wants to hear of every request: tests that count, for example.
pub type Observer = Arc<dyn Fn(&RequestSummary) + Send + Sync>;

/// A method's name, without letting a request choose what the log says.
pub(super) fn method_name(method: &http::Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "CONNECT", "TRACE"];
    KNOWN.into_iter().find(|k| *k == method.as_str()).unwrap_or("OTHER")
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

impl RequestSummary {
    /// Writes the one log line of the request. Times are in microseconds.
    pub(super) fn log(&self) {
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    target: "broker::request",
                    method = self.method,
                    route = %self.route,
                    status = self.status,
                    client = self.client.as_deref(),
                    code = self.code.map(|c| tracing::field::display(format!("VB-{c:04}"))),
                    trace = %self.trace,
                    total_us = micros(self.total),
                    own_us = micros(self.own),
                    redis = self.redis_round_trips,
                    redis_us = micros(self.redis),
                    sql = self.sql_statements,
                    sql_us = micros(self.sql),
                    upstream = self.upstream_calls,
                    upstream_us = micros(self.upstream),
                    signatures = self.signatures,
                    "request"
                )
            };
        }
        if self.status >= 500 { line!(warn) } else { line!(info) }
    }
}
