//! Spans of what was recorded, with the names of OpenTelemetry's semantic conventions.

use super::super::recorded::{OwnWhat, Recorded, Subject};
use broker_domain::secret::Entropy;
use broker_stores::meter::What;
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The caller's span in a `traceparent` header whose trace id is well formed already (W3C Trace Context 3.2).
pub(in crate::telemetry) fn parent_of(traceparent: &str) -> Option<[u8; 8]> {
    let hex = traceparent.split('-').nth(2).filter(|hex| hex.len() == 16)?;
    Some(u64::from_str_radix(hex, 16).ok().filter(|id| *id != 0)?.to_be_bytes())
}

/// Makes spans.
pub(super) struct Spans {
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) lasting: &'static str,
    pub(super) expiring: &'static str,
}

/// What makes one span unlike another.
struct Told {
    name: Cow<'static, str>,
    kind: SpanKind,
    began: Instant,
    took: Duration,
    attributes: Vec<KeyValue>,
    status: Status,
}

impl Spans {
    /// The span of the whole, and below it one for each step.
    pub(super) fn of(&self, recorded: Recorded) -> Vec<SpanData> {
        let Ok(trace) = TraceId::from_hex(recorded.trace.as_str()) else { return Vec::new() };
        let start = UNIX_EPOCH + Duration::from_millis(u64::try_from(recorded.start.millis()).unwrap_or(0));
        let (began, took) = (recorded.began, recorded.took);
        let at = |moment: Instant| start + moment.saturating_duration_since(began);
        let whole = self.id();
        let mut spans = vec![span(
            (trace, whole),
            recorded.parent.map(SpanId::from_bytes),
            true,
            &at,
            whole_of(recorded.subject, began, took),
        )];
        for step in recorded.steps {
            let (name, attributes) = match step.what {
                What::Commands(first, count) => (Cow::from(first), self.commands(first, count)),
                What::Statement(place) => (Cow::from(self.lasting), self.statement(place)),
            };
            let told = Told {
                name,
                kind: SpanKind::Client,
                began: step.began,
                took: step.took,
                attributes,
                status: Status::Unset,
            };
            spans.push(span((trace, self.id()), Some(whole), false, &at, told));
        }
        for step in recorded.own {
            let (name, kind, attributes) = match step.what {
                OwnWhat::Signature => (Cow::from("sign"), SpanKind::Internal, Vec::new()),
                OwnWhat::Call(peer) => (
                    Cow::from(format!("call {peer}")),
                    SpanKind::Client,
                    vec![KeyValue::new("service.peer.name", peer)],
                ),
            };
            let told =
                Told { name, kind, began: step.began, took: step.took, attributes, status: Status::Unset };
            spans.push(span((trace, self.id()), Some(whole), false, &at, told));
        }
        spans
    }

    fn id(&self) -> SpanId {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        SpanId::from_bytes(bytes)
    }

    fn commands(&self, first: &'static str, count: usize) -> Vec<KeyValue> {
        let mut attributes =
            vec![KeyValue::new("db.system.name", self.expiring), KeyValue::new("db.operation.name", first)];
        if let Some(count) = i64::try_from(count).ok().filter(|n| *n > 1) {
            attributes.push(KeyValue::new("db.operation.batch.size", count));
        }
        attributes
    }

    fn statement(&self, place: &'static std::panic::Location<'static>) -> Vec<KeyValue> {
        vec![
            KeyValue::new("db.system.name", self.lasting),
            KeyValue::new("code.file.path", place.file()),
            KeyValue::new("code.line.number", i64::from(place.line())),
        ]
    }
}

fn whole_of(subject: Subject, began: Instant, took: Duration) -> Told {
    match subject {
        Subject::Request { method, route, status, client, code, own } => {
            // What is no method of RFC 9110 has a name of its own there.
            let method = if method == "OTHER" { "_OTHER" } else { method };
            let mut attributes = vec![
                KeyValue::new("http.request.method", method),
                KeyValue::new("http.response.status_code", i64::from(status)),
                KeyValue::new("broker.own_us", i64::try_from(own.as_micros()).unwrap_or(i64::MAX)),
            ];
            let known = Some(&route).filter(|r| *r != "none").cloned();
            let name =
                known.as_ref().map_or(Cow::from(method), |route| Cow::from(format!("{method} {route}")));
            attributes.extend(known.map(|route| KeyValue::new("http.route", route)));
            attributes.extend(client.map(|client| KeyValue::new("broker.client", client)));
            attributes.extend(code.map(|code| KeyValue::new("broker.code", format!("VB-{code:04}"))));
            if status >= 500 {
                attributes.push(KeyValue::new("error.type", status.to_string()));
            }
            Told { name, kind: SpanKind::Server, began, took, attributes, status: failed(status >= 500) }
        }
        Subject::Job { name, failed: is_failed } => Told {
            name: Cow::from(format!("job {name}")),
            kind: SpanKind::Internal,
            began,
            took,
            attributes: Vec::new(),
            status: failed(is_failed),
        },
    }
}

fn failed(is_failed: bool) -> Status {
    if is_failed { Status::error("") } else { Status::Unset }
}

fn span(
    (trace, id): (TraceId, SpanId),
    parent: Option<SpanId>,
    is_remote: bool,
    at: &impl Fn(Instant) -> SystemTime,
    told: Told,
) -> SpanData {
    let start_time = at(told.began);
    SpanData {
        span_context: SpanContext::new(trace, id, TraceFlags::SAMPLED, false, TraceState::NONE),
        parent_span_id: parent.unwrap_or(SpanId::INVALID),
        parent_span_is_remote: is_remote && parent.is_some(),
        span_kind: told.kind,
        name: told.name,
        start_time,
        end_time: start_time + told.took,
        attributes: told.attributes,
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: told.status,
        instrumentation_scope: InstrumentationScope::builder("broker").build(),
    }
}
