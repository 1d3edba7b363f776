//! `/oauth2/events/poll` (RFC 8936): a client fetches its events, and acknowledges those that it has.
//!
//! It is answered at once, whatever `returnImmediately` says: a request that waits would hold a place that a citizen's request needs.
//! Who wants to hear soon asks often, or has events pushed.

use crate::errors::OAuthError;
use crate::extract::{MAX_BODY, authenticate};
use crate::respond::{json_no_store, oauth_error, with_standing};
use crate::state::Broker;
use crate::telemetry::note_client;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::{Client, EventsDelivery};
use broker_domain::clock::Timestamp;
use broker_domain::event::{AfterError, SET_TYPE, SetError};
use broker_domain::form::Form;
use broker_domain::ids::{Destination, EventId};
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{FailedAttempt, Lane, OutboxState, Signer, Stopped, Write};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tokens of one answer at the most, and when the client does not say how many: each is a signature.
const MOST: i64 = 50;

/// Errors of one request that are looked at: no more were given at once.
const MOST_ERRORS: usize = 50;

/// RFC 8936, 2.2 and 2.4. What else a client says is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Poll {
    max_events: Option<u32>,
    ack: Vec<String>,
    set_errs: BTreeMap<String, SetErr>,
}

/// RFC 8936, 2.6.
#[derive(Debug, Deserialize)]
struct SetErr {
    err: String,
}

/// Takes acknowledgements and errors, then gives what waits.
pub async fn poll(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let (tried, proven) = authenticate(&broker, &parts, &Form::default());
    let answer = match proven {
        Ok(client) => {
            note_client(client.id.as_str());
            answer(&broker, &client, &parts.headers, body).await
        }
        Err(error) => Err(error),
    };
    match answer {
        Ok(body) => with_standing(json_no_store(StatusCode::OK, &body), tried.standing),
        Err(error) => oauth_error(error, tried),
    }
}

/// Where a client's events wait.
fn lane(client: &Client) -> Lane {
    Lane { kind: OutboxKind::Event, destination: Destination::from(&client.id) }
}

async fn answer(
    broker: &Broker,
    client: &Client,
    headers: &HeaderMap,
    body: Body,
) -> Result<Value, OAuthError> {
    if client.metadata.events_delivery != Some(EventsDelivery::Poll) {
        let error =
            OAuthError::UNAUTHORIZED_CLIENT.because("this client is not registered for fetching events");
        return Err(error.with_status(StatusCode::FORBIDDEN));
    }
    let poll = read(headers, body).await?;
    let now = broker.clock.now();
    take(broker, client, &poll, now).await?;
    let wanted = poll.max_events.map_or(MOST, i64::from).min(MOST);
    let (waiting, more) = broker.stores.outbox.next(&lane(client), now, wanted).await?;
    let mut sets = Map::new();
    for event in waiting.into_iter().filter_map(|queued| queued.outgoing.event()) {
        let claims = event.claims(broker.issuer.as_str(), now);
        let alg = client.metadata.id_token_signed_response_alg;
        let token = broker.keyring.sign(alg, Some(SET_TYPE), &claims).map_err(|error| {
            tracing::error!(%error, "an event could not be signed");
            OAuthError::SERVER_ERROR
        })?;
        sets.insert(event.id.as_str().to_owned(), Value::String(token));
    }
    Ok(json!({"sets": sets, "moreAvailable": more}))
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Poll, OAuthError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    if !kind.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json") {
        return Err(OAuthError::INVALID_REQUEST.because("the body must be application/json"));
    }
    let too_large = OAuthError::INVALID_REQUEST.because("the body is too large");
    let bytes = axum::body::to_bytes(body, MAX_BODY)
        .await
        .map_err(|_| too_large.with_status(StatusCode::PAYLOAD_TOO_LARGE))?;
    let no_poll = |_| OAuthError::INVALID_REQUEST.because("the body is no poll request of RFC 8936");
    // An object: a list would be read as its members in order.
    let members: Map<String, Value> = serde_json::from_slice(&bytes).map_err(no_poll)?;
    serde_json::from_value(Value::Object(members)).map_err(no_poll)
}

/// What the client has, and what it does not take.
async fn take(broker: &Broker, client: &Client, poll: &Poll, now: Timestamp) -> Result<(), OAuthError> {
    let (outbox, lane) = (&broker.stores.outbox, lane(client));
    let mut audit = Vec::new();
    let mut note = |kind, note: String| {
        let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), now, kind);
        event.client = Some(client.id.clone());
        event.note = Some(note);
        audit.push(Write::Audit(Box::new(event)));
    };
    let acknowledged: Vec<EventId> = poll.ack.iter().map(|jti| EventId::new(jti.as_str())).collect();
    let gone = outbox.remove(&lane, &acknowledged, None).await?;
    if gone > 0 {
        note(AuditKind::EventsDelivered, format!("{gone} fetched"));
    }
    for (jti, said) in poll.set_errs.iter().take(MOST_ERRORS) {
        let (id, error) = (EventId::new(jti.as_str()), SetError::read(&said.err));
        let why = format!("refused: {}", error.as_str());
        match error.after() {
            AfterError::Refused => {
                let refused = Stopped { state: OutboxState::Refused, why: &why };
                if outbox.stop(&lane, &id, refused, None, now).await? {
                    note(AuditKind::EventRefused, format!("{id} {}", error.as_str()));
                }
            }
            // It is given again with the next answer.
            AfterError::Retry => {
                let attempt = FailedAttempt { retry_at: now, why: &why, is_answered: true };
                outbox.failed(&lane, &id, attempt, None, now).await?;
            }
        }
    }
    if !audit.is_empty() {
        broker.stores.expiring.commit(audit).await?;
    }
    Ok(())
}
