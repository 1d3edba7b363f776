//! The outermost layer: gives each request its trace id, measures it, and tells of it once.

use super::meter::{Notes, scope};
use super::metrics::Metrics;
use super::summary::{Observer, RequestSummary, method_name};
use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use broker_domain::ids::TraceId;
use broker_domain::secret::Entropy;
use broker_stores::meter::{self, Meter};
use http::{HeaderName, HeaderValue};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The response header that carries the trace id.
pub const TRACE_HEADER: HeaderName = HeaderName::from_static("x-trace-id");

/// The status told of when the client went away before the answer.
const GONE: u16 = 499;

/// Whom requests are told to.
#[derive(Clone)]
pub struct Telemetry {
    /// The registry of numbers.
    pub metrics: Arc<Metrics>,
    /// Where new trace ids come from.
    pub entropy: Arc<dyn Entropy>,
    /// How long one request waits for the stores in all.
    pub patience: Duration,
    /// Whoever else wants to hear.
    pub observer: Option<Observer>,
}

impl Telemetry {
    fn tell(&self, summary: &RequestSummary) {
        summary.log();
        self.metrics.request(summary);
        if let Some(observer) = &self.observer {
            observer(summary);
        }
    }
}

/// A request in hand. It tells of itself when it is answered, or when it is dropped because the client went away.
struct InHand<'a> {
    telemetry: &'a Telemetry,
    method: &'static str,
    route: Option<MatchedPath>,
    began: Instant,
    own: Duration,
    notes: Arc<Notes>,
    stores: Arc<Meter>,
    status: u16,
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.telemetry.tell(&RequestSummary {
            method: self.method,
            route: self.route.as_ref().map_or("none", MatchedPath::as_str).to_owned(),
            status: self.status,
            client: self.notes.client(),
            code: self.notes.code(),
            trace: self.notes.trace().clone(),
            total: self.began.elapsed(),
            own: self.own,
            redis_round_trips: self.stores.redis_round_trips(),
            redis: self.stores.redis_time(),
            sql_statements: self.stores.sql_statements(),
            sql: self.stores.sql_time(),
            signatures: self.notes.signatures(),
            upstream_calls: self.notes.upstream_calls(),
            upstream: self.notes.upstream(),
        });
    }
}

/// Observes one request: `next` answers it. Its route must be known by then.
///
/// Handlers find the [`TraceId`] among the request's extensions; the answer carries it as `x-trace-id`.
pub async fn observe<A: Future<Output = Response>>(
    telemetry: &Telemetry,
    mut request: Request,
    next: impl FnOnce(Request) -> A,
) -> Response {
    let trace = request
        .headers()
        .get("traceparent")
        .and_then(|h| h.to_str().ok())
        .and_then(TraceId::from_traceparent)
        .unwrap_or_else(|| TraceId::generate(&*telemetry.entropy));
    request.extensions_mut().insert(trace.clone());
    let header = HeaderValue::from_str(trace.as_str());
    let mut in_hand = InHand {
        telemetry,
        method: method_name(request.method()),
        route: request.extensions().get::<MatchedPath>().cloned(),
        began: Instant::now(),
        own: Duration::ZERO,
        notes: Arc::new(Notes::new(trace)),
        stores: Arc::new(Meter::with_patience(telemetry.patience)),
        status: GONE,
    };
    let (notes, stores) = (in_hand.notes.clone(), in_hand.stores.clone());
    let mut inner = pin!(meter::scope(stores, scope(notes, next(request))));
    let mut response = std::future::poll_fn(|cx| {
        let at = Instant::now();
        let polled = inner.as_mut().poll(cx);
        in_hand.own += at.elapsed();
        polled
    })
    .await;
    in_hand.status = response.status().as_u16();
    drop(in_hand);
    if let Ok(value) = header {
        response.headers_mut().insert(TRACE_HEADER, value);
    }
    response
}
