//! How the program begins and ends, whatever the stores do.

use crate::fleet::{Fleet, Stores};
use broker_stores::testing::{Postgres, RedisServer, shared_redis};
use std::time::Duration;
use support::pairs;

/// An instance whose database does not say a word any more, with jobs that wait for it.
async fn without_an_answer(shutdown_secs: u32) -> (Postgres, Fleet) {
    let server = tokio::task::spawn_blocking(Postgres::start).await.unwrap();
    pairs::prepare(server.url("postgres")).await;
    let expiring = tokio::task::spawn_blocking(|| shared_redis().1).await.unwrap();
    let stores = Stores::at(server.url("postgres"), expiring);
    let more = format!("[limits]\nshutdown_secs = {shutdown_secs}");
    let fleet = Fleet::of(1, stores, &more).await;
    server.pause();
    fleet.until(0, false).await;
    (server, fleet)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_has_a_limit_of_time() {
    let (_server, fleet) = without_an_answer(1).await;
    fleet.terminate(0);
    let (code, took) = fleet.ended(0, Duration::from_secs(20)).await;
    assert!(took < Duration::from_secs(9), "{took:?}\n{}", fleet.tail(0));
    assert_eq!(code, Some(4), "{}", fleet.tail(0));
    assert!(fleet.tail(0).contains("ended before everything was done"), "{}", fleet.tail(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_ends_it_at_once() {
    let (_server, fleet) = without_an_answer(300).await;
    let _half = fleet.half_a_request(0).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    fleet.terminate(0);
    tokio::time::sleep(Duration::from_millis(2_000)).await;
    assert!(fleet.is_running(0), "it waits for the request: {}", fleet.tail(0));
    fleet.terminate(0);
    let (code, took) = fleet.ended(0, Duration::from_secs(20)).await;
    assert!(took < Duration::from_secs(4), "{took:?}\n{}", fleet.tail(0));
    assert_eq!(code, Some(4), "{}", fleet.tail(0));
}

/// A store that is away is no reason to end; whoever runs the program sees it alive, and that it is not ready.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_waits_for_stores_that_are_away_at_the_start() {
    let mut database = tokio::task::spawn_blocking(Postgres::start).await.unwrap();
    let mut redis = tokio::task::spawn_blocking(|| RedisServer::start(&[])).await.unwrap();
    pairs::prepare(database.url("postgres")).await;
    let fleet = Fleet::of(1, Stores::at(database.url("postgres"), redis.url()), "").await;
    fleet.kill(0);
    for is_redis in [false, true] {
        tokio::task::block_in_place(|| if is_redis { redis.kill() } else { database.crash() });
        fleet.begin(0).await;
        fleet.until(0, false).await;
        let (status, said) = fleet.readiness(0).await.unwrap();
        assert!(status == 503 && said["reasons"][0].as_str().unwrap().contains("a store is away"), "{said}");
        assert!(fleet.is_live(0).await);
        let numbers = fleet.numbers(0).await;
        assert!(
            numbers.contains("broker_ready 0\n") && numbers.contains("check=\"start\"} 0\n"),
            "{numbers}"
        );
        assert!(fleet.tail(0).contains("a store is away; it is tried again"), "{}", fleet.tail(0));
        // It listens to whoever wants it to end.
        fleet.terminate(0);
        let (code, took) = fleet.ended(0, Duration::from_secs(20)).await;
        assert!(code == Some(0) && took < Duration::from_secs(3), "{code:?} {took:?}");
        fleet.begin(0).await;
        fleet.until(0, false).await;
        tokio::task::block_in_place(|| if is_redis { redis.restart() } else { database.recover() });
        fleet.until(0, true).await;
        fleet.kill(0);
    }
}

/// What does not pass by itself ends it at once, with a word about what it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_not_wait_for_what_will_not_come() {
    let redis = tokio::task::spawn_blocking(|| RedisServer::start(&[])).await.unwrap();
    let shared = tokio::task::spawn_blocking(|| shared_redis().1).await.unwrap();
    let ready = Stores::shared().await.lasting;
    let at = ready.replace("postgres://broker@", "postgres://stranger@");
    let (place, name) = at.rsplit_once('/').unwrap();
    let host = place.rsplit_once('@').unwrap().1;
    let several = format!("{place},{host}/{name}");
    let locked = redis.url().replace("redis://", "redis://:wrong@");
    tokio::task::block_in_place(|| redis.command::<()>(&["CONFIG", "SET", "requirepass", "geheim"]));
    let bare = broker_stores::testing::new_database().await;
    for (lasting, expiring, says) in [
        (&at, &shared, "role \"stranger\" does not exist"),
        (&several, &shared, "role \"stranger\" does not exist"),
        (&ready, &locked, "Redis does not open"),
        (&bare, &shared, "the schema is at step 0"),
    ] {
        let fleet = Fleet::at_rest(1, Stores::at(lasting.clone(), expiring.clone()), "").await;
        fleet.begin(0).await;
        let (code, _) = fleet.ended(0, Duration::from_secs(15)).await;
        let said = fleet.tail(0);
        assert!(code == Some(1) && said.contains(says) && !said.contains("wrong"), "{code:?} {said}");
    }
}
