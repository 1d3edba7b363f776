//! Redis restarts, freezes, is emptied, and moves to another server.

use crate::fleet::{Fleet, Stores, is_long};
use crate::instances::{expect_once_recorded, expect_trail};
use crate::login::{Login, Went};
use broker_stores::testing::{RedisCluster, RedisServer, RedisWithSentinel};
use rstest::rstest;
use std::collections::HashSet;
use std::time::Duration;
use support::people::{AN, BINH, CUONG, DUNG, Person};

async fn server() -> RedisServer {
    // It writes before it answers, which outlives its process. With `everysec` it puts a write off while the disk is slow.
    let words = ["--appendonly", "yes", "--appendfsync", "no"];
    tokio::task::spawn_blocking(move || RedisServer::start(&words)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarted_before_every_request() {
    let mut redis = server().await;
    let fleet = Fleet::start(Stores::with(redis.url()).await).await;
    let mut login = Login::new(&fleet, AN);
    while !login.is_done() {
        tokio::task::block_in_place(|| redis.crash_and_recover());
        login.go_on().await;
    }
    assert!(login.again().is_empty(), "{:?}", login.again());
    login.finish();
    expect_trail(&fleet).await;
}

/// A page, or the answer of a program, comes within three seconds, and the load balancer hears of it. What had been asked of Redis
/// may happen after all when it goes on: then that step alone is to be made good.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_at_every_request() {
    let redis = server().await;
    let fleet = Fleet::start(Stores::with(redis.url()).await).await;
    let mut login = Login::new(&fleet, BINH);
    let (mut done, mut count) = (HashSet::new(), 0);
    while !login.is_done() {
        let step = login.step();
        if !done.insert((step.clone(), login.is_at_second())) {
            login.go_on().await;
            continue;
        }
        let before = login.again().len();
        redis.pause();
        assert_eq!(login.go().await, Went::Unavailable, "{step}");
        for number in 0..2 {
            fleet.until(number, false).await;
        }
        if is_long() || count == 3 {
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
        redis.resume();
        fleet.recovered().await;
        login.go_on().await;
        assert!(login.again().len() <= before + 1, "{:?}", login.again());
        count += 1;
    }
    assert_eq!(login.who(), signed_in(&fleet, BINH).await);
    expect_once_recorded(&fleet).await;
}

/// All sessions and logins under way are gone: whoever was on their way is told, and their second try succeeds.
#[rstest]
#[case(1)]
#[case(2)]
#[case(3)]
#[case(4)]
#[case(6)]
#[case(8)]
#[case(11)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emptied(#[case] at: usize) {
    if !is_long() && ![1, 3, 4, 8].contains(&at) {
        return;
    }
    let mut redis = tokio::task::spawn_blocking(|| RedisServer::start(&[])).await.unwrap();
    let fleet = Fleet::start(Stores::with(redis.url()).await).await;
    let mut login = Login::new(&fleet, CUONG);
    for _ in 0..at {
        assert_eq!(login.go().await, Went::On);
    }
    tokio::task::block_in_place(|| redis.restart());
    login.finish_it().await;
    assert!(login.again().len() <= 2, "{:?}", login.again());
    assert_eq!(login.who(), signed_in(&fleet, CUONG).await);
}

/// The master dies and Sentinel promotes its replica. What was acknowledged is there, as far as Redis had replicated it.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_over_by_sentinel(#[values(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)] at: usize) {
    if !is_long() && ![2, 4].contains(&at) {
        return;
    }
    let mut redis = tokio::task::spawn_blocking(RedisWithSentinel::start).await.unwrap();
    let fleet = Fleet::start(Stores::with(redis.url()).await).await;
    let mut login = Login::new(&fleet, DUNG);
    login.go_to(at).await;
    if login.is_done() {
        return;
    }
    // Replication follows a moment behind: what it has not got is lost with the master.
    redis.master.wait_for_replicas(1);
    tokio::task::block_in_place(|| redis.master.kill());
    login.finish_it().await;
    assert!(login.again().is_empty(), "{:?}", login.again());
    login.finish();
    expect_trail(&fleet).await;
}

/// The server of a Cluster that holds the login, or the session that came of it, dies, and its replica takes over.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_master_of_a_login_dies(#[values(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)] at: usize) {
    if !is_long() && ![1, 4].contains(&at) {
        return;
    }
    let mut redis = tokio::task::spawn_blocking(|| RedisCluster::start(1)).await.unwrap();
    let fleet = Fleet::start(Stores::with(redis.url()).await).await;
    let mut login = Login::new(&fleet, AN);
    login.go_to(at).await;
    if login.is_done() {
        return;
    }
    let key = login.key();
    tokio::task::block_in_place(|| {
        let master = redis.master_of(&key);
        redis.servers[master].wait_for_replicas(1);
        redis.servers[master].kill();
    });
    login.finish_it().await;
    assert!(login.again().is_empty(), "{:?}", login.again());
    login.finish();
    expect_trail(&fleet).await;
}

/// Who somebody is at the portals: from another login.
pub(crate) async fn signed_in(fleet: &Fleet, person: Person) -> Vec<String> {
    let mut login = Login::new(fleet, person);
    while !login.is_done() {
        assert_eq!(login.go().await, Went::On, "{}", login.step());
    }
    login.finish()
}
