//! An outbox at whose calls something happens first: a fault, or somebody else's step in the middle of one.

use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::EventId;
use broker_domain::outbox::{OutboxKind, Outgoing};
use broker_domain::ports::{
    Due, FailedAttempt, Lane, Outbox, OutboxCounts, OutboxFilter, Queued, Stopped, StoreError,
};
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// What is asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To keep what goes out.
    Push,
    /// To note what came of a delivery.
    Note,
}

type First = dyn Fn(Asked) -> BoxFuture<'static, Result<(), StoreError>> + Send + Sync;

/// The outbox, with what happens first.
pub struct Watched {
    outbox: Arc<dyn Outbox>,
    first: Box<First>,
}

impl Watched {
    /// Over `outbox`: before each of the calls in [`Asked`] comes `first`, and where it fails the call does.
    pub fn new(
        outbox: Arc<dyn Outbox>,
        first: impl Fn(Asked) -> BoxFuture<'static, Result<(), StoreError>> + Send + Sync + 'static,
    ) -> Self {
        Self { outbox, first: Box::new(first) }
    }
}

#[async_trait]
impl Outbox for Watched {
    async fn push(&self, all: &[Outgoing], held_until: Option<Timestamp>) -> Result<(), StoreError> {
        (self.first)(Asked::Push).await?;
        self.outbox.push(all, held_until).await
    }

    async fn destinations(&self, kind: OutboxKind, now: Timestamp) -> Result<Vec<Due>, StoreError> {
        self.outbox.destinations(kind, now).await
    }

    async fn claim(
        &self,
        lane: &Lane,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Queued>, StoreError> {
        self.outbox.claim(lane, now, until, limit).await
    }

    async fn next(&self, lane: &Lane, now: Timestamp, limit: i64) -> Result<(Vec<Queued>, bool), StoreError> {
        self.outbox.next(lane, now, limit).await
    }

    async fn remove(
        &self,
        lane: &Lane,
        ids: &[EventId],
        claim: Option<Timestamp>,
    ) -> Result<u64, StoreError> {
        (self.first)(Asked::Note).await?;
        self.outbox.remove(lane, ids, claim).await
    }

    async fn failed(
        &self,
        lane: &Lane,
        id: &EventId,
        attempt: FailedAttempt<'_>,
        claim: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        (self.first)(Asked::Note).await?;
        self.outbox.failed(lane, id, attempt, claim, now).await
    }

    async fn release(&self, lane: &Lane, ids: &[EventId], claim: Timestamp) -> Result<(), StoreError> {
        self.outbox.release(lane, ids, claim).await
    }

    async fn stop(
        &self,
        lane: &Lane,
        id: &EventId,
        stopped: Stopped<'_>,
        claim: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        (self.first)(Asked::Note).await?;
        self.outbox.stop(lane, id, stopped, claim, now).await
    }

    async fn counts(&self, stuck_before: Timestamp) -> Result<Vec<(OutboxKind, OutboxCounts)>, StoreError> {
        self.outbox.counts(stuck_before).await
    }

    async fn list(&self, filter: &OutboxFilter, limit: i64) -> Result<Vec<Queued>, StoreError> {
        self.outbox.list(filter, limit).await
    }

    async fn retry(&self, filter: &OutboxFilter, now: Timestamp) -> Result<u64, StoreError> {
        self.outbox.retry(filter, now).await
    }

    async fn discard(&self, filter: &OutboxFilter) -> Result<u64, StoreError> {
        self.outbox.discard(filter).await
    }

    async fn adopt(&self, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
        self.outbox.adopt(now, limit).await
    }
}
