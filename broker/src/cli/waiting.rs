//! What `broker serve` does while a store is away at the start: it waits, alive but not ready, and says so.
//!
//! Ending instead would have whoever runs it start it again and again, and its operator read of a program that crashes.

use crate::app::{App, Overrides, StartError, build};
use crate::config::Settings;
use crate::server::ListenError;
use axum::routing::get;
use axum::{Json, Router};
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// Between two tries.
const AGAIN: Duration = Duration::from_millis(500);
/// What takes longer than this is asked about meanwhile.
const QUICK: Duration = Duration::from_secs(2);
/// Between two lines of the log.
const BETWEEN_WORDS: Duration = Duration::from_secs(5);

/// Builds the broker, as soon as the stores answer.
///
/// # Errors
/// What will not pass by itself: settings, refused logins, a schema that does not fit.
pub(super) async fn until_built(settings: &Settings) -> Result<App, StartError> {
    let mut answering: Option<Answering> = None;
    let mut said: Option<Instant> = None;
    loop {
        let mut building = Box::pin(build(settings, Overrides::default()));
        let built = tokio::select! {
            built = &mut building => built,
            // It waits for a store that is slow, or for a lock of the database.
            () = sleep(QUICK), if answering.is_none() => {
                answering = Some(Answering::begin(settings.admin.address).await?);
                building.await
            }
        };
        let error = match built {
            Err(error) if error.is_away() => error,
            built => {
                if let Some(answering) = answering {
                    answering.end().await;
                }
                return built;
            }
        };
        if answering.is_none() {
            answering = Some(Answering::begin(settings.admin.address).await?);
        }
        if said.is_none_or(|at| at.elapsed() >= BETWEEN_WORDS) {
            said = Some(Instant::now());
            tracing::warn!(%error, "not ready: a store is away; it is tried again until it answers");
        }
        sleep(AGAIN).await;
    }
}

/// The admin listener for as long as there is no broker that could be asked.
struct Answering(JoinHandle<std::io::Result<()>>);

impl Answering {
    async fn begin(address: SocketAddr) -> Result<Self, StartError> {
        let listener = TcpListener::bind(address).await.map_err(|error| {
            StartError::Listen(ListenError::Bind { setting: "admin.address", address, error })
        })?;
        // Nobody stays on a connection that the broker itself will not answer on.
        let close = [(CONNECTION, HeaderValue::from_static("close"))];
        let live = close.clone();
        let not_ready = json!({
            "ready": false, "reasons": ["a store is away: the instance waits for it"], "checks": {"stage": "failed"}, "upstreams": {},
        });
        // Whoever watches the numbers learns of an instance that waits, too.
        let numbers = format!(
            "broker_ready 0\nbroker_check_ok{{check=\"start\"}} 0\nbroker_build_info{{version=\"{}\"}} 1\n",
            env!("CARGO_PKG_VERSION"),
        );
        let [shut] = close.clone();
        let text =
            [shut, (CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"))];
        let router = Router::new()
            .route("/health/live", get(async || (live, Json(json!({"live": true})))))
            .route("/health/ready", get(async || (StatusCode::SERVICE_UNAVAILABLE, close, Json(not_ready))))
            .route("/metrics", get(async || (text, numbers)));
        Ok(Self(tokio::spawn(async { axum::serve(listener, router).await })))
    }

    /// Gives the address free.
    async fn end(self) {
        self.0.abort();
        let _ = self.0.await;
    }
}
