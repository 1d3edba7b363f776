//! Delivery of logout tokens to portals (OpenID Connect Back-Channel Logout 1.0, 2.5): tried again until it is done or given up. It is
//! given up after the last attempt, or when the client listens no more.

use super::channel::{Answer, Channel};
use super::instance::Jobs;
use super::logout_token::sign;
use super::outbound::{Unanswered, call};
use async_trait::async_trait;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::{ClientId, Destination, EventId};
use broker_domain::logout::LogoutNotice;
use broker_domain::outbox::back_off;
use broker_domain::ports::{OutboxState, Queued, StoreError};
use http::StatusCode;
use std::time::Duration;
use url::Url;

/// Notices that one portal gets at once.
const AT_ONCE: usize = 8;
/// The longest pause between two attempts, in seconds: who has signed out wants to be signed out soon.
const PAUSE_AT_MOST: i64 = 1800;

/// Why a delivery failed: our own words, for the log and operators.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Failure {
    #[error("not registered any more")]
    Gone,
    #[error("the logout URI cannot be called")]
    BadUri,
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    #[error("answered {0}")]
    Status(u16),
    #[error("cannot sign")]
    Unsigned,
}

/// Whether it was never sent before, also not before an operator made it due anew.
const fn is_first(queued: &Queued) -> bool {
    queued.attempts == 0 && queued.error.is_none()
}

/// The delivery of logout notices.
pub(super) struct LogoutChannel<'a>(pub(super) &'a Jobs);

#[async_trait]
impl Channel for LogoutChannel<'_> {
    fn takes(&self, _destination: &Destination) -> bool {
        true
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn patience(&self) -> Duration {
        self.0.rules.logout_timeout
    }

    fn back_off(&self, failed: u32) -> i64 {
        back_off(failed).min(PAUSE_AT_MOST)
    }

    async fn deliver(&self, queued: &Queued) -> Result<Answer, StoreError> {
        let Some(notice) = queued.outgoing.notice() else {
            return Ok(Answer::Dropped("it is no logout notice".to_owned()));
        };
        let Err(failure) = self.post(&notice, is_first(queued)).await else { return Ok(Answer::Delivered) };
        let is_last = queued.attempts.saturating_add(1) >= self.0.rules.logout_attempts;
        Ok(match &failure {
            _ if is_last => Answer::Stopped(OutboxState::GivenUp, failure.to_string()),
            Failure::Gone => Answer::Stopped(OutboxState::GivenUp, failure.to_string()),
            Failure::Status(_) => Answer::Again(failure.to_string()),
            _ => Answer::Silent(failure.to_string()),
        })
    }

    fn said(&self, destination: &Destination, tried: &[(Queued, Answer)]) -> Vec<AuditEvent> {
        let broker = &self.0.broker;
        let event = |kind, queued: &Queued, why: Option<&String>| {
            let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), broker.clock.now(), kind);
            event.client = Some(ClientId::new(destination.as_str()));
            event.sid = queued.outgoing.notice().map(|notice| notice.sid);
            event.note = why.cloned();
            event
        };
        let said = tried.iter().filter_map(|(queued, answer)| match answer {
            Answer::Delivered => Some(event(AuditKind::LogoutDelivered, queued, None)),
            Answer::Stopped(_, why) => Some(event(AuditKind::LogoutGivenUp, queued, Some(why))),
            Answer::Again(_) | Answer::Silent(_) | Answer::Dropped(_) => None,
        });
        said.collect()
    }
}

impl LogoutChannel<'_> {
    /// Steps 2.5 to 2.8 of the standard: a form with `logout_token`; 200 is success, and 204 is let pass.
    async fn post(&self, notice: &LogoutNotice, is_first: bool) -> Result<(), Failure> {
        let (jobs, broker) = (self.0, &self.0.broker);
        let client = broker.registry.find(notice.client.as_str()).ok_or(Failure::Gone)?;
        let uri = client.metadata.backchannel_logout_uri.as_deref().ok_or(Failure::Gone)?;
        let url = Url::parse(uri).map_err(|_| Failure::BadUri)?;
        if jobs.allowed.refuses(&url) {
            return Err(Unanswered::Forbidden.into());
        }
        let now = broker.clock.now();
        let token = sign(&broker.keyring, broker.issuer.as_str(), &client, notice, is_first, now);
        let token = token.map_err(|error| {
            tracing::error!(%error, "a logout token could not be signed");
            Failure::Unsigned
        })?;
        let request = jobs.http.post(url).form(&[("logout_token", token)]);
        let (status, _) = call(request, notice.client.as_str()).await?;
        match status {
            StatusCode::OK | StatusCode::NO_CONTENT => Ok(()),
            other => Err(Failure::Status(other.as_u16())),
        }
    }
}
