//! One login in flight.
//!
//! ```text
//!   begin ─► Choosing ──choose──► AtVneid ──returned──► Consenting ──agreed──► Finished
//!               ▲                    │  └──────────(no consent needed)────────────▲
//!               └──── back ──────────┘                 refused ───────────────────┘
//! ```
//! A finished or expired interaction is kept for a day: its page still knows the portal and can start again.

use super::request::AuthorizationRequest;
use crate::clock::Timestamp;
use crate::ids::{InteractionId, SessionId, UpstreamId};
use crate::secret::{Secret, SecretHash};
use serde::{Deserialize, Serialize};

/// How long a login may take, in seconds.
pub const LIFETIME_SECS: i64 = 30 * 60;

/// What was sent to VNeID, and what must come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Which upstream.
    pub upstream: UpstreamId,
    /// The keyed hash of `state`: what must come back.
    pub state: SecretHash,
    /// `state` itself: so that a second press of the same button leads to the same place.
    pub state_text: Secret,
    /// The nonce that the id_token must hold.
    pub nonce: Secret,
    /// The PKCE verifier.
    pub verifier: Secret,
    /// When the citizen was sent.
    pub started_at: Timestamp,
    /// Whether VNeID was told to authenticate again, so that an older `auth_time` is refused.
    pub fresh: bool,
}

/// How an interaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// A code went to the portal.
    Granted,
    /// An error went to the portal.
    Refused,
}

/// Where a login stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The tiles are shown.
    Choosing,
    /// The citizen is at VNeID.
    AtVneid(Attempt),
    /// VNeID's answer was taken and is being worked on, or failed: only a new choice leads on.
    Returned,
    /// The citizen is asked what may be shared. The session that was just opened stands behind it.
    Consenting(SessionId),
    /// Over.
    Finished(Outcome),
}

/// A step that cannot follow the one that an interaction stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this step cannot follow the one before")]
pub struct IllegalStep;

/// A login in flight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interaction {
    /// Its id: in the URL of its pages.
    pub id: InteractionId,
    /// Counts its changes: a change is written only over the version that it was made from.
    pub version: u32,
    /// The browser that began it, by the keyed hash of its cookie.
    pub browser: SecretHash,
    /// What the portal asked for.
    pub request: AuthorizationRequest,
    /// Where it stands.
    pub step: Step,
    /// When it began.
    pub created_at: Timestamp,
    /// Until when its steps work.
    pub expires_at: Timestamp,
}

impl Interaction {
    /// A new one.
    pub fn begin(
        id: InteractionId,
        browser: SecretHash,
        request: AuthorizationRequest,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            version: 0,
            browser,
            request,
            step: Step::Choosing,
            created_at: now,
            expires_at: now.plus_secs(LIFETIME_SECS),
        }
    }

    /// Whether its steps no longer work.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires_at || matches!(self.step, Step::Finished(_))
    }

    /// The citizen goes to VNeID. A choice made before is forgotten with all that it brought.
    pub fn choose_vneid(&mut self, attempt: Attempt) -> Result<(), IllegalStep> {
        match self.step {
            Step::Choosing | Step::AtVneid(_) | Step::Returned | Step::Consenting(_) => {
                self.to(Step::AtVneid(attempt))
            }
            Step::Finished(_) => Err(IllegalStep),
        }
    }

    /// Back to the tiles.
    pub fn back(&mut self) -> Result<(), IllegalStep> {
        match self.step {
            Step::Finished(_) => Err(IllegalStep),
            _ => self.to(Step::Choosing),
        }
    }

    /// VNeID's answer is taken: what was sent can never be answered again.
    pub fn returned(&mut self) -> Result<Attempt, IllegalStep> {
        match std::mem::replace(&mut self.step, Step::Returned) {
            Step::AtVneid(attempt) => {
                self.version = self.version.wrapping_add(1);
                Ok(attempt)
            }
            other => {
                self.step = other;
                Err(IllegalStep)
            }
        }
    }

    /// The citizen must be asked.
    pub fn ask_consent(&mut self, session: SessionId) -> Result<(), IllegalStep> {
        match self.step {
            Step::Finished(_) => Err(IllegalStep),
            _ => self.to(Step::Consenting(session)),
        }
    }

    /// The answer goes to the portal.
    pub fn finish(&mut self, outcome: Outcome) -> Result<(), IllegalStep> {
        match self.step {
            Step::Finished(_) => Err(IllegalStep),
            _ => self.to(Step::Finished(outcome)),
        }
    }

    fn to(&mut self, step: Step) -> Result<(), IllegalStep> {
        self.step = step;
        self.version = self.version.wrapping_add(1);
        Ok(())
    }
}
