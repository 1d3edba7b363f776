//! The ports: one trait for each thing outside. Every implementation runs under the same contract suite.

mod expiring;
mod lasting;
mod outward;

pub use expiring::{Expiring, Opened, Participants, Taken, Write, Written};
pub use lasting::{
    Admission, Admitted, AuditLog, ChainedEvent, Citizens, Due, Found, KeyState, NoticeQueue, Registrations,
    SigningKeys, StoredKey,
};
pub use outward::{Announcements, SignError, Signer, Topic, Upstream};

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is away, too slow or overloaded: trying later may help.
    #[error("store unavailable: {0}")]
    Unavailable(String),
    /// What it holds cannot be read: wrong key, wrong version, damage.
    #[error("stored record unreadable: {0}")]
    Corrupt(String),
    /// Something else of the same name is there.
    #[error("already there: {0}")]
    Conflict(String),
}
