//! PostgreSQL restarts, freezes, and another server becomes the primary.

use crate::expiring::signed_in;
use crate::fleet::{Fleet, Stores, is_long};
use crate::instances::{expect_once_recorded, expect_trail};
use crate::login::{Login, Went};
use broker_stores::testing::{Postgres, shared_redis};
use rstest::rstest;
use std::collections::HashSet;
use std::time::Duration;
use support::pairs;
use support::people::{AN, BINH, CUONG};

async fn started() -> Postgres {
    tokio::task::spawn_blocking(Postgres::start).await.unwrap()
}

async fn stores(lasting: String) -> Stores {
    pairs::prepare(lasting.clone()).await;
    let expiring = tokio::task::spawn_blocking(|| shared_redis().1).await.unwrap();
    Stores::at(lasting, expiring)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarted_before_every_request() {
    let mut server = started().await;
    let fleet = Fleet::start(stores(server.url("postgres")).await).await;
    let mut login = Login::new(&fleet, AN);
    while !login.is_done() {
        tokio::task::block_in_place(|| {
            server.crash();
            server.recover();
        });
        login.go_on().await;
    }
    login.finish();
    expect_trail(&fleet).await;
}

/// A page, or the answer of a program, comes within three seconds; what needs no database goes on meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_at_every_request() {
    let server = started().await;
    let fleet = Fleet::start(stores(server.url("postgres")).await).await;
    let mut login = Login::new(&fleet, BINH);
    let mut done = HashSet::new();
    let mut count = 0;
    while !login.is_done() {
        let step = login.step();
        if !done.insert((step.clone(), login.is_at_second())) {
            login.go_on().await;
            continue;
        }
        server.pause();
        let went = login.go().await;
        assert!(matches!(went, Went::On | Went::Unavailable), "{step}: {went:?}");
        for number in 0..2 {
            fleet.until(number, false).await;
        }
        if is_long() || count == 1 {
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
        server.resume();
        fleet.recovered().await;
        if went == Went::Unavailable {
            login.go_on().await;
        }
        count += 1;
    }
    login.who();
    // The database is asked where the citizen arrives and where they consent. By then VNeID's answer and the form are used up: the
    // step is made good by the page's own button.
    assert!(login.again().len() <= 2, "{:?}", login.again());
    expect_once_recorded(&fleet).await;
}

/// The primary dies, its standby is promoted, and the broker follows. What was acknowledged is there: the standby is synchronous.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_becomes_the_primary(
    #[values(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)] at: usize,
    #[values(false, true)] is_known: bool,
) {
    if !is_long() && ![(2, true), (3, false)].contains(&(at, is_known)) {
        return;
    }
    let first = started().await;
    let bare = stores(first.url("postgres")).await;
    let second = tokio::task::block_in_place(|| first.standby());
    let lasting = first.url_with(&second, "postgres");
    let fleet = Fleet::start(Stores::at(lasting, bare.expiring)).await;
    let mut known = Login::new(&fleet, CUONG);
    while is_known && !known.is_done() {
        assert_eq!(known.go().await, Went::On);
    }
    let mut login = Login::new(&fleet, CUONG);
    login.go_to(at).await;
    if login.is_done() {
        return;
    }
    tokio::task::block_in_place(|| {
        first.crash();
        second.promote();
    });
    let began = std::time::Instant::now();
    fleet.recovered().await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    while !login.is_done() {
        login.go_on().await;
    }
    if is_known {
        // The citizen is who they were.
        assert_eq!(login.finish(), known.finish());
    } else {
        // And whoever came for the first time is recorded once, is who they are, and did what they did once.
        expect_once_recorded(&fleet).await;
        let is_repeated = !login.again().is_empty();
        assert_eq!(login.who(), signed_in(&fleet, CUONG).await);
        assert!(!is_repeated || login.again().len() == 1, "{:?}", login.again());
    }
}
