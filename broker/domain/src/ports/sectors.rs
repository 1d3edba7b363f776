//! Sectors that take over others.

use super::error::StoreError;
use crate::clock::Timestamp;
use crate::event::Listener;
use crate::ids::{CitizenId, SectorId};
use crate::sector::{MergeCase, SectorMerge};
use crate::subject::Subject;
use async_trait::async_trait;

/// A part of a merge: the citizens of FROM, by id, page by page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergePart {
    /// The sector that is taken over.
    pub from: SectorId,
    /// By which.
    pub into: SectorId,
    /// Citizens after this one.
    pub after: Option<CitizenId>,
    /// So many at the most.
    pub limit: i64,
}

/// What one part of a merge came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergedPart {
    /// The last citizen looked at; `None` when there was none any more.
    pub last: Option<CitizenId>,
    /// Citizens who got FROM's subject in INTO.
    pub adopted: u64,
    /// Names that became aliases in INTO.
    pub aliases: u64,
    /// Citizens for whom nothing was to be done.
    pub unchanged: u64,
    /// Citizens who were left as they are, with the names that are another's.
    pub conflicts: Vec<(CitizenId, Vec<Subject>)>,
}

/// Sectors that take over others.
#[async_trait]
pub trait Sectors: Send + Sync {
    /// All merges so far.
    async fn merges(&self) -> Result<Vec<SectorMerge>, StoreError>;

    /// Closes FROM: from now on it gives no subject of its own, but keeps those that it gave; whoever has none there has INTO's.
    /// Sectors that FROM had taken over follow it. The same a second time changes nothing; `Conflict` when the merges before do not
    /// allow it.
    async fn begin_merge(&self, from: &SectorId, into: &SectorId, now: Timestamp) -> Result<(), StoreError>;

    /// Reads a part, for a plan.
    async fn merge_cases(&self, part: &MergePart) -> Result<Vec<MergeCase>, StoreError>;

    /// Carries out a part in one transaction: reads it, decides by [`crate::sector::decide_merge`], writes, and puts the events
    /// (`SubjectAlias` for each new alias) into the queue for those of `tell` that are of INTO.
    async fn merge(
        &self,
        part: &MergePart,
        tell: &[Listener],
        now: Timestamp,
    ) -> Result<MergedPart, StoreError>;

    /// How many citizens have one subject in one sector and another in the other: whether a client can change over without anybody's
    /// subject changing.
    async fn differing(&self, one: &SectorId, other: &SectorId) -> Result<u64, StoreError>;
}
