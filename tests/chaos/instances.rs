//! Any request of a login may reach any instance, and any instance may die at any moment.

use crate::fleet::{Fleet, Stores, is_long};
use crate::login::{Login, Went};
use broker_domain::audit::AuditKind;
use rstest::rstest;
use std::collections::HashMap;
use std::time::Duration;
use support::people::{AN, BINH, CUONG};

/// The events of one whole login, each of which must be there exactly once.
const EVENTS: [AuditKind; 5] = [
    AuditKind::SignedIn,
    AuditKind::CitizenRecorded,
    AuditKind::ConsentGiven,
    AuditKind::SingleSignOn,
    AuditKind::SignedOut,
];

pub(crate) async fn expect_trail(fleet: &Fleet) {
    let numbers = EVENTS.map(|kind| i64::from(kind.number()));
    let trail = fleet.trail(&numbers).await;
    for kind in EVENTS {
        let count = trail.iter().filter(|(k, _)| *k == i64::from(kind.number())).count();
        assert_eq!(count, 1, "{}: {trail:?}", kind.name());
    }
}

/// Where steps were made good there may be more sign-ins than one; never more or fewer citizens.
pub(crate) async fn expect_once_recorded(fleet: &Fleet) {
    let numbers = EVENTS.map(|kind| i64::from(kind.number()));
    let trail = fleet.trail(&numbers).await;
    let count = |kind: AuditKind| trail.iter().filter(|(k, _)| *k == i64::from(kind.number())).count();
    assert_eq!(count(AuditKind::CitizenRecorded), 1, "{trail:?}");
    assert!(count(AuditKind::SignedIn) >= 1 && count(AuditKind::ConsentGiven) >= 1, "{trail:?}");
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
    expect_trail(&fleet).await;
}

/// After every step, one after the other: of two logins one loses the first instance after each odd step, the other the second one
/// after each even step.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_instance_that_answered_dies_after_every_request(#[values(false, true)] is_even: bool) {
    let fleet = Fleet::start(Stores::shared().await).await;
    let mut login = Login::new(&fleet, BINH);
    let (mut steps, mut killed) = (Vec::new(), Vec::new());
    let mut is_to_die = !is_even;
    let mut dead = None;
    while !login.is_done() {
        steps.push(login.step());
        assert_eq!(login.go().await, Went::On, "{steps:?}");
        // The other one has answered meanwhile; this one is there again when it is its turn.
        if let Some(dead) = dead.take() {
            fleet.launch(dead).await;
        }
        if is_to_die {
            let answered = fleet.balancer.last();
            fleet.kill(answered);
            killed.push(answered);
            dead = Some(answered);
        }
        is_to_die = !is_to_die;
    }
    assert!(
        killed.len() >= steps.len() / 2 && killed.iter().all(|k| *k == usize::from(is_even)),
        "{killed:?}"
    );
    login.finish();
    expect_trail(&fleet).await;
}

/// How often an instance is killed in one step of a login.
const MOST_KILLS: u32 = 2;

/// Killed in the middle of a request, at one moment or another of it: at most that step has to be made good.
#[rstest]
#[case(&[2, 9])]
#[case(&[4, 14])]
#[case(&[1, 3, 5, 7, 11, 17, 25, 40])]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_within_every_request(#[case] delays: &[u64]) {
    if delays.len() > 2 && !is_long() {
        return;
    }
    let fleet = Fleet::start(Stores::shared().await).await;
    let (mut who, mut broken) = (Vec::new(), 0);
    for delay in delays {
        let mut login = Login::new(&fleet, CUONG);
        // A moment may be the one after which a step has to be made good, each time anew.
        let mut killed: HashMap<String, u32> = HashMap::new();
        while !login.is_done() {
            let next = fleet.balancer.next();
            let (step, before) = (login.step(), login.again().len());
            let times = killed.entry(step.clone()).or_default();
            if *times == MOST_KILLS {
                login.go_on().await;
                continue;
            }
            *times += 1;
            let went = login.go_while(Duration::from_millis(*delay), || fleet.kill(next)).await;
            assert!(matches!(went, Went::On | Went::Broken), "{step}: {went:?}");
            broken += u32::from(went == Went::Broken);
            if went == Went::Broken && !login.is_done() {
                login.go_on().await;
            }
            fleet.launch(next).await;
            assert!(login.again().len() <= before + 1);
        }
        who.push(login.who());
    }
    assert!(who.windows(2).all(|two| two[0] == two[1]), "{who:?}");
    assert!(broken > 0, "no request was in hand when its instance was killed");
    expect_once_recorded(&fleet).await;
}
