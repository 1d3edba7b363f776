//! Events on their way to portals.

use super::error::StoreError;
use crate::clock::Timestamp;
use crate::event::OutgoingEvent;
use crate::ids::{ClientId, EventId};
use async_trait::async_trait;

/// An event that is not acknowledged yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingEvent {
    /// The event.
    pub outgoing: OutgoingEvent,
    /// How often its delivery failed.
    pub attempts: u32,
    /// Why it failed last, in our own words.
    pub error: Option<String>,
    /// Whether the client refused it for good: it is not sent again until an operator says so.
    pub is_refused: bool,
    /// When it is tried next, unless it was refused.
    pub due_at: Timestamp,
}

/// How many events are not acknowledged yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounts {
    /// Those that are still tried, stuck ones among them.
    pub waiting: u64,
    /// Of those, the ones that wait for too long.
    pub stuck: u64,
    /// Those that their clients refused for good.
    pub refused: u64,
}

/// Which events an operator looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Those of one client.
    pub client: Option<ClientId>,
    /// One of them.
    pub id: Option<EventId>,
    /// Those that happened before.
    pub before: Option<Timestamp>,
    /// Those that were refused for good.
    pub refused_only: bool,
}

/// Events on their way to portals. They are written in the transaction of what they tell of (see [`super::Accounts::link`] and its
/// like), one row for each client, and stay until the client acknowledges them: pushed by any instance, or fetched by the client.
#[async_trait]
pub trait EventQueue: Send + Sync {
    /// Adds events that no other write brings along, due at once. An id that is there already is passed over.
    async fn push(&self, events: &[OutgoingEvent]) -> Result<(), StoreError>;

    /// Which of `clients` have an event that is due.
    async fn due(&self, clients: &[ClientId], now: Timestamp) -> Result<Vec<ClientId>, StoreError>;

    /// Takes up to `limit` due events of one client, the oldest first, hidden from other instances until `lease_until`.
    async fn claim(
        &self,
        client: &ClientId,
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<WaitingEvent>, StoreError>;

    /// Up to `limit` events of one client, the oldest first, whether or not they were given before; and whether there are more. For
    /// who fetches: they are given again until they are acknowledged.
    async fn next(&self, client: &ClientId, limit: i64) -> Result<(Vec<WaitingEvent>, bool), StoreError>;

    /// The client has them: they are gone, also those that had been refused. Ids of others' events, and unknown ones, change
    /// nothing. Says how many there were.
    async fn acknowledged(&self, client: &ClientId, ids: &[EventId]) -> Result<u64, StoreError>;

    /// Delivery failed: due again at `retry_at`. `error` is one of our own words.
    async fn failed(
        &self,
        client: &ClientId,
        id: &EventId,
        retry_at: Timestamp,
        error: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// These could not be tried: due again at `until`.
    async fn postponed(&self, client: &ClientId, ids: &[EventId], until: Timestamp)
    -> Result<(), StoreError>;

    /// The client refused it for good: it waits for an operator. Says whether the event is there and was not refused before.
    async fn refused(
        &self,
        client: &ClientId,
        id: &EventId,
        error: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// How many there are; stuck are those that happened before `stuck_before`.
    async fn counts(&self, stuck_before: Timestamp) -> Result<EventCounts, StoreError>;

    /// The first `limit` that fit, the oldest first.
    async fn list(&self, filter: &EventFilter, limit: i64) -> Result<Vec<WaitingEvent>, StoreError>;

    /// Those that fit are due at once, also refused ones; says how many.
    async fn retry(&self, filter: &EventFilter, now: Timestamp) -> Result<u64, StoreError>;
}
