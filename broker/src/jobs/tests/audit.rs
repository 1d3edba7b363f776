use crate::app::testing::Bench;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::EventId;
use broker_domain::ports::Write;

async fn put(bench: &Bench, count: usize) {
    let broker = &bench.app.broker;
    for _ in 0..count {
        let id = EventId::generate(&*broker.entropy);
        let event = AuditEvent::new(id, broker.clock.now(), AuditKind::SignedIn);
        broker.stores.expiring.commit(vec![Write::Audit(Box::new(event))]).await.unwrap();
    }
}

async fn logged(bench: &Bench) -> usize {
    let entries = bench.app.broker.stores.audit.entries(0, 10_000).await.unwrap();
    let mut before = [0u8; 32];
    for entry in &entries {
        assert_eq!(entry.event.chain(&before), entry.hash);
        before = entry.hash;
    }
    entries.iter().filter(|e| e.event.kind == AuditKind::SignedIn).count()
}

#[tokio::test]
async fn events_reach_the_log_once_and_in_order() {
    let bench = Bench::new("").await;
    put(&bench, 450).await;
    assert_eq!(bench.app.jobs().drain_audit_fully().await.unwrap(), 450);
    assert_eq!(logged(&bench).await, 450);
    assert_eq!(bench.app.jobs().drain_audit().await.unwrap(), 0);
    assert!(bench.app.broker.stores.expiring.pending_events(1).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_instance_at_a_time_and_another_when_it_is_gone() {
    let bench = Bench::new("").await;
    let other = bench.another(99).await;
    put(&bench, 3).await;
    assert_eq!(bench.app.jobs().drain_audit().await.unwrap(), 3);
    put(&bench, 2).await;
    assert_eq!(other.jobs().drain_audit().await.unwrap(), 0);
    bench.clock.advance(11);
    assert_eq!(other.jobs().drain_audit().await.unwrap(), 2);
    assert_eq!(logged(&bench).await, 5);
}

#[tokio::test]
async fn the_end_of_the_program_loses_none() {
    let bench = Bench::new("").await;
    put(&bench, 7).await;
    let stores = bench.app.broker.stores.clone();
    let (_, _, jobs) = bench.app.start_jobs();
    jobs.stop().await.unwrap();
    assert!(stores.expiring.pending_events(1).await.unwrap().is_empty());
    let entries = stores.audit.entries(0, 100).await.unwrap();
    assert_eq!(entries.iter().filter(|e| e.event.kind == AuditKind::SignedIn).count(), 7);
}
