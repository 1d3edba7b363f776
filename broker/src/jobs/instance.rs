//! All jobs of one instance, and what they share.

use super::keys::{KeyChanges, KeyError, KeyTimes, promote_due};
use super::lanes::Lanes;
use super::outbound::{Allowed, http_client};
use crate::state::Broker;
use crate::telemetry::{Metrics, Traces};
use broker_domain::clock::{Clock, SystemClock};
use broker_domain::secret::random_text;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize};
use std::time::Duration;

/// The rules that only jobs need.
#[derive(Clone, Copy, Debug)]
pub struct JobRules {
    /// How long a portal has to answer a logout token.
    pub logout_timeout: Duration,
    /// How often delivery is tried.
    pub logout_attempts: u32,
    /// How long a portal has to answer an event.
    pub events_timeout: Duration,
    /// After how many seconds what is not delivered counts as stuck.
    pub events_stuck_after: i64,
    /// How long signing keys stay in a state.
    pub key_times: KeyTimes,
}

/// All jobs of one instance.
pub struct Jobs {
    pub(super) broker: Arc<Broker>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) rules: JobRules,
    /// This instance, among those that share the stores.
    pub(super) owner: String,
    /// The revision of registrations and keys that is in memory.
    pub(super) revision: AtomicI64,
    pub(super) allowed: Allowed,
    pub(super) http: reqwest::Client,
    /// Where this instance is delivering, and whom it leaves alone.
    pub(super) lanes: Lanes,
    /// Whose turn it is to be told first.
    pub(super) turn: AtomicUsize,
    /// The machine's clock, also where tests have set the broker's: it is compared with the database's.
    pub(super) machine: Arc<dyn Clock>,
    /// By how many milliseconds the database's clock is ahead of the machine's.
    pub(super) database_ahead_ms: AtomicI64,
    /// Where passes are traced to.
    pub(super) traces: Option<Traces>,
}

impl Jobs {
    /// Makes the jobs of an instance whose registrations and keys were read at `revision`.
    ///
    /// # Errors
    /// When the HTTP client cannot be made, for example without any root certificate.
    pub fn new(
        broker: Arc<Broker>,
        metrics: Arc<Metrics>,
        rules: JobRules,
        revision: i64,
    ) -> Result<Self, reqwest::Error> {
        let allowed = Allowed::new(&broker.rules.private_hosts_allowed);
        let http = http_client(&allowed, rules.logout_timeout)?;
        let owner = random_text(&*broker.entropy, 16);
        Ok(Self {
            broker,
            metrics,
            rules,
            owner,
            revision: AtomicI64::new(revision),
            allowed,
            http,
            lanes: Lanes::default(),
            turn: AtomicUsize::new(0),
            machine: Arc::new(SystemClock),
            database_ahead_ms: AtomicI64::new(0),
            traces: None,
        })
    }

    /// Lets passes that found something to do leave traces.
    pub fn traced(self, traces: Option<Traces>) -> Self {
        Self { traces, ..self }
    }

    /// Moves signing keys whose time has come.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn promote_keys(&self) -> Result<KeyChanges, KeyError> {
        let now = self.broker.clock.now();
        let changes = promote_due(&*self.broker.stores.keys, self.rules.key_times, now).await?;
        if changes.any() {
            tracing::info!(moved = changes.moved, "signing keys came to their next state");
            self.announce(broker_domain::ports::Topic::Keys).await;
        }
        Ok(changes)
    }

    /// Tells all instances; who misses the word looks for itself.
    pub(super) async fn announce(&self, topic: broker_domain::ports::Topic) {
        if let Err(error) = self.broker.stores.announcements.announce(topic).await {
            tracing::debug!(%error, "a change could not be announced");
        }
    }
}
