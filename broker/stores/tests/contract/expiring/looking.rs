//! What Redis says of itself.

use crate::samples::{interaction, session};
use broker_domain::ports::Write;
use broker_stores::testing::{beginning, keys};
use broker_stores::{StoreSettings, Stores};
use std::time::Duration;

const WAIT: Duration = Duration::from_secs(5);

fn at(url: &str) -> StoreSettings {
    StoreSettings {
        lasting: "sqlite::memory:".to_owned(),
        expiring: url.to_owned(),
        lasting_connections: 1,
        connect_timeout: WAIT,
        response_timeout: WAIT,
    }
}

on_each_expiring! {
    async fn it_speaks_of_itself(bench) {
        let Some(facts) = Stores::redis_facts(&at(&bench.url)).await.unwrap() else {
            assert_eq!(bench.url, "memory:");
            return;
        };
        for (address, server) in &facts.servers {
            let server = server.as_ref().unwrap_or_else(|e| panic!("{address}: {e}"));
            assert_eq!((server.info("role"), server.info("maxmemory_policy")), ("master", "noeviction"));
            assert!(server.info("redis_version").split('.').count() > 1 && server.latency < WAIT);
            assert_eq!(server.info("aof_enabled"), "0");
            assert!(server.clock.secs_since(beginning()).abs() < 3600);
        }
        let is_cluster = bench.url.starts_with("redis+cluster");
        assert_eq!(facts.servers.len(), if is_cluster { 3 } else { 1 });
        for (_, server) in facts.servers.iter().filter(|_| is_cluster) {
            assert_eq!(server.as_ref().unwrap().cluster["cluster_state"], "ok");
        }
        assert_eq!(facts.sentinels.len(), usize::from(bench.url.starts_with("redis+sentinel")));
        assert!(facts.sentinels.iter().all(|(_, said)| said.is_ok()), "{:?}", facts.sentinels);
    }

    /// What an old key sealed opens until it expires, and what is written, also over it, is sealed by the new one.
    async fn old_keys_open_until_it_expires(bench) {
        if bench.url == "memory:" {
            return;
        }
        let kept = session(bench.now());
        bench.store.commit(vec![Write::OpenSession(Box::new(kept.clone()))]).await.unwrap();
        let both = ExpiringBench::with(&bench.url, &keys(&['b', 'a']), WAIT).await;
        assert_eq!(both.store.open(None, Some(&kept.sid)).await.unwrap().session, Some(kept.clone()));
        let new = session(bench.now());
        both.store.commit(vec![Write::OpenSession(Box::new(new.clone()))]).await.unwrap();
        let (renewed, mut login) = (session(bench.now()), interaction(bench.now()));
        let begun = [
            Write::OpenSession(Box::new(renewed.clone())), Write::BeginInteraction(Box::new(login.clone())),
        ];
        bench.store.commit(begun.into()).await.unwrap();
        let found = both.store.open(Some(&login.id), Some(&renewed.sid)).await.unwrap();
        assert_eq!((found.interaction, found.session), (Some(login.clone()), Some(renewed.clone())));
        login.version += 1;
        let over = [
            Write::RenewSession(Box::new(renewed.clone())),
            Write::SaveInteraction { interaction: Box::new(login.clone()), from: 0 },
        ];
        both.store.commit(over.into()).await.unwrap();
        let later = ExpiringBench::with(&bench.url, &keys(&['b']), WAIT).await;
        let found = later.store.open(Some(&login.id), Some(&renewed.sid)).await.unwrap();
        assert_eq!((found.interaction, found.session), (Some(login), Some(renewed)));
        assert_eq!(later.store.open(None, Some(&new.sid)).await.unwrap().session, Some(new));
        assert!(later.store.open(None, Some(&kept.sid)).await.is_err(), "the old key is still needed for it");
    }
}

#[tokio::test]
async fn a_server_that_is_away_says_why_and_no_password() {
    for url in [
        "redis://:geheim@127.0.0.1:9/",
        "redis+cluster://:geheim@127.0.0.1:9",
        "redis+sentinel://:geheim@127.0.0.1:9/m",
    ] {
        let facts = Stores::redis_facts(&at(url)).await.unwrap().unwrap();
        let words = facts.servers[0].1.as_ref().unwrap_err();
        assert!(!words.is_empty() && !format!("{facts:?}").contains("geheim"), "{facts:?}");
    }
    assert!(Stores::redis_facts(&at("memory:")).await.unwrap().is_none());
}
