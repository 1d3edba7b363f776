//! Delivery of logout tokens to portals (OpenID Connect Back-Channel Logout 1.0, 2.5): tried again until it is done or given up.
//!
//! ```text
//!   pushed ─► claimed by one instance ─► delivered
//!                 ▲         │ failed
//!                 └─ back-off ┴─► given up after the last attempt, or when the client is gone
//! ```

use super::instance::Jobs;
use super::logout_token::sign;
use super::outbound::is_forbidden;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::clock::Timestamp;
use broker_domain::ids::EventId;
use broker_domain::ports::{Due, StoreError, Write};
use futures_util::stream::{FuturesUnordered, StreamExt};
use http::StatusCode;
use url::Url;

/// Deliveries under way at once, of one instance.
const AT_ONCE: i64 = 32;
/// Bytes of an answer's body that are read, so that the connection can be used again.
const MAX_ANSWER: usize = 16 * 1024;

/// Seconds until the next attempt, after `failed` of them.
pub(super) fn back_off(failed: u32) -> i64 {
    match failed {
        0 | 1 => 1,
        2 => 5,
        3 => 30,
        4 => 120,
        5 => 600,
        _ => 1800,
    }
}

/// Why a delivery failed: our own words, for the log and operators.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Failure {
    #[error("not registered any more")]
    Gone,
    #[error("the logout URI cannot be called")]
    BadUri,
    #[error("the host's address is not public: name it in logout.private_hosts_allowed if it may be called")]
    Forbidden,
    #[error("no answer in time")]
    TimedOut,
    #[error("no connection")]
    Unreachable,
    #[error("answered {0}")]
    Status(u16),
    #[error("cannot sign")]
    Unsigned,
}

impl Failure {
    /// Whether trying again cannot help.
    const fn is_final(&self) -> bool {
        matches!(self, Self::Gone)
    }
}

impl Jobs {
    /// Delivers what is due, and says how many deliveries were tried.
    ///
    /// # Errors
    /// When the queue does not answer. What was claimed comes back after its lease.
    pub async fn deliver_due(&self) -> Result<usize, StoreError> {
        let now = self.broker.clock.now();
        // Nobody else takes a notice while this instance may still be at it.
        let patience = i64::try_from(self.rules.logout_timeout.as_secs()).unwrap_or(60);
        let due = self.broker.stores.notices.claim(now, now.plus_secs(patience + 30), AT_ONCE).await?;
        let tried = due.len();
        let mut deliveries: FuturesUnordered<_> = due.into_iter().map(|d| self.deliver(d)).collect();
        let mut result = Ok(tried);
        while let Some(done) = deliveries.next().await {
            if let Err(error) = done {
                result = Err(error);
            }
        }
        result
    }

    async fn deliver(&self, due: Due) -> Result<(), StoreError> {
        let outcome = self.post(&due).await;
        let now = self.broker.clock.now();
        let (notice, queue) = (&due.notice, &self.broker.stores.notices);
        match outcome {
            Ok(()) => {
                queue.delivered(&notice.id, now).await?;
                self.metrics.count("broker_logout_deliveries_total", &[("outcome", "delivered")], 1);
                self.audit(AuditKind::LogoutDelivered, &due, None, now).await
            }
            Err(failure) => {
                let failed = due.attempts.saturating_add(1);
                let (client, why) = (notice.client.as_str(), failure.to_string());
                if failure.is_final() || failed >= self.rules.logout_attempts {
                    queue.failed(&notice.id, None, &why, now).await?;
                    self.metrics.count("broker_logout_deliveries_total", &[("outcome", "given_up")], 1);
                    tracing::warn!(client, why, attempts = failed, "delivery of a logout token was given up");
                    self.audit(AuditKind::LogoutGivenUp, &due, Some(why), now).await
                } else {
                    let retry = now.plus_secs(back_off(failed));
                    queue.failed(&notice.id, Some(retry), &why, now).await?;
                    self.metrics.count("broker_logout_deliveries_total", &[("outcome", "failed")], 1);
                    tracing::info!(
                        client,
                        why,
                        attempts = failed,
                        "delivery of a logout token failed; it is tried again"
                    );
                    Ok(())
                }
            }
        }
    }

    /// Steps 2.5 to 2.8 of the standard: a form with `logout_token`; 200 is success, and 204 is let pass.
    async fn post(&self, due: &Due) -> Result<(), Failure> {
        let broker = &self.broker;
        let client = broker.registry.find(due.notice.client.as_str()).ok_or(Failure::Gone)?;
        let uri = client.metadata.backchannel_logout_uri.as_deref().ok_or(Failure::Gone)?;
        let url = Url::parse(uri).map_err(|_| Failure::BadUri)?;
        if self.allowed.refuses(&url) {
            return Err(Failure::Forbidden);
        }
        let now = broker.clock.now();
        let token = sign(&broker.keyring, broker.issuer.as_str(), &client, &due.notice, due.attempts, now);
        let token = token.map_err(|error| {
            tracing::error!(%error, "a logout token could not be signed");
            Failure::Unsigned
        })?;
        let sent = self.http.post(url).form(&[("logout_token", token)]).send().await;
        let mut answer = sent.map_err(|e| match () {
            () if is_forbidden(&e) => Failure::Forbidden,
            () if e.is_timeout() => Failure::TimedOut,
            () => Failure::Unreachable,
        })?;
        let status = answer.status();
        let mut read = 0;
        while let Ok(Some(chunk)) = answer.chunk().await {
            read += chunk.len();
            if read > MAX_ANSWER {
                break;
            }
        }
        match status {
            StatusCode::OK | StatusCode::NO_CONTENT => Ok(()),
            other => Err(Failure::Status(other.as_u16())),
        }
    }

    async fn audit(
        &self,
        kind: AuditKind,
        due: &Due,
        note: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut event = AuditEvent::new(EventId::generate(&*self.broker.entropy), now, kind);
        event.client = Some(due.notice.client.clone());
        event.sid = Some(due.notice.sid.clone());
        event.note = note;
        self.broker.stores.expiring.commit(vec![Write::Audit(Box::new(event))]).await.map(|_| ())
    }
}
