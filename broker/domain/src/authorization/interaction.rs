//! One login in flight.
//!
//! ```text
//!   begin ─► Choosing ──────────────vneid──────────────► AtVneid ─returned─► Returned
//!               │ ▲ account of before VNeID                 ▲                   │ signed in
//!               ▼ │ back                                    │                   ▼
//!           AtAccount ─► Updating ─► Noticed ───vneid───────┘   Proving ─► Telling ─► Consenting ─► Finished
//!                            └───────────┴─ put off ─► (session of the account) ────────▲
//! ```
//! Each of the four after the sign-in is left out when it is not needed. One that is over is kept for a while longer
//! ([`Interaction::kept_secs`]): its page still knows the portal and can start again.

use super::request::AuthorizationRequest;
use super::step::{AsWhom, Attempt, OpenedAccount, Outcome, Proving, Step, Told};
use crate::client::SignInMethod;
use crate::clock::Timestamp;
use crate::ids::{InteractionId, SessionId};
use crate::secret::SecretHash;
use serde::{Deserialize, Serialize};

/// How long a login may take, in seconds.
pub const LIFETIME_SECS: i64 = 30 * 60;

/// How long one is kept for which nobody has signed in anywhere yet, or that is finished, in seconds.
const KEPT_SECS: i64 = 2 * 3600;
/// And one that was broken off after that.
const KEPT_ON_THE_WAY_SECS: i64 = 24 * 3600;

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
    /// What the citizen is to be told, and was not told yet.
    pub told: Option<Told>,
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
            told: None,
            created_at: now,
            expires_at: now.plus_secs(LIFETIME_SECS),
        }
    }

    /// How long a store keeps it from now on, in seconds. Whoever can reach the broker can begin as many as they like, which is why
    /// one goes early for which nobody has signed in anywhere yet.
    pub const fn kept_secs(&self) -> i64 {
        match self.step {
            Step::Choosing | Step::AtVneid(_) | Step::AtAccount(_) | Step::Finished(_) => KEPT_SECS,
            _ => KEPT_ON_THE_WAY_SECS,
        }
    }

    /// Whether its steps no longer work.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires_at || matches!(self.step, Step::Finished(_))
    }

    /// The citizen goes to VNeID. A choice made before is forgotten with all that it brought.
    pub fn choose_vneid(&mut self, mut attempt: Attempt) -> Result<(), IllegalStep> {
        match self.step {
            Step::Finished(_) => Err(IllegalStep),
            _ => {
                attempt.account = None;
                self.to(Step::AtVneid(attempt))
            }
        }
    }

    /// The citizen goes from the notice to VNeID: the account that was signed in to goes along.
    pub fn link_with_vneid(&mut self, mut attempt: Attempt) -> Result<(), IllegalStep> {
        match &self.step {
            Step::Noticed(opened) => {
                attempt.account = Some(opened.clone());
                self.to(Step::AtVneid(attempt))
            }
            _ => Err(IllegalStep),
        }
    }

    /// VNeID is asked again for the same purpose, for its answer was older than the portal allows.
    pub fn ask_vneid_again(&mut self, mut attempt: Attempt, before: &Attempt) -> Result<(), IllegalStep> {
        match self.step {
            Step::Returned => {
                attempt.account.clone_from(&before.account);
                self.to(Step::AtVneid(attempt))
            }
            _ => Err(IllegalStep),
        }
    }

    /// The citizen chooses an account of before VNeID: its form is shown.
    pub fn choose_account(&mut self, method: SignInMethod) -> Result<(), IllegalStep> {
        match self.step {
            Step::Finished(_) => Err(IllegalStep),
            _ => self.to(Step::AtAccount(method)),
        }
    }

    /// Its password was right. `has_number`: whether its personal number is verified.
    pub fn opened(&mut self, account: OpenedAccount, has_number: bool) -> Result<(), IllegalStep> {
        match self.step {
            Step::AtAccount(method) if method == account.method => {
                self.to(if has_number { Step::Noticed(account) } else { Step::Updating(account) })
            }
            _ => Err(IllegalStep),
        }
    }

    /// Its number was confirmed, or the citizen puts that off: the notice is shown.
    pub fn notice(&mut self) -> Result<(), IllegalStep> {
        match &self.step {
            Step::Updating(account) => {
                let account = account.clone();
                self.to(Step::Noticed(account))
            }
            _ => Err(IllegalStep),
        }
    }

    /// Accounts wait for the citizen who is signed in: right after VNeID's answer, or at the begin of a login by a living session.
    pub fn ask_proof(&mut self, proving: Proving) -> Result<(), IllegalStep> {
        match self.step {
            Step::Choosing | Step::AtVneid(_) | Step::Returned => self.to(Step::Proving(Box::new(proving))),
            _ => Err(IllegalStep),
        }
    }

    /// The proof goes on: a choice, a code that was sent, a wrong guess, an account less.
    pub fn prove(&mut self, proving: Proving) -> Result<(), IllegalStep> {
        match &self.step {
            Step::Proving(before) if before.session == proving.session => {
                self.to(Step::Proving(Box::new(proving)))
            }
            _ => Err(IllegalStep),
        }
    }

    /// The citizen is shown what they are to be told before they go on.
    pub fn tell(&mut self, session: SessionId) -> Result<(), IllegalStep> {
        match (&self.step, &self.told) {
            (Step::Returned | Step::Proving(_), Some(_)) => self.to(Step::Telling(session)),
            _ => Err(IllegalStep),
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

    /// Whoever came back must say as whom they come.
    pub fn ask_whom(&mut self, whom: AsWhom) -> Result<(), IllegalStep> {
        match self.step {
            Step::Returned => self.to(Step::AsWhom(Box::new(whom))),
            _ => Err(IllegalStep),
        }
    }

    /// They said it: what was proven is taken, and can never be taken again.
    pub fn take_whom(&mut self) -> Result<AsWhom, IllegalStep> {
        match std::mem::replace(&mut self.step, Step::Returned) {
            Step::AsWhom(whom) => {
                self.version = self.version.wrapping_add(1);
                Ok(*whom)
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
