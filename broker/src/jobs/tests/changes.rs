use crate::app::testing::Bench;
use broker_domain::ports::Topic;
use serde_json::json;
use std::time::{Duration, Instant};

fn metadata(id: &str) -> serde_json::Value {
    json!({"client_id": id, "client_name": "Cổng", "redirect_uris": ["https://rp.example/cb"]})
}

#[tokio::test]
async fn a_change_is_read_once() {
    let bench = Bench::new("").await;
    let jobs = bench.app.jobs();
    assert!(!jobs.reload_if_changed().await.unwrap());
    bench.register(metadata("new")).await;
    assert!(bench.app.broker.registry.find("new").is_none());
    assert!(jobs.reload_if_changed().await.unwrap());
    assert!(bench.app.broker.registry.find("new").is_some());
    assert!(!jobs.reload_if_changed().await.unwrap());
}

#[tokio::test]
async fn a_change_is_in_force_within_a_second_without_a_word_and_at_once_with_one() {
    let bench = Bench::new("").await;
    let broker = bench.app.broker.clone();
    let client = bench.register(metadata("silent")).await;
    let (_, _, jobs) = bench.app.start_jobs();
    let seen = async |id: &str, enabled: bool| {
        let began = Instant::now();
        while broker.registry.find(id).is_none_or(|c| c.is_enabled() != enabled) {
            assert!(began.elapsed() < Duration::from_secs(1), "not seen in time");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        began.elapsed()
    };
    seen("silent", true).await;
    // Let the loop come to rest, then change and say so.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut changed = client.clone();
    changed.disabled_at = Some(broker.clock.now());
    assert!(broker.stores.registrations.replace(&changed).await.unwrap());
    broker.stores.announcements.announce(Topic::Clients).await.unwrap();
    assert!(seen("silent", false).await < Duration::from_millis(400));
    jobs.stop().await.unwrap();
}
