//! A load balancer between the tests' browsers and the instances: it decides which of them answers.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Longer than any request of these tests may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends each request to the other instance than the one before.
#[derive(Clone)]
pub(crate) struct Balancer(Arc<Inner>);

struct Inner {
    instances: Vec<String>,
    turn: AtomicUsize,
    http: reqwest::Client,
}

/// A client for loopback: no connection is used twice, so that each request meets an instance as it is.
pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .timeout(PATIENCE)
        .build()
        .unwrap()
}

impl Balancer {
    pub(crate) fn new(instances: Vec<String>) -> Self {
        Self(Arc::new(Inner { instances, turn: AtomicUsize::new(0), http: http() }))
    }

    /// Which instance answered last.
    pub(crate) fn last(&self) -> usize {
        let count = self.0.instances.len();
        (self.0.turn.load(Ordering::SeqCst) + count - 1) % count
    }

    /// Which instance the next request goes to.
    pub(crate) fn next(&self) -> usize {
        self.0.turn.load(Ordering::SeqCst) % self.0.instances.len()
    }

    /// The way in, as the tests' browsers and portals take it.
    pub(crate) fn router(&self) -> Router {
        Router::new().fallback(pass).with_state(self.clone())
    }
}

async fn pass(State(balancer): State<Balancer>, request: Request) -> Response {
    let inner = &balancer.0;
    let turn = inner.turn.fetch_add(1, Ordering::SeqCst) % inner.instances.len();
    let (parts, body) = request.into_parts();
    let to = format!("{}{}", inner.instances[turn], parts.uri);
    let body = to_bytes(body, 1024 * 1024).await.unwrap();
    let sent = inner.http.request(parts.method, to).headers(parts.headers).body(body).send().await;
    let answer = match sent {
        Ok(answer) => answer,
        Err(error) => return (StatusCode::BAD_GATEWAY, format!("{error:?}")).into_response(),
    };
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    for name in [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH, HOST] {
        headers.remove(name);
    }
    match answer.bytes().await {
        Ok(body) => (status, headers, Body::from(body)).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:?}")).into_response(),
    }
}
