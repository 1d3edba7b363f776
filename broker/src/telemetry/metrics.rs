//! Numbers for operators, in the text format of Prometheus.
//!
//! Each program part holds the registry that it was given; there is no global one, so that several brokers can live in one test.

use super::families::{Family, KEPT, Kind};
use super::handles::{COUNTED, Handles, PARTS};
use super::summary::RequestSummary;
use metrics::{Histogram, Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

static METADATA: Metadata<'static> = Metadata::new("broker", Level::INFO, None);

/// Bounds of the histograms, in seconds.
const BOUNDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

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
        for Family { kind, name, meaning, .. } in KEPT {
            let (name, meaning) = (KeyName::from(name), SharedString::const_str(meaning));
            match kind {
                Kind::Counter => recorder.describe_counter(name, None, meaning),
                Kind::Gauge => recorder.describe_gauge(name, None, meaning),
                Kind::Histogram => recorder.describe_histogram(name, Some(Unit::Seconds), meaning),
            }
        }
        let metrics = Self { recorder, handle, handles: Handles::default() };
        // What was never seen has no rate when it is seen first: what must be noticed then is there from the beginning.
        for Family { name, .. } in KEPT.iter().filter(|f| f.kind == Kind::Counter && f.labels.is_empty()) {
            metrics.count(name, &[], 0);
        }
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
