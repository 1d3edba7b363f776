//! Numbers for operators, in the text format of Prometheus.
//!
//! Each program part holds the registry that it was given; there is no global one, so that several brokers can live in one test.

use super::handles::{COUNTED, Handles, PARTS};
use super::summary::RequestSummary;
use metrics::{Histogram, Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

static METADATA: Metadata<'static> = Metadata::new("broker", Level::INFO, None);

/// Bounds of the histograms, in seconds.
const BOUNDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What is counted, with its meaning.
const COUNTERS: [(&str, &str); 12] = [
    ("broker_redis_round_trips_total", "Redis round trips, by route"),
    ("broker_sql_statements_total", "SQL statements, by route"),
    ("broker_signatures_total", "signatures made, by route"),
    ("broker_upstream_calls_total", "calls to upstreams, by route"),
    ("broker_answers_with_code_total", "answers that showed a code of the catalogue, by code"),
    ("broker_overload_refusals_total", "requests refused because too many were in hand"),
    ("broker_request_timeouts_total", "requests given up because they took too long"),
    ("broker_panics_total", "requests that ended in a panic: each is a defect"),
    ("broker_outbox_deliveries_total", "attempts to deliver what goes out, by kind and outcome"),
    ("broker_job_failures_total", "runs of scheduled jobs that failed, by name"),
    ("broker_job_rows_deleted_total", "rows that were over and were cleaned up"),
    ("broker_audit_events_total", "audit events written to the log, by kind"),
];

/// What goes up and down, with its meaning.
const GAUGES: [(&str, &str); 18] = [
    ("broker_build_info", "always 1; its label is the version of the program"),
    ("broker_ready", "1 while this instance can take requests"),
    ("broker_check_ok", "1 while a check of readiness finds nothing wrong, by check"),
    ("broker_requests_in_hand", "requests in hand"),
    ("broker_clients", "registered clients held in memory"),
    ("broker_signing_keys", "signing keys held in memory, by state"),
    ("broker_signing_key_since_timestamp_seconds", "since when a key signs, in Unix seconds, by algorithm"),
    (
        "broker_tls_certificate_end_timestamp_seconds",
        "when the certificate in use ends, in Unix seconds; only where the broker ends TLS itself",
    ),
    ("broker_outbox_waiting", "what goes out and is not delivered yet, by kind"),
    ("broker_outbox_stuck", "of that, what has waited for too long, by kind"),
    ("broker_outbox_refused", "what its destination refused for good: it waits for an operator; by kind"),
    ("broker_outbox_given_up", "what was tried often enough: it waits for an operator; by kind"),
    ("broker_outbox_oldest_seconds", "age of the oldest that is not delivered, by kind"),
    ("broker_outbox_delivery_failing", "1 while the outbox cannot be read, by kind"),
    ("broker_job_last_success_seconds", "when a scheduled job succeeded last, in Unix seconds, by name"),
    ("broker_registrations_reload_failing", "1 while registrations and keys cannot be read again"),
    ("broker_audit_drain_failing", "1 while audit events cannot be written to the log"),
    ("broker_upstream_open", "1 while calls to an upstream are refused at once, by upstream"),
];

/// The registry of one broker.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    handles: Handles,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// An empty registry.
    pub fn new() -> Self {
        let builder = PrometheusBuilder::new();
        // The bounds are not empty, which is all that could be wrong with them.
        let builder = builder
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BOUNDS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        for (name, meaning) in COUNTERS {
            recorder.describe_counter(KeyName::from(name), None, SharedString::const_str(meaning));
        }
        for (name, meaning) in GAUGES {
            recorder.describe_gauge(KeyName::from(name), None, SharedString::const_str(meaning));
        }
        let seconds = Some(Unit::Seconds);
        let (whole, part) = ("broker_request_seconds", "broker_request_part_seconds");
        recorder.describe_histogram(
            KeyName::from(whole),
            seconds,
            "time to the answer's head, by method, route and status".into(),
        );
        recorder.describe_histogram(
            KeyName::from(part),
            seconds,
            "time spent on our threads, on Redis, SQL and upstreams, by route".into(),
        );
        let metrics = Self { recorder, handle, handles: Handles::default() };
        metrics.gauge("broker_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1.0);
        metrics
    }

    /// Adds `n` to a counter.
    pub fn count(&self, name: &'static str, labels: &[(&'static str, &str)], n: u64) {
        self.recorder.register_counter(&key(name, labels), &METADATA).increment(n);
    }

    /// Sets a gauge.
    pub fn gauge(&self, name: &'static str, labels: &[(&'static str, &str)], value: f64) {
        self.recorder.register_gauge(&key(name, labels), &METADATA).set(value);
    }

    fn histogram(&self, name: &'static str, labels: &[(&'static str, &str)]) -> Histogram {
        self.recorder.register_histogram(&key(name, labels), &METADATA)
    }

    /// Takes in one request.
    pub(super) fn request(&self, s: &RequestSummary) {
        let route = s.route.as_str();
        let handles = self.handles.of(route);
        let whole = handles.answers(s.method, s.status, || {
            let status = s.status.to_string();
            self.histogram(
                "broker_request_seconds",
                &[("method", s.method), ("route", route), ("status", &status)],
            )
        });
        whole.record(s.total.as_secs_f64());
        let times = [s.own, s.redis, s.sql, s.upstream];
        for ((part, time), handle) in PARTS.into_iter().zip(times).zip(&handles.parts) {
            if !time.is_zero() {
                let find =
                    || self.histogram("broker_request_part_seconds", &[("part", part), ("route", route)]);
                handle.get_or_init(find).record(time.as_secs_f64());
            }
        }
        let counts = [s.redis_round_trips, s.sql_statements, s.signatures, s.upstream_calls];
        for ((name, n), handle) in COUNTED.into_iter().zip(counts).zip(&handles.counts) {
            if n > 0 {
                let find = || self.recorder.register_counter(&key(name, &[("route", route)]), &METADATA);
                handle.get_or_init(find).increment(n);
            }
        }
        if let Some(code) = s.code {
            self.count("broker_answers_with_code_total", &[("code", &format!("VB-{code:04}"))], 1);
        }
    }

    /// Everything, in the text format of Prometheus.
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Folds recorded times into the histograms; to be called now and then when nobody reads.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

fn key(name: &'static str, labels: &[(&'static str, &str)]) -> Key {
    let labels: Vec<Label> = labels.iter().map(|(k, v)| Label::new(*k, (*v).to_owned())).collect();
    Key::from_parts(name, labels)
}
