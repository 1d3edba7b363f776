//! The review queue: cases that people decide.

use super::error::StoreError;
use crate::clock::Timestamp;
use crate::ids::{AccountId, CitizenId, InteractionId, ReviewId};
use crate::linking::{BadStep, Case, Dossier, NewReview, Outcome, Ruling, Standing, Vote};
use async_trait::async_trait;

/// What came of opening a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenedReview {
    /// It is open now.
    Now(ReviewId),
    /// One of the same reason, citizen and account is open already.
    Before(ReviewId),
    /// Two people rejected it before, and nothing has changed since.
    Rejected(ReviewId),
}

impl OpenedReview {
    /// The case.
    pub const fn id(&self) -> &ReviewId {
        match self {
            Self::Now(id) | Self::Before(id) | Self::Rejected(id) => id,
        }
    }
}

/// A case as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Whom it is about.
    pub citizen: CitizenId,
    /// Which account.
    pub account: Option<AccountId>,
    /// In which login it came up.
    pub interaction: Option<InteractionId>,
    /// Since when.
    pub opened_at: Timestamp,
    /// Its course.
    pub case: Case,
    /// What people look at.
    pub dossier: Dossier,
}

/// What came of somebody's word, or of closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepped<T> {
    /// It counts.
    Yes(T),
    /// It does not.
    No(BadStep),
    /// There is no such case.
    Unknown,
}

/// The review queue.
#[async_trait]
pub trait Reviews: Send + Sync {
    /// Opens a case, unless one of the same reason, citizen and account is open, or was rejected with the same evidence: exactly one
    /// however many ask at once.
    async fn open(&self, review: &NewReview) -> Result<OpenedReview, StoreError>;

    /// One case.
    async fn review(&self, id: &ReviewId) -> Result<Option<Review>, StoreError>;

    /// Up to `limit` cases, the oldest first: those that are not closed, or all.
    async fn reviews(&self, closed_too: bool, limit: i64) -> Result<Vec<Review>, StoreError>;

    /// Somebody says something. Of several at once each is weighed after the other.
    async fn vote(&self, id: &ReviewId, vote: &Vote) -> Result<Stepped<Standing>, StoreError>;

    /// What two people agreed on was carried out, or could not be: exactly one call closes the case.
    async fn close(
        &self,
        id: &ReviewId,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<Stepped<Ruling>, StoreError>;
}
