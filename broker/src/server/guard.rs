//! The layer inside of telemetry: no request may take too much, too long, or the program down.

use super::behind::{Behind, Errand, lets_in};
use super::connections::Connections;
use super::lanes::Runtimes;
use super::lifecycle::{Lifecycle, Stage};
use super::refusal::{Page, Refused, answer};
use crate::config::LimitSettings;
use crate::telemetry::Metrics;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use broker_domain::ids::TraceId;
use futures_util::FutureExt;
use http::header::{ACCEPT_LANGUAGE, CONNECTION, CONTENT_LENGTH, COOKIE, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, Version};
use http_body_util::Limited;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// What requests may take together and each.
#[derive(Clone)]
pub struct Guard {
    permits: Arc<Semaphore>,
    total: usize,
    timeout: Duration,
    max_body: usize,
    connections: Connections,
    behind: Arc<Behind>,
    runtimes: Runtimes,
    behind_limit: Duration,
    metrics: Arc<Metrics>,
    lifecycle: Lifecycle,
    page: Page,
}

impl Guard {
    /// Takes the limits, and who makes the page of a refusal.
    pub fn new(limits: &LimitSettings, metrics: Arc<Metrics>, lifecycle: Lifecycle, page: Page) -> Self {
        let count = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let total = count(limits.max_in_flight).min(Semaphore::MAX_PERMITS);
        Self {
            permits: Arc::new(Semaphore::new(total)),
            total,
            timeout: Duration::from_secs(limits.request_timeout_secs.into()),
            max_body: count(limits.max_body_bytes),
            connections: Connections::new(count(limits.max_connections)),
            behind: Arc::default(),
            runtimes: Runtimes::default(),
            behind_limit: Duration::from_millis(limits.behind_ms.into()),
            metrics,
            lifecycle,
            page,
        }
    }

    /// The answer to a request that is not even begun.
    pub fn refuse(&self, request: &Request, refused: Refused) -> Response {
        answer(refused, &sketch(request), &self.page)
    }

    /// How far this instance is behind, for who measures it and who shows it.
    pub const fn behind(&self) -> &Arc<Behind> {
        &self.behind
    }

    /// The runtimes that answer requests.
    pub const fn runtimes(&self) -> &Runtimes {
        &self.runtimes
    }

    /// The places for connections.
    pub const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// How many requests are in hand.
    pub fn in_hand(&self) -> usize {
        self.total.saturating_sub(self.permits.available_permits())
    }
}

/// Guards one request: `next` answers it.
pub async fn protect<A: Future<Output = Response>>(
    guard: &Guard,
    request: Request,
    next: impl FnOnce(Request) -> A,
) -> Response {
    let (version, sketch) = (request.version(), sketch(&request));
    let answered = guarded(guard, request, next).await;
    let mut response = answered.unwrap_or_else(|refused| answer(refused, &sketch, &guard.page));
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        // For the moment, whatever it is that is away.
        response.headers_mut().entry(RETRY_AFTER).or_insert(HeaderValue::from_static("1"));
    }
    if guard.lifecycle.stage() == Stage::Draining && version < Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// What the page of a refusal needs of the request, which is gone by then.
fn sketch(request: &Request) -> Parts {
    let mut sketch = http::Request::new(()).into_parts().0;
    sketch.method = request.method().clone();
    sketch.uri = request.uri().clone();
    for name in [COOKIE, ACCEPT_LANGUAGE] {
        for value in request.headers().get_all(&name) {
            sketch.headers.append(&name, value.clone());
        }
    }
    if let Some(trace) = request.extensions().get::<TraceId>() {
        sketch.extensions.insert(trace.clone());
    }
    sketch
}

async fn guarded<A: Future<Output = Response>>(
    guard: &Guard,
    request: Request,
    next: impl FnOnce(Request) -> A,
) -> Result<Response, Refused> {
    let behind = guard.behind.by();
    // Mostly it is not, and nothing needs to be known of the request.
    if behind > guard.behind_limit && !lets_in(Errand::of(request.uri().path()), behind, guard.behind_limit) {
        guard.metrics.count("broker_behind_refusals_total", &[], 1);
        return Err(Refused::Overloaded);
    }
    let Ok(_permit) = guard.permits.try_acquire() else {
        guard.metrics.count("broker_overload_refusals_total", &[], 1);
        return Err(Refused::Overloaded);
    };
    if declared_length(request.headers()).is_some_and(|n| n > guard.max_body) {
        return Err(Refused::TooLarge);
    }
    let request = request.map(|body| Body::new(Limited::new(body, guard.max_body)));
    let run = AssertUnwindSafe(next(request)).catch_unwind();
    match tokio::time::timeout(guard.timeout, run).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(_)) => {
            // The panic hook has told where.
            guard.metrics.count("broker_panics_total", &[], 1);
            Err(Refused::Broken)
        }
        Err(_) => {
            guard.metrics.count("broker_request_timeouts_total", &[], 1);
            Err(Refused::TimedOut)
        }
    }
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
