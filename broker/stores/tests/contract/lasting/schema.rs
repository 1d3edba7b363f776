//! The schema's steps.

use broker_stores::Migrations;
use broker_stores::testing::{LastingBench, Lasts, keys};

async fn from_nothing(kind: Lasts) {
    let bench = LastingBench::bare(kind).await;
    let before = bench.stores.lasting.migrations().await.unwrap();
    assert!(before.applied == 0 && before.pending > 0, "{before:?}");
    assert!(bench.stores.registrations.all().await.is_err(), "there is no schema yet");
    assert_eq!(bench.stores.lasting.migrate().await.unwrap(), before.pending);
    let after = bench.stores.lasting.migrations().await.unwrap();
    assert_eq!(after, Migrations { applied: before.pending, pending: 0 });
    assert_eq!(bench.stores.lasting.migrate().await.unwrap(), 0, "a second time changes nothing");
    assert!(bench.stores.registrations.all().await.unwrap().is_empty());
}

async fn several_at_once(kind: Lasts) {
    let bench = LastingBench::bare(kind).await;
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let stores = bench.again(&keys(&['a'])).await;
        tasks.push(tokio::spawn(async move { stores.lasting.migrate().await }));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(bench.stores.lasting.migrations().await.unwrap().pending, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_nothing_on_sqlite() {
    from_nothing(Lasts::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_nothing_on_postgres() {
    from_nothing(Lasts::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_instances_at_once_on_sqlite() {
    several_at_once(Lasts::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_instances_at_once_on_postgres() {
    several_at_once(Lasts::Postgres).await;
}
