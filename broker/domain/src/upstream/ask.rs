//! What the broker wants of VNeID, and what binds the answer to the question.

use crate::clock::Timestamp;
use crate::level::Level;
use std::fmt;

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
#[derive(Clone)]
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

impl fmt::Debug for Binding {
    /// Without `state`, nonce and verifier, which are secrets of the attempt.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Binding")
            .field("started_at", &self.started_at)
            .field("fresh", &self.fresh)
            .finish_non_exhaustive()
    }
}
