//! The outermost layer: gives each request its trace id, measures it, and tells of it once.

use super::meter::{Notes, scope};
use super::metrics::Metrics;

use super::summary::{Observer, RequestSummary, method_name};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use broker_domain::ids::TraceId;
use broker_domain::secret::Entropy;
use broker_stores::meter::{self, Meter};
use http::{HeaderName, HeaderValue};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::Instrument;

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
struct InHand {
    telemetry: Telemetry,
    method: &'static str,
    route: String,
    trace: TraceId,
    began: Instant,
    own: Duration,
    notes: Arc<Notes>,
    stores: Arc<Meter>,
    status: u16,
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.telemetry.tell(&RequestSummary {
            method: self.method,
            route: std::mem::take(&mut self.route),
            status: self.status,
            client: self.notes.client(),
            code: self.notes.code(),
            trace: self.trace.clone(),
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

/// The layer, for `axum::middleware::from_fn_with_state` on the whole router: inside of it the route is known.
///
/// Handlers find the [`TraceId`] among the request's extensions; the answer carries it as `x-trace-id`.
pub async fn observe(State(telemetry): State<Telemetry>, mut request: Request, next: Next) -> Response {
    let trace = request
        .headers()
        .get("traceparent")
        .and_then(|h| h.to_str().ok())
        .and_then(TraceId::from_traceparent)
        .unwrap_or_else(|| TraceId::generate(&*telemetry.entropy));
    request.extensions_mut().insert(trace.clone());
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let mut in_hand = InHand {
        telemetry,
        method: method_name(request.method()),
        route,
        trace: trace.clone(),
        began: Instant::now(),
        own: Duration::ZERO,
        notes: Arc::default(),
        stores: Arc::default(),
        status: GONE,
    };
    let span = tracing::info_span!("request", trace = %trace);
    let inner = meter::scope(in_hand.stores.clone(), scope(in_hand.notes.clone(), next.run(request)));
    let mut inner = Box::pin(inner.instrument(span));
    let mut response = std::future::poll_fn(|cx| {
        let at = Instant::now();
        let polled = inner.as_mut().poll(cx);
        in_hand.own += at.elapsed();
        polled
    })
    .await;
    in_hand.status = response.status().as_u16();
    drop(in_hand);
    if let Ok(value) = HeaderValue::from_str(trace.as_str()) {
        response.headers_mut().insert(TRACE_HEADER, value);
    }
    response
}
