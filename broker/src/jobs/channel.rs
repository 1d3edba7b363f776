//! What the delivery of one kind has to say: how it is sent, and what an answer means.

use async_trait::async_trait;
use broker_domain::audit::AuditEvent;
use broker_domain::ids::Destination;
use broker_domain::ports::{OutboxState, Queued, StoreError};
use std::time::Duration;

/// What came of one attempt. Reasons are our own words, for the log and operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is where it should be.
    Delivered,
    /// It was answered, and not with an acknowledgement: it is tried again after a pause.
    Again(String),
    /// There was no answer at all, or nobody could be asked: it is tried again after a pause, and holds up what comes after it where
    /// order counts, for as long as it takes.
    Silent(String),
    /// It is never tried again, unless an operator says so.
    Stopped(OutboxState, String),
    /// Nobody wants it any more.
    Dropped(String),
}

impl Answer {
    /// Whether it is tried again.
    pub(super) const fn is_failure(&self) -> bool {
        matches!(self, Self::Again(_) | Self::Silent(_))
    }

    /// What would be over is tried again: the audit log could not be told.
    pub(super) fn unsaid(&mut self) {
        if !self.is_failure() {
            *self = Self::Again("the audit log does not answer".to_owned());
        }
    }

    /// As it is counted.
    pub(super) const fn outcome(&self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Again(_) | Self::Silent(_) => "failed",
            Self::Stopped(OutboxState::Refused, _) => "refused",
            Self::Stopped(..) => "given_up",
            Self::Dropped(_) => "dropped",
        }
    }
}

/// One kind of what goes out.
#[async_trait]
pub(super) trait Channel: Send + Sync {
    /// Whether anything is sent to a destination at all; who fetches is sent nothing.
    fn takes(&self, destination: &Destination) -> bool;

    /// How many are sent to one destination at once.
    fn at_once(&self) -> usize;

    /// How long one attempt may take.
    fn patience(&self) -> Duration;

    /// Seconds until the next attempt, after `failed` of them.
    fn back_off(&self, failed: u32) -> i64;

    /// Makes one attempt.
    ///
    /// # Errors
    /// When one of our own stores does not answer.
    async fn deliver(&self, queued: &Queued) -> Result<Answer, StoreError>;

    /// What the audit log hears of attempts of one destination.
    fn said(&self, destination: &Destination, tried: &[(Queued, Answer)]) -> Vec<AuditEvent>;
}
