//! The way to VNeID as the domain sees it: what goes out, what comes back, what can fail.

mod failure;

pub use failure::UpstreamFailure;

use crate::clock::Timestamp;
use crate::ids::UpstreamId;
use crate::level::Level;
use crate::person::Profile;
use serde::{Deserialize, Serialize};

/// What the broker wants of VNeID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The level that the portal wants at least.
    pub level: Option<Level>,
    /// Whether the citizen must authenticate again.
    pub fresh: bool,
    /// The languages of VNeID's pages.
    pub ui_locales: Vec<String>,
    /// Whom the portal believes to be there.
    pub login_hint: Option<String>,
}

/// What binds VNeID's answer to what was sent.
#[derive(Clone, Debug)]
pub struct Binding {
    /// `state`, as sent.
    pub state: String,
    /// The nonce, as sent.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// When the citizen was sent.
    pub started_at: Timestamp,
    /// Whether an authentication before that moment is refused.
    pub fresh: bool,
}

/// A citizen as VNeID proves one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Which upstream.
    pub upstream: UpstreamId,
    /// Its issuer.
    pub issuer: String,
    /// The subject there. The sealed dialect gives none: the number (or tax code and who acts) plays that part.
    pub subject: String,
    /// The session there, when one is named.
    pub sid: Option<String>,
    /// Who it is.
    pub profile: Profile,
    /// How strongly they were authenticated.
    pub level: Level,
    /// When.
    pub auth_time: Timestamp,
}

/// Whether an upstream takes calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Health {
    /// As usual.
    Closed,
    /// Too many failures: calls are refused at once for a while.
    Open,
    /// One call is let through to see.
    HalfOpen,
}
