//! Fetching events (RFC 8936).

use axum::http::StatusCode;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use url::Url;

use super::receiver::{EventReceiver, Taken};
use crate::context::Context;
use crate::error::{Endpoint, Error};
use crate::http_client;
use crate::token::basic;

/// Events of one request.
const AT_ONCE: u32 = 50;
/// Requests of one call: a broker that never comes to an end must not keep us for ever.
const MOST_REQUESTS: usize = 10_000;

#[derive(Deserialize)]
struct Answer {
    sets: BTreeMap<String, String>,
    #[serde(default, rename = "moreAvailable")]
    more_available: bool,
}

/// What the broker is told of the events that it gave last.
#[derive(Default)]
struct Report {
    ack: Vec<String>,
    errors: Map<String, Value>,
}

fn url(issuer: &str) -> Result<Url, Error> {
    Url::parse(&format!("{}/oauth2/events/poll", issuer.trim_end_matches('/')))
        .map_err(|_| Error::Answer(Endpoint::Events, "no URL"))
}

/// Fetches until nothing is left; what was taken is acknowledged with the next request.
async fn fetch_all(context: &Context, url: Url, receiver: &EventReceiver) -> Result<usize, Error> {
    let (mut report, mut new, mut failed) = (Report::default(), 0, None);
    for _ in 0..MOST_REQUESTS {
        // After a failure only what was taken is said, and nothing is asked for.
        let wanted = if failed.is_some() { 0 } else { AT_ONCE };
        let answer = request(context, url.clone(), &report, wanted).await?;
        report = Report::default();
        if let Some(error) = failed {
            return Err(error);
        }
        for (id, token) in &answer.sets {
            match receiver.receive(token).await {
                Ok(taken) => {
                    new += usize::from(taken == Taken::New);
                    report.ack.push(id.clone());
                }
                Err(error @ Error::Event(_)) if !error.is_of_clocks() => {
                    tracing::warn!(%error, "an event was refused");
                    let says = json!({"err": error.set_error(), "description": error.to_string()});
                    report.errors.insert(id.clone(), says);
                }
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let nothing_to_say = report.ack.is_empty() && report.errors.is_empty();
        if nothing_to_say && failed.is_none() && !answer.more_available {
            return Ok(new);
        }
        if nothing_to_say && let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(new)
}

async fn request(context: &Context, url: Url, report: &Report, wanted: u32) -> Result<Answer, Error> {
    let body = json!({
        "maxEvents": wanted, "returnImmediately": true, "ack": report.ack, "setErrs": report.errors,
    });
    let request = context
        .http
        .post(url)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, basic(&context.settings))
        .body(body.to_string());
    let answer = http_client::send(Endpoint::Events, request).await?;
    let refuse = |what| Error::Answer(Endpoint::Events, what);
    match answer.status {
        StatusCode::OK => serde_json::from_slice(&answer.body).map_err(|_| refuse("no events")),
        StatusCode::UNAUTHORIZED => Err(refuse("the client was not recognised")),
        StatusCode::FORBIDDEN => Err(refuse("the client is not registered for fetching events")),
        _ => Err(refuse("neither events nor an error")),
    }
}

impl EventReceiver {
    /// Fetches everything that waits, for portals that are registered with `events_delivery` `poll`; returns how many were new.
    /// Call it at the start and then every minute or so. One that cannot be handled stays at the broker and comes with the next call.
    ///
    /// # Errors
    /// When the broker cannot be reached or refuses, or the first error of the handler.
    pub async fn poll(&self) -> Result<usize, Error> {
        let url = match &self.poll_at {
            Some(url) => url.clone(),
            None => url(&self.context.settings.issuer)?,
        };
        fetch_all(&self.context, url, self).await
    }
}
