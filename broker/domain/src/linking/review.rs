//! What people must decide: a case is settled when two of them say the same, each by themselves.
//!
//! ```text
//!            ┌── somebody says so ◄─────────────┐
//!            ▼                                  │ the other one says otherwise, or somebody changes their mind
//!  opened ► open ── another one says the same ──┴─► agreed ── carried out, or it cannot be ──► closed
//! ```

use crate::clock::Timestamp;
use std::fmt;

/// Why people must look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReviewReason {
    /// The account's number fits, and its name or its date of birth does not.
    Differs,
    /// The account's number fits, and contradicts the sex or the year of birth that stand beside it.
    Contradicts,
    /// The account is linked to another citizen.
    LinkedToAnother,
    /// There is no way to prove whose the account is.
    NoWayToProve,
    /// A known identity came with a number that is not the citizen's.
    NumberChanged,
    /// A new identity came with a citizen's number, and with another date of birth or sex.
    RecordDiffers,
    /// An operator, or the citizen, wants a link ended.
    UnlinkWanted,
    /// An operator wants an account given to another citizen.
    MoveWanted,
}

impl ReviewReason {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Differs,
        Self::Contradicts,
        Self::LinkedToAnother,
        Self::NoWayToProve,
        Self::NumberChanged,
        Self::RecordDiffers,
        Self::UnlinkWanted,
        Self::MoveWanted,
    ];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Differs => "differs",
            Self::Contradicts => "contradicts",
            Self::LinkedToAnother => "linked-to-another",
            Self::NoWayToProve => "no-way-to-prove",
            Self::NumberChanged => "number-changed",
            Self::RecordDiffers => "record-differs",
            Self::UnlinkWanted => "unlink-wanted",
            Self::MoveWanted => "move-wanted",
        }
    }

    /// From [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text)
    }

    /// What people can rule in such a case.
    pub const fn rulings(self) -> [Ruling; 2] {
        let granted = match self {
            Self::Differs | Self::Contradicts | Self::NoWayToProve => Ruling::Link,
            Self::LinkedToAnother | Self::MoveWanted => Ruling::Move,
            Self::NumberChanged | Self::RecordDiffers => Ruling::Accept,
            Self::UnlinkWanted => Ruling::Unlink,
        };
        [granted, Ruling::Reject]
    }
}

/// What somebody rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ruling {
    /// The account is linked to the citizen.
    Link,
    /// The account's link is ended, and it is linked to the citizen of the case.
    Move,
    /// The account's link is ended.
    Unlink,
    /// The number or the identity that came is the citizen's.
    Accept,
    /// Everything stays as it is.
    Reject,
}

impl Ruling {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Link, Self::Move, Self::Unlink, Self::Accept, Self::Reject];

    /// As stored, and as operators type it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Move => "move",
            Self::Unlink => "unlink",
            Self::Accept => "accept",
            Self::Reject => "reject",
        }
    }

    /// From [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text)
    }
}

/// Why somebody cannot be an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 64 characters of a-z, A-Z, 0-9, ., _, @ and -")]
pub struct BadOperator;

/// Who rules: by the name that they are known by, and by the account of the machine that vouches for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Operator {
    name: String,
    account: String,
}

impl Operator {
    /// Takes both, in small letters from now on.
    ///
    /// # Errors
    /// [`BadOperator`].
    pub fn new(name: &str, account: &str) -> Result<Self, BadOperator> {
        let one = |text: &str| {
            let fits = (1..=64).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._@-".contains(&b));
            fits.then(|| text.to_ascii_lowercase()).ok_or(BadOperator)
        };
        Ok(Self { name: one(name)?, account: one(account)? })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account of the machine.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Whether both may be one person: the same name, or the same account. Whoever types another name on their own account stays
    /// who they are.
    pub fn may_be(&self, other: &Self) -> bool {
        self.name == other.name || self.account == other.account
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.name, self.account)
    }
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operator({self})")
    }
}

/// What somebody said.
#[derive(Clone, PartialEq, Eq)]
pub struct Vote {
    /// Who.
    pub by: Operator,
    /// What.
    pub ruling: Ruling,
    /// Why, in their own words. Sealed at rest.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

impl fmt::Debug for Vote {
    /// Without the words, which may name people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vote({} by {})", self.ruling.as_str(), self.by)
    }
}

/// What came of what two people agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out.
    Done,
    /// It could not be: things are no longer as they were when the case was opened.
    Impossible,
}

impl Outcome {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Impossible => "impossible",
        }
    }

    /// From [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Done, Self::Impossible].into_iter().find(|o| o.as_str() == text)
    }
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has said anything.
    Open,
    /// Somebody has; another person must say the same.
    One(Ruling),
    /// Two people said different things.
    Differ,
    /// Two people said the same: it is to be carried out.
    Agreed(Ruling),
    /// It is over.
    Closed(Ruling, Outcome),
}

/// Why a case does not go on so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadStep {
    /// It is over.
    #[error("the case is closed")]
    Closed,
    /// Two people have agreed already; it is to be carried out.
    #[error("two people have agreed already")]
    Agreed,
    /// Nobody can rule that in such a case.
    #[error("this cannot be decided in a case of this kind")]
    NotInThisCase,
    /// They said the same before; it takes another person.
    #[error("the same person has said so already: it takes another one")]
    SaidBefore,
    /// No two people have agreed.
    #[error("no two people have agreed")]
    NotAgreed,
}

/// A case, as far as its course goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    reason: ReviewReason,
    votes: Vec<Vote>,
    closed: Option<(Ruling, Outcome)>,
}

impl Case {
    /// A new one.
    pub const fn new(reason: ReviewReason) -> Self {
        Self { reason, votes: Vec::new(), closed: None }
    }

    /// One as it was stored: what was said, oldest first, and how it ended.
    pub const fn stored(reason: ReviewReason, votes: Vec<Vote>, closed: Option<(Ruling, Outcome)>) -> Self {
        Self { reason, votes, closed }
    }

    /// Why it was opened.
    pub const fn reason(&self) -> ReviewReason {
        self.reason
    }

    /// Everything that was said, oldest first.
    pub fn votes(&self) -> &[Vote] {
        &self.votes
    }

    /// Where it stands. What somebody said last is what they say.
    pub fn standing(&self) -> Standing {
        if let Some((ruling, outcome)) = self.closed {
            return Standing::Closed(ruling, outcome);
        }
        let is_last = |(n, vote): &(usize, &Vote)| {
            !self.votes.iter().skip(n.saturating_add(1)).any(|later| later.by.may_be(&vote.by))
        };
        let valid: Vec<&Vote> = self.votes.iter().enumerate().filter(is_last).map(|(_, v)| v).collect();
        let agreed = valid.iter().enumerate().find_map(|(n, vote)| {
            valid.iter().skip(n.saturating_add(1)).any(|v| v.ruling == vote.ruling).then_some(vote.ruling)
        });
        match (agreed, valid.as_slice()) {
            (Some(ruling), _) => Standing::Agreed(ruling),
            (None, []) => Standing::Open,
            (None, [one]) => Standing::One(one.ruling),
            (None, _) => Standing::Differ,
        }
    }

    /// Somebody says something. Whoever said otherwise before has changed their mind.
    ///
    /// # Errors
    /// [`BadStep`]; the case is then as it was.
    pub fn vote(&mut self, vote: Vote) -> Result<Standing, BadStep> {
        match self.standing() {
            Standing::Closed(..) => return Err(BadStep::Closed),
            Standing::Agreed(_) => return Err(BadStep::Agreed),
            Standing::Open | Standing::One(_) | Standing::Differ => {}
        }
        if !self.reason.rulings().contains(&vote.ruling) {
            return Err(BadStep::NotInThisCase);
        }
        let last = self.votes.iter().rev().find(|v| v.by.may_be(&vote.by));
        if last.is_some_and(|v| v.ruling == vote.ruling) {
            return Err(BadStep::SaidBefore);
        }
        self.votes.push(vote);
        Ok(self.standing())
    }

    /// What two people agreed on was carried out, or could not be.
    ///
    /// # Errors
    /// [`BadStep`] when no two have agreed, or the case is over.
    pub fn close(&mut self, outcome: Outcome) -> Result<Ruling, BadStep> {
        match self.standing() {
            Standing::Agreed(ruling) => {
                self.closed = Some((ruling, outcome));
                Ok(ruling)
            }
            Standing::Closed(..) => Err(BadStep::Closed),
            Standing::Open | Standing::One(_) | Standing::Differ => Err(BadStep::NotAgreed),
        }
    }
}
