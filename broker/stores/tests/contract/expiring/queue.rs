//! Audit events on their way, and the lease of who takes them.

use crate::samples::{event, interaction};
use broker_domain::audit::AuditEvent;
use broker_domain::ports::{Expiring, Write, Written};
use broker_stores::testing::keys;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// Sentinel's and the Cluster's queues are shared by the tests: one at a time, beginning with nothing.
static ALONE: Mutex<()> = Mutex::const_new(());

async fn emptied(store: &dyn Expiring) -> MutexGuard<'static, ()> {
    let guard = ALONE.lock().await;
    while !store.lease("audit", "cleaner", 1).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    store.drop_events("cleaner", usize::MAX).await.unwrap();
    guard
}

fn audit(event: &AuditEvent) -> Write {
    Write::Audit(Box::new(event.clone()))
}

on_each_expiring! {
    async fn events_wait_in_order(bench) {
        let _alone = emptied(&*bench.store).await;
        let events: Vec<_> = (0..5).map(|n| event(bench.now().plus_secs(n))).collect();
        let mut writes: Vec<_> = events[..3].iter().map(audit).collect();
        writes.insert(1, Write::BeginInteraction(Box::new(interaction(bench.now()))));
        assert_eq!(bench.store.commit(writes).await.unwrap(), vec![Written::Done; 4]);
        bench.store.commit(events[3..].iter().map(audit).collect()).await.unwrap();
        assert_eq!(bench.store.pending_events(3).await.unwrap(), events[..3]);
        assert_eq!(bench.store.pending_events(100).await.unwrap(), events);
        assert!(bench.store.pending_events(0).await.unwrap().is_empty());
    }

    /// What cannot be read, for a later version wrote it or a key is missing, holds up nothing that stands before it, and stays.
    async fn what_does_not_read_waits(bench) {
        if bench.url == "memory:" {
            return;
        }
        let _alone = emptied(&*bench.store).await;
        let events: Vec<_> = (0..3).map(|n| event(bench.now().plus_secs(n))).collect();
        let both = ExpiringBench::with(&bench.url, &keys(&['b', 'a']), Duration::from_secs(5)).await;
        bench.store.commit(vec![audit(&events[0])]).await.unwrap();
        both.store.commit(vec![audit(&events[1])]).await.unwrap();
        bench.store.commit(vec![audit(&events[2])]).await.unwrap();
        assert_eq!(bench.store.pending_events(9).await.unwrap(), events[..1]);
        assert!(bench.store.lease("audit", "cleaner", 60).await.unwrap());
        assert!(bench.store.drop_events("cleaner", 1).await.unwrap());
        assert!(bench.store.pending_events(9).await.is_err());
        assert_eq!(both.store.pending_events(9).await.unwrap(), events[1..]);
        assert!(bench.store.drop_events("cleaner", 9).await.unwrap());
        bench.store.lease("audit", "cleaner", 0).await.ok();
    }

    async fn only_who_holds_the_lease_drops_events(bench) {
        let _alone = emptied(&*bench.store).await;
        let events: Vec<_> = (0..3).map(|n| event(bench.now().plus_secs(n))).collect();
        bench.store.commit(events.iter().map(audit).collect()).await.unwrap();
        assert!(!bench.store.drop_events("somebody", 2).await.unwrap());
        assert_eq!(bench.store.pending_events(9).await.unwrap().len(), 3);
        assert!(bench.store.lease("audit", "cleaner", 60).await.unwrap());
        assert!(bench.store.drop_events("cleaner", 2).await.unwrap());
        assert_eq!(bench.store.pending_events(9).await.unwrap(), events[2..]);
        assert!(bench.store.drop_events("cleaner", 9).await.unwrap());
        assert!(bench.store.pending_events(9).await.unwrap().is_empty());
        bench.store.lease("audit", "cleaner", 0).await.ok();
    }

    async fn a_lease_is_one_owner_s_until_it_ends(bench) {
        let name = interaction(bench.now()).id.to_string();
        assert!(bench.store.lease(&name, "a", 1).await.unwrap());
        assert!(bench.store.lease(&name, "a", 1).await.unwrap());
        assert!(!bench.store.lease(&name, "b", 1).await.unwrap());
        assert!(bench.store.lease(&format!("{name}-2"), "b", 1).await.unwrap());
        tokio::time::sleep(Duration::from_millis(1100)).await;
        bench.clock.advance(2);
        assert!(bench.store.lease(&name, "b", 1).await.unwrap());
        assert!(!bench.store.lease(&name, "a", 1).await.unwrap());
    }

    async fn the_store_answers(bench) {
        bench.store.ping().await.unwrap();
        assert!(bench.store.commit(Vec::new()).await.unwrap().is_empty());
    }
}
