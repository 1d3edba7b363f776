//! Where a login stands.

use crate::client::SignInMethod;
use crate::clock::Timestamp;
use crate::ids::{AccountId, Namespace, SessionId, UpstreamId};
use crate::proof::{Claimable, Proof, Unproven};
use crate::secret::{Secret, SecretHash};
use crate::upstream::Arrival;
use serde::{Deserialize, Serialize};

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
    /// The account of before VNeID that the citizen signed in to first, to be linked with whoever comes back.
    pub account: Option<OpenedAccount>,
}

/// An account of before VNeID that was signed in to in this login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedAccount {
    /// The account.
    pub account: AccountId,
    /// The portal that had created it.
    pub namespace: Namespace,
    /// The tile that led to it.
    pub method: SignInMethod,
    /// Whether it still opens a session by itself, so that the citizen may put VNeID off.
    pub opens_session: bool,
    /// When it was signed in to.
    pub opened_at: Timestamp,
}

/// A code on its way to a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCode {
    /// Its keyed hash.
    pub code: SecretHash,
    /// When it dies.
    pub expires_at: Timestamp,
    /// How many wrong guesses are left.
    pub left: u8,
}

/// Accounts of before VNeID that wait for their citizen, who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proving {
    /// The session that was opened, or found.
    pub session: SessionId,
    /// The portal that had created the accounts.
    pub namespace: Namespace,
    /// Those that are not linked yet.
    pub accounts: Vec<Claimable>,
    /// The one that the citizen chose, or the only one.
    pub chosen: Option<AccountId>,
    /// The code that was sent to its phone.
    pub code: Option<SentCode>,
    /// Whether one was linked in this login.
    pub linked: bool,
}

impl Proving {
    /// The proof of what waits, for who is signed in. Where one account alone waits there is nothing to choose; but one that needs no
    /// proof still needs a word of the citizen.
    pub fn of(session: SessionId, waiting: &Unproven) -> Self {
        let chosen = match waiting.accounts.as_slice() {
            [one] if !one.ways.is_empty() => Some(one.account.clone()),
            _ => None,
        };
        Self {
            session,
            namespace: waiting.namespace.clone(),
            accounts: waiting.accounts.clone(),
            chosen,
            code: None,
            linked: false,
        }
    }

    /// The account that is to be proven now, when it is known which.
    pub fn current(&self) -> Option<&Claimable> {
        let chosen = self.chosen.as_ref()?;
        self.accounts.iter().find(|a| a.account == *chosen)
    }

    /// Chooses an account; `false` when it is none of those that wait.
    pub fn choose(&mut self, account: &AccountId) -> bool {
        let known = self.accounts.iter().any(|a| a.account == *account);
        if known {
            self.chosen = Some(account.clone());
            self.code = None;
        }
        known
    }

    /// One of them is linked: it waits no longer.
    pub fn done(&mut self, account: &AccountId) {
        self.gone(account);
        self.linked = true;
    }

    /// One of them is not to be linked: it waits no longer.
    pub fn gone(&mut self, account: &AccountId) {
        self.accounts.retain(|a| a.account != *account);
        self.code = None;
    }

    /// One of them needs one of these proofs by now.
    pub fn needs(&mut self, account: &AccountId, ways: &[Proof]) {
        for waiting in self.accounts.iter_mut().filter(|a| a.account == *account) {
            waiting.ways = ways.to_vec();
        }
        self.code = None;
    }

    /// The next one that can be linked without a proof and without a further word: any, once there is a primary one; before that only one
    /// that waits alone, for else the citizen chooses.
    pub fn next_without_proof(&self) -> Option<&AccountId> {
        let mut free = self.accounts.iter().filter(|a| a.ways.is_empty());
        let next = free.next()?;
        (self.linked || self.accounts.len() == 1).then_some(&next.account)
    }

    /// Goes on with what still waits: with the one that was chosen if it does, else one after the other once there is a primary one, else
    /// with a choice.
    pub fn go_on(&mut self) {
        if self.current().is_none() {
            self.chosen = match self.accounts.as_slice() {
                [one] => Some(one.account.clone()),
                [first, ..] if self.linked => Some(first.account.clone()),
                _ => None,
            };
        }
    }
}

/// Why an account that was found is not linked, as far as its finder may know. Further ones stand at the end: records name them by their
/// places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoLink {
    /// Its number fits, and something else does not: what kind of thing.
    Differs {
        /// The name does not.
        name: bool,
        /// The date of birth does not.
        birth_date: bool,
    },
    /// It is linked to somebody else already.
    LinkedToAnother,
    /// There is no way to prove it.
    NoWayToProve,
    /// It was closed.
    Closed,
    /// It is locked.
    Locked,
    /// Its owner is marked as deceased.
    Deceased,
    /// People must look at it, for a reason that is nobody's business.
    Unclear,
    /// Its data are others by now than when it was found, and no longer fit.
    Changed,
}

/// What a citizen is told before they go on to their portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// Accounts of theirs were linked by what they did.
    Linked,
    /// An account was found, and is not linked.
    NotLinked {
        /// The portal that had created it.
        namespace: Namespace,
        /// Why.
        why: NoLink,
    },
}

/// Somebody whom VNeID proved, and who has yet to say as whom they come. Nobody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsWhom {
    /// The way that was taken.
    pub attempt: Attempt,
    /// The person, with the organizations that they may act for.
    pub arrival: Arrival,
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
    /// User name and password of an account of before VNeID are asked for.
    AtAccount(SignInMethod),
    /// It was signed in to, and its personal number is to be confirmed by the population database.
    Updating(OpenedAccount),
    /// It was signed in to, and the citizen is told to go on with VNeID.
    Noticed(OpenedAccount),
    /// The citizen is signed in, and accounts wait for a choice or a proof.
    Proving(Box<Proving>),
    /// The citizen is told something before they go on.
    Telling(SessionId),
    /// VNeID proved a person who may act for organizations too: as whom do they come?
    AsWhom(Box<AsWhom>),
}

impl Step {
    /// The session that stands behind this step.
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Consenting(sid) | Self::Telling(sid) => Some(sid),
            Self::Proving(proving) => Some(&proving.session),
            _ => None,
        }
    }
}
