//! What proof of ownership needs from outside: messages to a phone, and a portal's word on a password that it handed to nobody.

use crate::ids::EventId;
use crate::secret::Secret;
use async_trait::async_trait;

/// Why a message was not accepted for delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MessengerFailure {
    /// No gateway is configured.
    #[error("no gateway for messages is configured")]
    NotConfigured,
    /// The number is none that a message can be sent to: nothing was sent.
    #[error("the number is no telephone number")]
    BadNumber,
    /// No connection: nothing was sent.
    #[error("no connection to the gateway for messages")]
    Unreachable,
    /// The connection broke: the message may or may not have been accepted.
    #[error("the connection to the gateway for messages broke")]
    Broken,
    /// It took too long: the message may or may not have been accepted.
    #[error("the gateway for messages took too long")]
    TimedOut,
    /// It said that it is busy.
    #[error("the gateway for messages is busy")]
    Busy,
    /// Our credentials or our address were refused.
    #[error("the gateway for messages refused us")]
    Refused,
    /// It would not take this message: the number or the text.
    #[error("the gateway would not take the message")]
    NotTaken,
    /// A status that no answer should have.
    #[error("the gateway for messages answered an unexpected status")]
    BadStatus,
    /// An answer larger than anything sensible.
    #[error("the gateway's answer is malformed")]
    Malformed,
    /// Too many failures just now: it was not asked.
    #[error("the circuit to the gateway for messages is open")]
    CircuitOpen,
}

impl MessengerFailure {
    /// Whether it says that the gateway itself is ill, which the circuit breaker counts.
    pub const fn is_outage(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::Broken
                | Self::TimedOut
                | Self::Busy
                | Self::BadStatus
                | Self::Malformed
        )
    }

    /// Whether the message may have been accepted all the same, and may arrive.
    pub const fn may_have_sent(self) -> bool {
        matches!(self, Self::Broken | Self::TimedOut | Self::BadStatus | Self::Malformed)
    }

    /// Whether the same message would fail again, however often it is handed over.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::NotConfigured | Self::BadNumber | Self::NotTaken)
    }
}

/// Sends text messages.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Hands a text for the telephone number `to` (as people write it: see [`crate::phone::Phone`]) to whoever delivers it. `Ok` says
    /// that it was accepted, not that it arrived. One `id` is one message, however often it is handed over.
    async fn send(&self, id: &EventId, to: &str, text: &str) -> Result<(), MessengerFailure>;
}

/// Why a portal's check service said neither yes nor no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CheckFailure {
    /// No connection, or it broke; also when either side refused the other's certificate.
    #[error("no connection to the check service")]
    Unreachable,
    /// It took too long.
    #[error("the check service took too long")]
    TimedOut,
    /// It said that it is busy.
    #[error("the check service is busy")]
    Busy,
    /// Our certificate or our address was refused.
    #[error("the check service refused us")]
    Refused,
    /// A status that no answer should have.
    #[error("the check service answered an unexpected status")]
    BadStatus,
    /// An answer that says neither yes nor no, or is larger than anything sensible.
    #[error("the check service's answer is malformed")]
    Malformed,
    /// Too many failures just now: it was not asked.
    #[error("the circuit to the check service is open")]
    CircuitOpen,
}

impl CheckFailure {
    /// Whether it says that the service itself is ill, which the circuit breaker counts.
    pub const fn is_outage(self) -> bool {
        matches!(self, Self::Unreachable | Self::TimedOut | Self::Busy | Self::BadStatus | Self::Malformed)
    }
}

/// A portal that hands no password hashes over and answers for its users itself.
#[async_trait]
pub trait PasswordCheck: Send + Sync {
    /// Whether the password is the one of the portal's user of that name. A user that the portal does not know is a `false` too.
    /// Anything but a clear answer is a failure, never a yes. Whoever calls counts the attempt first ([`super::Limits`]).
    async fn check(&self, user_name: &str, password: &Secret) -> Result<bool, CheckFailure>;
}
