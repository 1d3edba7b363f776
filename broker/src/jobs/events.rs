//! Events pushed to portals (RFC 8935): tried until the portal acknowledges them.
//!
//! ```text
//!   written with what it tells of ─► claimed by one instance ─► 202: gone
//!                                        ▲          │ no answer, 5xx, a key or a right that is missing
//!                                        └─ back-off ┘
//!                                                   │ 400 that says that it will never be taken
//!                                                   └─► waits for an operator (`broker events retry`)
//! ```
//!
//! A portal that does not answer is left alone for a while with all of its events, so that it holds up no other.

use super::instance::Jobs;
use super::outbound::is_forbidden;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::Client;
use broker_domain::clock::Timestamp;
use broker_domain::event::{AfterError, MEDIA_TYPE, OutgoingEvent, SET_TYPE, SetError, back_off};
use broker_domain::ids::{ClientId, EventId};
use broker_domain::ports::{Signer, StoreError, WaitingEvent, Write};
use futures_util::stream::{FuturesUnordered, StreamExt};
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde::Deserialize;
use std::sync::atomic::Ordering;
use url::Url;

/// Portals that are told at once, by one instance.
const PORTALS_AT_ONCE: usize = 32;
/// Events of one portal that are taken at once; they are sent one after the other.
const EVENTS_AT_ONCE: u32 = 16;
/// Bytes of an answer's body that are read.
const MAX_ANSWER: usize = 16 * 1024;
/// How long one delivery may take, beside what the portal is given for its answer, in seconds.
const SPARE_SECS: i64 = 30;

/// Why a delivery failed: our own words, for the log and operators.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Failure {
    #[error("registered for no delivery any more")]
    Gone,
    #[error("the events endpoint cannot be called")]
    BadUri,
    #[error("the host's address is not public: name it in logout.private_hosts_allowed if it may be called")]
    Forbidden,
    #[error("no answer in time")]
    TimedOut,
    #[error("no connection")]
    Unreachable,
    #[error("answered {0}")]
    Status(u16),
    #[error("refused: {}", .0.as_str())]
    Refused(SetError),
    #[error("cannot sign")]
    Unsigned,
}

/// RFC 8935, 2.3.
#[derive(Deserialize)]
struct Answer {
    err: String,
}

/// What came of one portal's events.
#[derive(Default)]
struct Told {
    delivered: Vec<EventId>,
    tried: usize,
}

impl Jobs {
    /// Delivers what is due, and says how many deliveries were tried.
    ///
    /// # Errors
    /// When the queue does not answer. What was claimed comes back after its lease, and is known again by its `jti`.
    pub async fn deliver_events(&self) -> Result<usize, StoreError> {
        let now = self.broker.clock.now();
        let mut clients = self.broker.registry.pushed_to();
        clients.retain(|client| self.pauses.is_over(client, now));
        if clients.is_empty() {
            return Ok(0);
        }
        let mut due = self.broker.stores.events.due(&clients, now).await?;
        if due.is_empty() {
            return Ok(0);
        }
        // Whoever always has something must not always be first.
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let length = due.len();
        due.rotate_left(turn.checked_rem(length).unwrap_or(0));
        let deliveries = due.into_iter().take(PORTALS_AT_ONCE).map(|client| self.tell(client, now));
        let mut deliveries: FuturesUnordered<_> = deliveries.collect();
        let mut result = Ok(0);
        while let Some(done) = deliveries.next().await {
            result = match (result, done) {
                (Ok(sum), Ok(tried)) => Ok(sum + tried),
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        result
    }

    /// Delivers until nothing is due, or nothing succeeds any more; in the end says how many deliveries were tried.
    ///
    /// # Errors
    /// As [`Self::deliver_events`].
    pub async fn deliver_events_fully(&self) -> Result<usize, StoreError> {
        let mut total = 0;
        loop {
            match self.deliver_events().await? {
                0 => return Ok(total),
                tried => total += tried,
            }
        }
    }

    /// Tells one portal, event by event, up to the first that fails.
    async fn tell(&self, id: ClientId, now: Timestamp) -> Result<usize, StoreError> {
        let queue = &self.broker.stores.events;
        let patience = i64::try_from(self.rules.events_timeout.as_secs()).unwrap_or(60);
        let lease = now.plus_secs(patience * i64::from(EVENTS_AT_ONCE) + SPARE_SECS);
        let mut claimed = queue.claim(&id, now, lease, EVENTS_AT_ONCE.into()).await?.into_iter();
        let mut told = Told::default();
        while let Some(waiting) = claimed.next() {
            told.tried += 1;
            if !self.deliver_event(&id, waiting, &mut told.delivered).await? {
                let rest: Vec<EventId> = claimed.map(|w| w.outgoing.id).collect();
                let until = self.pauses.prolong(&id, self.broker.clock.now());
                queue.postponed(&id, &rest, until).await?;
                return self.acknowledge(&id, told).await;
            }
        }
        self.pauses.end(&id);
        self.acknowledge(&id, told).await
    }

    async fn acknowledge(&self, id: &ClientId, told: Told) -> Result<usize, StoreError> {
        if !told.delivered.is_empty() {
            self.broker.stores.events.acknowledged(id, &told.delivered).await?;
            let count = told.delivered.len();
            self.count_events("delivered", u64::try_from(count).unwrap_or(u64::MAX));
            self.audit_events(AuditKind::EventsDelivered, id, format!("{count} pushed")).await?;
        }
        Ok(told.tried)
    }

    /// Delivers one; `false` when there is no use in trying the portal's next ones now.
    async fn deliver_event(
        &self,
        id: &ClientId,
        waiting: WaitingEvent,
        delivered: &mut Vec<EventId>,
    ) -> Result<bool, StoreError> {
        let event = &waiting.outgoing;
        let Err(failure) = self.push(id, event).await else {
            delivered.push(event.id.clone());
            return Ok(true);
        };
        let (now, queue) = (self.broker.clock.now(), &self.broker.stores.events);
        let (client, why, jti) = (id.as_str(), failure.to_string(), event.id.as_str());
        if let Failure::Refused(error) = &failure
            && error.after() == AfterError::Refused
        {
            queue.refused(id, &event.id, &why, now).await?;
            self.count_events("refused", 1);
            tracing::warn!(client, why, jti, "a portal refused an event for good: it waits for an operator");
            self.audit_events(AuditKind::EventRefused, id, format!("{jti} {}", error.as_str())).await?;
            return Ok(true);
        }
        let failed = waiting.attempts.saturating_add(1);
        queue.failed(id, &event.id, now.plus_secs(back_off(failed)), &why, now).await?;
        self.count_events("failed", 1);
        tracing::info!(client, why, attempts = failed, "delivery of an event failed; it is tried again");
        Ok(false)
    }

    /// RFC 8935, 2.1 to 2.4: the token as the body; 202 says that it was taken, and nothing else does.
    async fn push(&self, id: &ClientId, event: &OutgoingEvent) -> Result<(), Failure> {
        let client = self.broker.registry.enabled(id).ok_or(Failure::Gone)?;
        let uri = client.metadata.events_endpoint.as_deref().ok_or(Failure::Gone)?;
        let url = Url::parse(uri).map_err(|_| Failure::BadUri)?;
        if self.allowed.refuses(&url) {
            return Err(Failure::Forbidden);
        }
        let token = self.signed(&client, event)?;
        let mut request = self
            .http
            .post(url)
            .timeout(self.rules.events_timeout)
            .header(CONTENT_TYPE, MEDIA_TYPE)
            .header(ACCEPT, "application/json")
            .body(token);
        if let Some(bearer) = &client.events_token {
            request = request.bearer_auth(bearer.reveal());
        }
        let mut answer = request.send().await.map_err(|e| match () {
            () if is_forbidden(&e) => Failure::Forbidden,
            () if e.is_timeout() => Failure::TimedOut,
            () => Failure::Unreachable,
        })?;
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                break;
            }
        }
        match answer.status() {
            StatusCode::ACCEPTED => Ok(()),
            StatusCode::BAD_REQUEST => Err(match serde_json::from_slice::<Answer>(&body) {
                Ok(answer) => Failure::Refused(SetError::read(&answer.err)),
                Err(_) => Failure::Status(400),
            }),
            other => Err(Failure::Status(other.as_u16())),
        }
    }

    fn signed(&self, client: &Client, event: &OutgoingEvent) -> Result<String, Failure> {
        let claims = event.claims(self.broker.issuer.as_str(), self.broker.clock.now());
        let alg = client.metadata.id_token_signed_response_alg;
        self.broker.keyring.sign(alg, Some(SET_TYPE), &claims).map_err(|error| {
            tracing::error!(%error, "an event could not be signed");
            Failure::Unsigned
        })
    }

    fn count_events(&self, outcome: &str, n: u64) {
        self.metrics.count("broker_event_deliveries_total", &[("outcome", outcome)], n);
    }

    async fn audit_events(&self, kind: AuditKind, id: &ClientId, note: String) -> Result<(), StoreError> {
        let entropy = &*self.broker.entropy;
        let mut event = AuditEvent::new(EventId::generate(entropy), self.broker.clock.now(), kind);
        event.client = Some(id.clone());
        event.note = Some(note);
        self.broker.stores.expiring.commit(vec![Write::Audit(Box::new(event))]).await.map(|_| ())
    }
}
