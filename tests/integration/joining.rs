//! A portal that joins a session while it is being logged out.

use async_trait::async_trait;
use broker::jobs::Ending;
use broker_domain::audit::AuditKind;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{EventId, FamilyId, SessionId};
use broker_domain::outbox::{OutboxKind, Outgoing};
use broker_domain::ports::{
    Due, Expiring, FailedAttempt, Lane, Outbox, OutboxCounts, OutboxFilter, Queued, Stopped, StoreError,
    Write,
};
use broker_domain::session::Participant;
use serde_json::json;
use std::sync::{Arc, Mutex};
use support::for_both_stores;
use support::people::AN;
use support::receiver::Receiver;

/// An outbox during whose first write somebody joins a session.
struct Joining {
    outbox: Arc<dyn Outbox>,
    expiring: Arc<dyn Expiring>,
    join: Mutex<Option<Write>>,
}

#[async_trait]
impl Outbox for Joining {
    async fn push(&self, all: &[Outgoing], held_until: Option<Timestamp>) -> Result<(), StoreError> {
        let join = self.join.lock().unwrap().take();
        if let Some(join) = join {
            self.expiring.commit(vec![join]).await?;
        }
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

for_both_stores! {
    /// The same portal has the citizen come once more after its notice was written and before the session is gone: it is told again, for
    /// it may have begun a session of its own after the first notice.
    async fn who_joins_once_more_is_told_once_more(world: World) {
        let receiver = Receiver::start().await;
        let portal = world
            .register(json!({"backchannel_logout_uri": receiver.url, "backchannel_logout_session_required": true}))
            .await;
        let got = world.tokens(&world.browser(), &portal, AN).await;
        let sid = SessionId::new(got.claims()["sid"].as_str().unwrap());
        let broker = world.broker();
        let session = broker.stores.expiring.open(None, Some(&sid)).await.unwrap().session.unwrap();
        let family = FamilyId::generate(&*broker.entropy);
        let participant = Participant { family, ..session.participants[0].clone() };
        let now = world.now();
        let join = Write::Join { sid: sid.clone(), participant, subject: None, idle_until: session.idle_until, now };
        let mut stores = broker.stores.clone();
        stores.outbox = Arc::new(Joining {
            outbox: broker.stores.outbox.clone(),
            expiring: broker.stores.expiring.clone(),
            join: Mutex::new(Some(join)),
        });
        let ending = Ending { stores: &stores, ..Ending::of(broker) };
        ending.end(None, &sid, AuditKind::SignedOut).await.unwrap();
        ending.end(None, &sid, AuditKind::SignedOut).await.unwrap();
        let waiting = broker.stores.outbox.list(&OutboxFilter::default(), 9).await.unwrap();
        assert_eq!(waiting.len(), 2);
        assert_ne!(waiting[0].outgoing.id, waiting[1].outgoing.id, "no portal takes one for a replay of the other");
    }
}
