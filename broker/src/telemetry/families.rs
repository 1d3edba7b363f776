//! All numbers, each with its kind, its labels and its meaning: what is described to Prometheus, and documented for operators.

/// How a number moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Up only.
    Counter,
    /// Up and down.
    Gauge,
    /// Many measurements, counted by size.
    Histogram,
}

/// Numbers of one name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Family {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    pub(super) labels: &'static [&'static str],
    pub(super) meaning: &'static str,
}

const fn of(
    kind: Kind,
    name: &'static str,
    labels: &'static [&'static str],
    meaning: &'static str,
) -> Family {
    Family { kind, name, labels, meaning }
}

use Kind::{Counter, Gauge, Histogram};

/// Those of the registry.
pub(super) const KEPT: [Family; 44] = [
    of(Histogram, "broker_request_seconds", &["method", "route", "status"], "time to the answer's head"),
    of(
        Histogram,
        "broker_request_part_seconds",
        &["part", "route"],
        "time spent on our threads (own), on Redis, SQL and upstreams",
    ),
    of(Counter, "broker_redis_round_trips_total", &["route"], "Redis round trips"),
    of(Counter, "broker_sql_statements_total", &["route"], "SQL statements"),
    of(Counter, "broker_signatures_total", &["route"], "signatures made"),
    of(Counter, "broker_upstream_calls_total", &["route"], "calls to upstreams"),
    of(Counter, "broker_answers_with_code_total", &["code"], "answers that showed a code of the catalogue"),
    of(Counter, "broker_overload_refusals_total", &[], "requests refused because too many were in hand"),
    of(Counter, "broker_rate_refusals_total", &["kind"], "requests refused because somebody came too often"),
    of(Counter, "broker_behind_refusals_total", &[], "requests refused because this instance was behind"),
    of(
        Counter,
        "broker_upstream_refusals_total",
        &["upstream"],
        "calls to upstreams refused because too many waited",
    ),
    of(Counter, "broker_request_timeouts_total", &[], "requests given up because they took too long"),
    of(Counter, "broker_panics_total", &[], "requests that ended in a panic: each is a defect"),
    of(Counter, "broker_outbox_deliveries_total", &["kind", "outcome"], "attempts to deliver what goes out"),
    of(Counter, "broker_trace_spans_sent_total", &[], "spans that the collector of traces took"),
    of(
        Counter,
        "broker_trace_spans_dropped_total",
        &[],
        "spans that were dropped: the collector is away, or too many waited",
    ),
    of(Counter, "broker_job_failures_total", &["name"], "runs of scheduled jobs that failed"),
    of(Counter, "broker_job_rows_deleted_total", &[], "rows that were over and were cleaned up"),
    of(Counter, "broker_audit_events_total", &["kind"], "audit events written to the log"),
    of(Gauge, "broker_build_info", &["version"], "always 1; its label is the version of the program"),
    of(Gauge, "broker_ready", &[], "1 while this instance can take requests"),
    of(Gauge, "broker_check_ok", &["check"], "1 while a check of readiness finds nothing wrong"),
    of(Gauge, "broker_requests_in_hand", &[], "requests in hand"),
    of(Gauge, "broker_behind_seconds", &[], "how long a task that is ready waits for a thread, smoothed"),
    of(Gauge, "broker_connections", &[], "connections to the public listener"),
    of(
        Gauge,
        "broker_database_connections",
        &["state"],
        "connections to PostgreSQL: lent to somebody, resting, and how many there may be (most)",
    ),
    of(Gauge, "broker_clients", &[], "registered clients held in memory"),
    of(Gauge, "broker_signing_keys", &["state"], "signing keys held in memory"),
    of(
        Gauge,
        "broker_signing_key_since_timestamp_seconds",
        &["alg"],
        "since when a key signs, in Unix seconds",
    ),
    of(
        Gauge,
        "broker_tls_certificate_end_timestamp_seconds",
        &[],
        "when the certificate in use ends, in Unix seconds; only where the broker ends TLS itself",
    ),
    of(Gauge, "broker_outbox_waiting", &["kind"], "what goes out and is not delivered yet"),
    of(Gauge, "broker_outbox_stuck", &["kind"], "of that, what has waited for too long"),
    of(
        Gauge,
        "broker_outbox_refused",
        &["kind"],
        "what its destination refused for good: it waits for an operator",
    ),
    of(Gauge, "broker_outbox_given_up", &["kind"], "what was tried often enough: it waits for an operator"),
    of(Gauge, "broker_outbox_oldest_seconds", &["kind"], "age of the oldest that is not delivered"),
    of(Gauge, "broker_outbox_delivery_failing", &["kind"], "1 while the outbox cannot be read"),
    of(
        Gauge,
        "broker_job_last_success_seconds",
        &["name"],
        "when a scheduled job succeeded last, in Unix seconds",
    ),
    of(
        Gauge,
        "broker_registrations_reload_failing",
        &[],
        "1 while registrations and keys cannot be read again",
    ),
    of(
        Gauge,
        "broker_database_clock_ahead_seconds",
        &[],
        "by how much the database's clock is ahead of this machine's; deliveries and scheduled jobs count it in",
    ),
    of(Gauge, "broker_audit_drain_failing", &[], "1 while audit events cannot be written to the log"),
    of(Gauge, "broker_rate_names", &[], "addresses and clients whose requests are counted"),
    of(
        Gauge,
        "broker_rate_exchange_failing",
        &[],
        "1 while instances cannot tell each other what they counted",
    ),
    of(Gauge, "broker_upstream_open", &["upstream"], "1 while calls to an upstream are refused at once"),
    of(Gauge, "process_start_time_seconds", &[], "when the process began, in Unix seconds"),
];

/// Those that the system tells of the process.
pub(super) const PROCESS: [Family; 4] = [
    of(Counter, "process_cpu_seconds_total", &[], "processor time used, user and system"),
    of(Gauge, "process_resident_memory_bytes", &[], "resident memory"),
    of(Gauge, "process_open_fds", &[], "open files and connections"),
    of(Gauge, "process_max_fds", &[], "how many of them may be open"),
];
