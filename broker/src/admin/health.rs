//! `/health/live` and `/health/ready`, for whoever starts, restarts and balances instances.

use super::state::AdminState;
use crate::server::Stage;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use broker_domain::ports::StoreError;
use futures_util::future::join_all;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::task::JoinHandle;

/// How long a store may take to answer before the instance counts as not ready.
const PATIENCE: Duration = Duration::from_secs(1);

/// The process answers: restart it when it does not.
pub(super) async fn live() -> Response {
    answer(StatusCode::OK, &json!({"live": true}))
}

/// What is looked at, and what is said when it is not as it should be.
pub(super) type Checks = [(&'static str, Result<(), String>); 4];

/// Looks at all that an instance needs to take requests.
pub(super) async fn checks(state: &AdminState) -> Checks {
    let broker = &state.broker;
    let (expiring, lasting) = look(state).await;
    let stage = match state.lifecycle.stage() {
        Stage::Starting => Err("the instance is still starting"),
        Stage::Serving => Ok(()),
        Stage::Draining => Err("the instance is about to stop"),
    };
    let keys = if broker.keyring.is_ready() { Ok(()) } else { Err("a signing key is missing") };
    [
        ("stage", stage.map_err(str::to_owned)),
        ("expiring_store", expiring.map_err(|e| format!("the store of what expires does not answer: {e}"))),
        ("lasting_store", lasting.map_err(|e| format!("the store of what lasts does not answer: {e}"))),
        ("signing_keys", keys.map_err(str::to_owned)),
    ]
}

/// The instance can take requests: send it none when it says no. Says why not.
pub(super) async fn ready(State(state): State<AdminState>) -> Response {
    let checks = checks(&state).await;
    let is_ready = checks.iter().all(|(_, c)| c.is_ok());
    let said: Map<String, Value> = checks
        .iter()
        .map(|(name, c)| ((*name).to_owned(), json!(if c.is_ok() { "ok" } else { "failed" })))
        .collect();
    let reasons: Vec<&String> = checks.iter().filter_map(|(_, c)| c.as_ref().err()).collect();
    // VNeID's health is told, but does not count: another instance would fare no better.
    let upstreams: Map<String, Value> =
        state.broker.upstreams.iter().map(|u| (u.id().to_string(), json!(u.health()))).collect();
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer(status, &json!({"ready": is_ready, "reasons": reasons, "checks": said, "upstreams": upstreams}))
}

/// Looks at both stores: at what expires from each runtime that answers requests, for each has connections of its own, and one that
/// is stuck answers nobody.
async fn look(state: &AdminState) -> (Result<(), &'static str>, Result<(), &'static str>) {
    let stores = state.broker.stores.clone();
    let lasting = state.runtime.spawn(async move { check(stores.registrations.revision()).await });
    let mut runtimes = state.guard.runtimes().all();
    if runtimes.is_empty() {
        runtimes.push(state.runtime.clone());
    }
    let expiring = runtimes.into_iter().map(|runtime| {
        let stores = state.broker.stores.clone();
        in_time(runtime.spawn(async move { check(stores.expiring.ping()).await }))
    });
    let (expiring, lasting) = tokio::join!(join_all(expiring), in_time(lasting));
    (expiring.into_iter().find(Result::is_err).unwrap_or(Ok(())), lasting)
}

/// The runtime may be too busy to begin at all.
async fn in_time(looking: JoinHandle<Result<(), &'static str>>) -> Result<(), &'static str> {
    match tokio::time::timeout(PATIENCE + PATIENCE / 4, looking).await {
        Ok(Ok(looked)) => looked,
        Ok(Err(_)) | Err(_) => Err("too slow"),
    }
}

/// The outcome of a look at a store, in words without addresses or credentials.
async fn check<T>(look: impl Future<Output = Result<T, StoreError>>) -> Result<(), &'static str> {
    match tokio::time::timeout(PATIENCE, look).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(StoreError::Unavailable(_))) => Err("unavailable"),
        Ok(Err(StoreError::Corrupt(_) | StoreError::Conflict(_))) => Err("its content is unreadable"),
        Err(_) => Err("too slow"),
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
