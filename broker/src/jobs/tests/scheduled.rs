use crate::app::testing::Bench;
use crate::jobs::Scheduled;
use broker_domain::audit::AuditKind;
use broker_domain::client::SigningAlg;
use broker_domain::ports::{KeyState, Signer};
use serde_json::Map;

#[tokio::test]
async fn of_several_instances_one_runs_each_job() {
    let bench = Bench::new("").await;
    let (second, third) = (bench.another(5).await, bench.another(6).await);
    let (a, b, c) = tokio::join!(
        bench.app.jobs().run_scheduled(),
        second.jobs().run_scheduled(),
        third.jobs().run_scheduled()
    );
    let done = [a.unwrap(), b.unwrap(), c.unwrap()].concat();
    for job in Scheduled::ALL {
        assert_eq!(done.iter().filter(|d| **d == job).count(), 1, "{job:?}");
    }
    for instance in [&bench.app, &second, &third] {
        assert_eq!(instance.jobs().run_scheduled().await.unwrap(), [], "nothing is due");
        let numbers = instance.metrics.render();
        assert!(numbers.contains("broker_job_last_success_seconds{name=\"keys\"} 1800000000"), "{numbers}");
    }
    bench.clock.advance(30);
    assert_eq!(second.jobs().run_scheduled().await.unwrap(), [Scheduled::Keys]);
    bench.clock.advance(3600);
    assert_eq!(third.jobs().run_scheduled().await.unwrap(), Scheduled::ALL);
}

#[tokio::test]
async fn another_takes_over_when_the_holder_dies() {
    let bench = Bench::new("").await;
    let other = bench.another(5).await;
    // An instance that is killed in the middle of its run: its lease stands, and no success.
    assert!(bench.app.broker.stores.expiring.lease("job-keys", "killed", 20).await.unwrap());
    assert_eq!(other.jobs().run_scheduled().await.unwrap(), [Scheduled::CleanUp]);
    bench.clock.advance(19);
    assert_eq!(other.jobs().run_scheduled().await.unwrap(), []);
    bench.clock.advance(1);
    assert_eq!(other.jobs().run_scheduled().await.unwrap(), [Scheduled::Keys]);
}

#[tokio::test]
async fn keys_take_their_course_by_themselves() {
    let bench = Bench::new("[keys]\nrotate_every_days = 2\npublish_ahead_secs = 3600\n").await;
    let (broker, jobs) = (&bench.app.broker, bench.app.jobs());
    let sign = || {
        let token = broker.keyring.sign(SigningAlg::ES256, None, &Map::new()).unwrap();
        broker_jose::peek_header(&token).unwrap().kid.unwrap()
    };
    let states = async || {
        let keys = broker.stores.keys.keys().await.unwrap();
        [KeyState::Next, KeyState::Current, KeyState::Retiring]
            .map(|state| keys.iter().filter(|k| k.state == state).count())
    };
    let tend = async |secs: i64| {
        bench.clock.advance(secs);
        jobs.tend_keys().await.unwrap();
        jobs.reload_if_changed().await.unwrap();
    };
    let first = sign();
    tend(2 * 86_400 - 3601).await;
    assert_eq!(states().await, [0, 3, 0]);
    tend(1).await;
    assert_eq!((states().await, sign() == first), ([3, 3, 0], true), "published ahead");
    tend(3599).await;
    assert_eq!(states().await, [3, 3, 0]);
    tend(1).await;
    assert_eq!((states().await, sign() == first), ([0, 3, 3], false));
    tend(86_399).await;
    assert_eq!(states().await, [0, 3, 3]);
    tend(1).await;
    assert_eq!(states().await, [0, 3, 0], "retired");
    tend(86_400).await;
    let entries = broker.stores.audit.entries(0, 100).await.unwrap();
    assert!(!entries.iter().any(|e| e.event.kind == AuditKind::KeysForgotten));
    tend(1).await;
    let entries = broker.stores.audit.entries(0, 100).await.unwrap();
    let notes = |kind| {
        entries
            .iter()
            .filter(|e| e.event.kind == kind)
            .filter_map(|e| e.event.note.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(notes(AuditKind::KeysForgotten), ["3 keys"]);
    assert_eq!(notes(AuditKind::KeysRotated)[1], "published ahead, by schedule");
}

#[tokio::test]
async fn keys_stay_when_administrators_alone_rotate() {
    let bench = Bench::new("[keys]\nrotate_every_days = 0\n").await;
    bench.clock.advance(10 * 365 * 86_400);
    bench.app.jobs().tend_keys().await.unwrap();
    assert_eq!(bench.app.broker.stores.keys.keys().await.unwrap().len(), 3);
}
