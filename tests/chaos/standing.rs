//! How the program ends, whatever the stores do.

use crate::fleet::{Fleet, Stores};
use broker_stores::testing::{Postgres, shared_redis};
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
    fleet.terminate(0);
    tokio::time::sleep(Duration::from_millis(300)).await;
    fleet.terminate(0);
    let (code, took) = fleet.ended(0, Duration::from_secs(20)).await;
    assert!(took < Duration::from_secs(4), "{took:?}\n{}", fleet.tail(0));
    assert_eq!(code, Some(4), "{}", fleet.tail(0));
}
