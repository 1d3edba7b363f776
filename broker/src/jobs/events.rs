//! Events pushed to portals (RFC 8935): tried until the portal acknowledges them. One that its portal says it will never take waits for
//! an operator.

use super::channel::{Answer, Channel};
use super::instance::Jobs;
use super::outbound::{Unanswered, call};
use async_trait::async_trait;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::{Client, EventsDelivery};
use broker_domain::event::{AfterError, MEDIA_TYPE, OutgoingEvent, SET_TYPE, SetError};
use broker_domain::ids::{ClientId, Destination, EventId};
use broker_domain::outbox::back_off;
use broker_domain::ports::{OutboxState, Queued, Signer, StoreError};
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// Why it waits for an operator: what comes before the client's own word.
const REFUSED: &str = "refused: ";

/// Why a delivery failed: our own words, for the log and operators.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Failure {
    #[error("registered for no delivery any more")]
    Gone,
    #[error("the events endpoint cannot be called")]
    BadUri,
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    #[error("answered {0}")]
    Status(u16),
    #[error("refused: {}", .0.as_str())]
    Refused(SetError),
    #[error("cannot sign")]
    Unsigned,
}

/// RFC 8935, 2.3.
#[derive(Deserialize)]
struct Said {
    err: String,
}

/// The pushing of events.
pub(super) struct EventChannel<'a>(pub(super) &'a Jobs);

#[async_trait]
impl Channel for EventChannel<'_> {
    fn takes(&self, destination: &Destination) -> bool {
        let client = self.0.broker.registry.enabled(&ClientId::new(destination.as_str()));
        client.is_some_and(|client| client.metadata.events_delivery == Some(EventsDelivery::Push))
    }

    fn at_once(&self) -> usize {
        1
    }

    fn patience(&self) -> Duration {
        self.0.rules.events_timeout
    }

    fn back_off(&self, failed: u32) -> i64 {
        back_off(failed)
    }

    async fn deliver(&self, queued: &Queued) -> Result<Answer, StoreError> {
        let Some(event) = queued.outgoing.event() else {
            return Ok(Answer::Dropped("it is no event".to_owned()));
        };
        Ok(match self.push(&event).await {
            Ok(()) => Answer::Delivered,
            Err(failure) => match &failure {
                Failure::Refused(error) if error.after() == AfterError::Refused => {
                    Answer::Stopped(OutboxState::Refused, failure.to_string())
                }
                Failure::Refused(_) | Failure::Status(_) => Answer::Again(failure.to_string()),
                _ => Answer::Silent(failure.to_string()),
            },
        })
    }

    fn said(&self, destination: &Destination, tried: &[(Queued, Answer)]) -> Vec<AuditEvent> {
        let broker = &self.0.broker;
        let event = |kind, note: String| {
            let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), broker.clock.now(), kind);
            event.client = Some(ClientId::new(destination.as_str()));
            event.note = Some(note);
            event
        };
        let mut said = Vec::new();
        for (queued, answer) in tried {
            let id = &queued.outgoing.id;
            match answer {
                Answer::Delivered => said.push(event(AuditKind::EventsDelivered, format!("{id} pushed"))),
                Answer::Stopped(_, why) => {
                    let word = why.strip_prefix(REFUSED).unwrap_or(why);
                    said.push(event(AuditKind::EventRefused, format!("{id} {word}")));
                }
                Answer::Again(_) | Answer::Silent(_) | Answer::Dropped(_) => {}
            }
        }
        said
    }
}

impl EventChannel<'_> {
    /// RFC 8935, 2.1 to 2.4: the token as the body; 202 says that it was taken, and nothing else does.
    async fn push(&self, event: &OutgoingEvent) -> Result<(), Failure> {
        let client = self.0.broker.registry.enabled(&event.client).ok_or(Failure::Gone)?;
        let uri = client.metadata.events_endpoint.as_deref().ok_or(Failure::Gone)?;
        let url = Url::parse(uri).map_err(|_| Failure::BadUri)?;
        if self.0.allowed.refuses(&url) {
            return Err(Unanswered::Forbidden.into());
        }
        let token = self.signed(&client, event)?;
        let mut request = self
            .0
            .http
            .post(url)
            .timeout(self.0.rules.events_timeout)
            .header(CONTENT_TYPE, MEDIA_TYPE)
            .header(ACCEPT, "application/json")
            .body(token);
        if let Some(bearer) = &client.events_token {
            request = request.bearer_auth(bearer.reveal());
        }
        let (status, body) = call(request, event.client.as_str()).await?;
        match status {
            StatusCode::ACCEPTED => Ok(()),
            StatusCode::BAD_REQUEST => Err(match serde_json::from_slice::<Said>(&body) {
                Ok(said) => Failure::Refused(SetError::read(&said.err)),
                Err(_) => Failure::Status(400),
            }),
            other => Err(Failure::Status(other.as_u16())),
        }
    }

    fn signed(&self, client: &Client, event: &OutgoingEvent) -> Result<String, Failure> {
        let claims = event.claims(self.0.broker.issuer.as_str(), self.0.broker.clock.now());
        let alg = client.metadata.id_token_signed_response_alg;
        self.0.broker.keyring.sign(alg, Some(SET_TYPE), &claims).map_err(|error| {
            tracing::error!(%error, "an event could not be signed");
            Failure::Unsigned
        })
    }
}
