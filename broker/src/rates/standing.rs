//! Where somebody stands with a limit.

use broker_domain::rate::{Admission, WINDOW_MS};

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Requests of browsers and public clients, by address.
    Address,
    /// Requests of programs that proved nobody, by address.
    Unproven,
    /// Requests of a client that proved who it is.
    Client,
    /// Failed proofs in a client's name.
    Guess,
}

impl Kind {
    /// As metrics name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Unproven => "unproven",
            Self::Client => "client",
            Self::Guess => "guess",
        }
    }
}

/// Where somebody stands with a limit, for the headers of their answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What is limited.
    pub kind: Kind,
    /// The limit, for each window.
    pub most: u32,
    /// What is left of it.
    pub remaining: u32,
    /// Seconds until there is more.
    pub reset_secs: u32,
    /// Whether the request is one too many.
    pub exceeded: bool,
}

impl Standing {
    /// The length of a window, in seconds.
    pub const WINDOW_SECS: i64 = WINDOW_MS / 1000;

    pub(super) fn of(kind: Kind, most: u32, admission: Admission) -> Self {
        match admission {
            Admission::Allowed { remaining, reset_secs } => {
                Self { kind, most, remaining, reset_secs, exceeded: false }
            }
            Admission::Limited { retry_ms } => {
                let reset_secs = u32::try_from((retry_ms + 999) / 1000).unwrap_or(u32::MAX).max(1);
                Self { kind, most, remaining: 0, reset_secs, exceeded: true }
            }
        }
    }
}
