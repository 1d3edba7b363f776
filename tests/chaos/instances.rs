//! Any request of a login may reach any instance, and any instance may die at any moment.

use crate::fleet::{Fleet, Stores};
use crate::login::{Login, Went};
use broker_domain::audit::AuditKind;
use support::people::{AN, BINH};

/// The events of one whole login, each of which must be there exactly once.
const EVENTS: [AuditKind; 5] = [
    AuditKind::SignedIn,
    AuditKind::CitizenRecorded,
    AuditKind::ConsentGiven,
    AuditKind::SingleSignOn,
    AuditKind::SignedOut,
];

async fn expect_trail(fleet: &Fleet) {
    let numbers = EVENTS.map(|kind| i64::from(kind.number()));
    let trail = fleet.trail(&numbers).await;
    for kind in EVENTS {
        let count = trail.iter().filter(|(k, _)| *k == i64::from(kind.number())).count();
        assert_eq!(count, 1, "{}: {trail:?}", kind.name());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_reaches_another_instance() {
    let fleet = Fleet::start(Stores::shared().await).await;
    let mut login = Login::new(&fleet, AN);
    let mut steps = Vec::new();
    while !login.is_done() {
        steps.push(login.step());
        assert_eq!(login.go().await, Went::On, "{steps:?}");
    }
    login.finish();
    eprintln!("{steps:?}");
    expect_trail(&fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_instance_that_answered_dies_after_every_request() {
    let fleet = Fleet::start(Stores::shared().await).await;
    let mut login = Login::new(&fleet, BINH);
    let mut steps = Vec::new();
    while !login.is_done() {
        steps.push(login.step());
        assert_eq!(login.go().await, Went::On, "{steps:?}");
        let answered = fleet.balancer.last();
        fleet.kill(answered);
        // The other one answers meanwhile; this one is there again when it is its turn.
        if !login.is_done() {
            steps.push(login.step());
            assert_eq!(login.go().await, Went::On, "{steps:?}");
        }
        fleet.launch(answered).await;
    }
    login.finish();
    expect_trail(&fleet).await;
}
