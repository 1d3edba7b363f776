//! What becomes of each citizen's subjects when sector FROM is taken over by sector INTO.
//!
//! | FROM's name of the citizen | in INTO | becomes |
//! |---|---|---|
//! | its subject | the citizen has none | INTO's subject of the citizen: the same text |
//! | its subject | the citizen has the same | nothing |
//! | its subject | the citizen has another | an alias in INTO; INTO's stays the subject |
//! | an alias | whatever | an alias in INTO, unless it is that already |
//! | any | it names another citizen | a conflict: nothing of this citizen is written, people decide |
//!
//! FROM itself keeps every subject that it gave, so nobody's subject changes at a client that stays in FROM; but it gives no new
//! one from then on: whoever has none there has INTO's. So both sectors agree on everybody who comes later.

use crate::clock::Timestamp;
use crate::ids::{CitizenId, SectorId};
use crate::subject::Subject;

/// A sector that was taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectorMerge {
    /// Which.
    pub from: SectorId,
    /// By which.
    pub into: SectorId,
    /// Since when.
    pub at: Timestamp,
}

/// Why a merge makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMerge {
    /// A sector cannot take itself over.
    #[error("a sector cannot take itself over")]
    Same,
    /// FROM went elsewhere.
    #[error("{0} was taken over by {1} already")]
    Elsewhere(SectorId, SectorId),
    /// INTO gives no subjects any more.
    #[error("{0} was itself taken over by {1}: merge into that one")]
    Gone(SectorId, SectorId),
}

/// Whether FROM can be taken over by INTO, given the merges before. The same merge again is fine: it goes on where it was.
pub fn check_merge(from: &SectorId, into: &SectorId, before: &[SectorMerge]) -> Result<(), BadMerge> {
    if from == into {
        return Err(BadMerge::Same);
    }
    let of = |sector: &SectorId| before.iter().find(|m| m.from == *sector).map(|m| m.into.clone());
    match (of(from), of(into)) {
        (_, Some(by)) => Err(BadMerge::Gone(into.clone(), by)),
        (Some(by), None) if by != *into => Err(BadMerge::Elsewhere(from.clone(), by)),
        _ => Ok(()),
    }
}

/// A citizen whom FROM knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeCase {
    /// Who.
    pub citizen: CitizenId,
    /// FROM's subject.
    pub subject: Subject,
    /// What FROM knew them by before.
    pub aliases: Vec<Subject>,
    /// INTO's subject.
    pub target: Option<Subject>,
    /// What INTO knew them by before.
    pub target_aliases: Vec<Subject>,
    /// Those of FROM's names that are another citizen's in INTO, as subject or alias.
    pub taken: Vec<Subject>,
}

/// What becomes of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeStep {
    /// Everything is as it must be.
    Nothing,
    /// To be stored in INTO, all or nothing.
    Write {
        /// Their subject there, when they have none yet.
        subject: Option<Subject>,
        /// Further names of theirs.
        aliases: Vec<Subject>,
    },
    /// These are another citizen's there. Nothing is written.
    Conflict(Vec<Subject>),
}

/// Decides for one citizen; the table is at the head of this file.
pub fn decide_merge(case: &MergeCase) -> MergeStep {
    if !case.taken.is_empty() {
        return MergeStep::Conflict(case.taken.clone());
    }
    let subject = case.target.is_none().then(|| case.subject.clone());
    let stays = case.target.as_ref().or(subject.as_ref());
    let mut aliases: Vec<Subject> = Vec::new();
    for name in std::iter::once(&case.subject).chain(&case.aliases) {
        if Some(name) != stays && !case.target_aliases.contains(name) && !aliases.contains(name) {
            aliases.push(name.clone());
        }
    }
    if subject.is_none() && aliases.is_empty() {
        return MergeStep::Nothing;
    }
    MergeStep::Write { subject, aliases }
}
