//! What goes out, until it is delivered.

use super::error::StoreError;
use crate::clock::Timestamp;
use crate::ids::{Destination, EventId};
#[cfg(doc)]
use crate::outbox::Content;
use crate::outbox::{OutboxKind, Outgoing};
use async_trait::async_trait;

/// After so many attempts that were answered, and not with an acknowledgement, what cannot be delivered no longer holds up what comes
/// after it, also where order counts. A destination that says nothing at all has taken nothing yet: there everything waits.
pub const STEPPED_OVER: u32 = 8;

/// One destination of one kind: what is in a lane is held up by nothing of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// What goes there.
    pub kind: OutboxKind,
    /// Where.
    pub destination: Destination,
}

/// A destination for which something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Where it goes.
    pub destination: Destination,
    /// When an operator last made something due anew that still waits there: whoever leaves the destination alone looks again.
    pub retried_at: Option<Timestamp>,
}

/// An attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedAttempt<'a> {
    /// When it is tried next.
    pub retry_at: Timestamp,
    /// Why it failed: one of our own words.
    pub why: &'a str,
    /// Whether the destination answered at all ([`STEPPED_OVER`]).
    pub is_answered: bool,
}

/// That something is not tried any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped<'a> {
    /// Where it stands now.
    pub state: OutboxState,
    /// Why: one of our own words.
    pub why: &'a str,
}

/// Where something stands that is not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutboxState {
    /// It is tried further.
    Waiting,
    /// The destination refused it for good: it waits for an operator.
    Refused,
    /// It was tried often enough.
    GivenUp,
}

impl OutboxState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Refused, Self::GivenUp];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Refused => "refused",
            Self::GivenUp => "given-up",
        }
    }

    /// From [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// One thing that is not delivered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// What.
    pub outgoing: Outgoing,
    /// Where it stands.
    pub state: OutboxState,
    /// How often its delivery failed, since an operator last made it due.
    pub attempts: u32,
    /// Why it failed last, in our own words.
    pub error: Option<String>,
    /// When it is tried next, while it waits.
    pub due_at: Timestamp,
}

/// How much of one kind is not delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// What is still tried, stuck ones among them.
    pub waiting: u64,
    /// Of those, the ones that wait for too long.
    pub stuck: u64,
    /// What was refused for good.
    pub refused: u64,
    /// What was given up.
    pub given_up: u64,
    /// When the oldest that is still tried happened.
    pub oldest: Option<Timestamp>,
}

/// What an operator looks at: what fits all that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    /// Of one kind.
    pub kind: Option<OutboxKind>,
    /// To one destination.
    pub destination: Option<Destination>,
    /// One of them.
    pub id: Option<EventId>,
    /// What happened before.
    pub before: Option<Timestamp>,
    /// In one state.
    pub state: Option<OutboxState>,
}

/// What goes out: written once, before it is sent and in the transaction of its cause where that is in the same store (see
/// [`super::Accounts::link`] and its like), delivered by any instance. What is delivered is gone.
///
/// A claim hides what it takes from everybody until `held_until`: whoever took it and died loses nothing. That moment is also its name:
/// whoever says under which `claim` they change something changes nothing that another has claimed since. Where order counts
/// ([`OutboxKind::is_in_order`]) one claim of a lane is alive at a time, and nothing is taken before what happened earlier, unless that
/// was answered [`STEPPED_OVER`] times.
///
/// A row that does not read holds up nothing for long. For an hour it waits for an instance that can read it, of a later version or with
/// another key; after that (it is damaged, or its key is gone) whoever comes upon it puts it aside as given up, where operators see it
/// ([`Content::Unreadable`]).
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Adds what no other write brings along, due at once. With `held_until` whoever adds it has claimed it, too. An id that is there
    /// already is passed over.
    async fn push(&self, all: &[Outgoing], held_until: Option<Timestamp>) -> Result<(), StoreError>;

    /// The destinations of a kind for which something is due that nobody has claimed.
    async fn destinations(&self, kind: OutboxKind, now: Timestamp) -> Result<Vec<Due>, StoreError>;

    /// Takes up to `limit` of what is due in a lane, the oldest first.
    async fn claim(
        &self,
        lane: &Lane,
        now: Timestamp,
        held_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Queued>, StoreError>;

    /// Up to `limit` of what waits in a lane, the oldest first, whether or not it was given before; and whether there is more. For who
    /// fetches: it is given again until it is acknowledged.
    async fn next(&self, lane: &Lane, now: Timestamp, limit: i64) -> Result<(Vec<Queued>, bool), StoreError>;

    /// These are gone, in whatever state they were: they were delivered, or nobody wants them any more. Ids of another lane and unknown
    /// ones change nothing. Says how many there were.
    async fn remove(&self, lane: &Lane, ids: &[EventId], claim: Option<Timestamp>)
    -> Result<u64, StoreError>;

    /// Delivery failed: due again later. Says whether it was waiting.
    async fn failed(
        &self,
        lane: &Lane,
        id: &EventId,
        attempt: FailedAttempt<'_>,
        claim: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// These were claimed and not tried: they are anybody's again.
    async fn release(&self, lane: &Lane, ids: &[EventId], claim: Timestamp) -> Result<(), StoreError>;

    /// It is not tried any more until an operator says so. Says whether it was waiting.
    async fn stop(
        &self,
        lane: &Lane,
        id: &EventId,
        stopped: Stopped<'_>,
        claim: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// How much there is of each kind; stuck is what happened before `stuck_before`.
    async fn counts(&self, stuck_before: Timestamp) -> Result<Vec<(OutboxKind, OutboxCounts)>, StoreError>;

    /// The first `limit` that fit, the oldest first.
    async fn list(&self, filter: &OutboxFilter, limit: i64) -> Result<Vec<Queued>, StoreError>;

    /// What fits is due at once, in whatever state it was, as if it had never been tried; says how much. What somebody has claimed at
    /// `now` is left to them.
    async fn retry(&self, filter: &OutboxFilter, now: Timestamp) -> Result<u64, StoreError>;

    /// What fits is gone, undelivered; says how much.
    async fn discard(&self, filter: &OutboxFilter) -> Result<u64, StoreError>;

    /// Takes over up to `limit` of what the program of before has written into tables of its own, and says how much that was. What an
    /// instance of before may be delivering at this moment is left until its claim is over.
    async fn adopt(&self, now: Timestamp, limit: i64) -> Result<u64, StoreError>;
}
