//! The outermost layer: gives each request its trace id, measures it, and tells of it once.

use super::meter::{Notes, scope};
use super::metrics::Metrics;
use super::recorded::{Recorded, Subject};
use super::summary::{Observer, RequestSummary, method_name};
use super::traces::{Traces, parent_of};
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::response::Response;
use broker_domain::clock::Timestamp;
use broker_domain::ids::TraceId;
use broker_domain::secret::Entropy;
use broker_stores::meter::{self, Meter};
use http::{HeaderName, HeaderValue};
use ipnet::IpNet;
use std::net::SocketAddr;
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
    /// Traces, when they are kept.
    pub traces: Option<Traces>,
    /// Proxies whose traces are gone on with. Anybody else's word could make all requests one trace, have every one of them kept, or
    /// lend somebody's trace id to a stranger.
    pub proxies: Vec<IpNet>,
}

impl Telemetry {
    /// The `traceparent` of a request that a trusted proxy sent.
    fn caller<'r>(&self, request: &'r Request) -> Option<&'r str> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
        let is_proxy = self.proxies.iter().any(|net| net.contains(&peer));
        is_proxy.then(|| request.headers().get("traceparent")?.to_str().ok()).flatten()
    }

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
    /// When it began, and below which span of its caller, if it is traced.
    traced: Option<(Timestamp, Option<[u8; 8]>)>,
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        let summary = RequestSummary {
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
        };
        self.telemetry.tell(&summary);
        if let (Some(traces), Some((start, parent))) = (&self.telemetry.traces, self.traced) {
            let RequestSummary { method, route, status, client, code, trace, total, own, .. } = summary;
            traces.keep(Recorded {
                trace,
                parent,
                subject: Subject::Request { method, route, status, client, code, own },
                start,
                began: self.began,
                took: total,
                steps: self.stores.take_steps(),
                own: self.notes.take_steps(),
            });
        }
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
    let caller = telemetry.caller(&request);
    let theirs = caller.and_then(TraceId::from_traceparent);
    let parent = theirs.as_ref().and(caller).and_then(parent_of);
    let trace = theirs.unwrap_or_else(|| TraceId::generate(&*telemetry.entropy));
    let traced = telemetry.traces.as_ref().filter(|t| t.wants(&trace)).map(|t| (t.now(), parent));
    request.extensions_mut().insert(trace.clone());
    let header = HeaderValue::from_str(trace.as_str());
    let meter = Meter::with_patience(telemetry.patience);
    let mut in_hand = InHand {
        telemetry,
        method: method_name(request.method()),
        route: request.extensions().get::<MatchedPath>().cloned(),
        began: Instant::now(),
        own: Duration::ZERO,
        notes: Arc::new(if traced.is_some() { Notes::traced(trace) } else { Notes::new(trace) }),
        stores: Arc::new(if traced.is_some() { meter.with_steps() } else { meter }),
        status: GONE,
        traced,
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
