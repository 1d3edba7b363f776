//! A Redis Cluster whose connections end between a request and its answer: the client sends the command again, and whoever won is
//! not told that they lost.

use super::races::{count, race};
use crate::samples::{attempt, grant, hash, interaction, rotation, token};
use broker_domain::authorization::Outcome;
use broker_domain::ports::{Attempted, Expiring, StoreError, Taken, Write, Written};
use broker_domain::token::{Redeemed, Refreshed, Rotation};
use broker_stores::testing::{ExpiringBench, RedisCluster, keys};
use std::sync::Arc;
use std::time::Duration;

/// How often each is tried: each time with other keys, and so at another server.
const ROUNDS: usize = 4;
/// Connections that are cut in a round, at each server.
const CUTS: u32 = 1;

/// How long an answer may take before the connection counts as lost.
const PATIENCE: Duration = Duration::from_secs(1);

struct Cut {
    cluster: RedisCluster,
    bench: ExpiringBench,
}

impl Cut {
    async fn start() -> Self {
        let cluster = tokio::task::spawn_blocking(RedisCluster::behind_cutters).await.unwrap();
        let bench = ExpiringBench::with(&cluster.url(), &keys(&['a']), PATIENCE).await;
        Self { cluster, bench }
    }

    /// Cuts connections from now on.
    fn cut(&self) {
        for cutter in &self.cluster.cutters {
            cutter.cut(CUTS);
        }
    }

    /// Connections were cut, and none is from now on.
    fn mend(&self) {
        let left: u32 = self.cluster.cutters.iter().map(|cutter| cutter.left()).sum();
        assert!(left < CUTS * 3, "no connection was cut");
        for cutter in &self.cluster.cutters {
            cutter.cut(0);
        }
    }

    async fn commit(&self, write: Write) {
        assert_eq!(self.bench.store.commit(vec![write]).await.unwrap(), [Written::Done]);
    }
}

fn store(bench: &ExpiringBench) -> &Arc<dyn Expiring> {
    &bench.store
}

/// Exactly one won. Nobody was left without an answer.
fn expect_one<T: std::fmt::Debug>(all: &[Result<T, StoreError>], won: impl Fn(&T) -> bool) {
    assert_eq!(count(all, |r| r.is_err()), 0, "{all:?}");
    assert_eq!(count(all, |r| r.as_ref().is_ok_and(&won)), 1, "{all:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_redeems() {
    let cut = Cut::start().await;
    for _ in 0..ROUNDS {
        let (kept, code, now) = (grant(cut.bench.now()), hash(), cut.bench.now());
        let expires_at = now.plus_secs(300);
        cut.commit(Write::OpenGrant {
            grant: Box::new(kept.clone()),
            code: Some(code),
            access: None,
            expires_at,
        })
        .await;
        cut.cut();
        let all = race(store(&cut.bench), |store, _| {
            let family = kept.family.clone();
            async move { store.redeem(&family, &code, now).await }
        })
        .await;
        cut.mend();
        expect_one(&all, |r| matches!(r, Redeemed::Granted(_)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_rotates() {
    let cut = Cut::start().await;
    for _ in 0..ROUNDS {
        let now = cut.bench.now();
        let (kept, _, refresh) = super::tokens::family(&*cut.bench.store, now).await;
        cut.cut();
        let all = race(store(&cut.bench), |store, _| {
            let step = Rotation {
                replacement: Some(token(now.plus_secs(3600))),
                ..rotation(&kept.family, refresh.hash, now)
            };
            async move { store.refresh(step).await }
        })
        .await;
        cut.mend();
        expect_one(&all, |r| matches!(r, Refreshed::Granted(_)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_takes_the_return() {
    let cut = Cut::start().await;
    for _ in 0..ROUNDS {
        let mut kept = interaction(cut.bench.now());
        let (state, sent) = attempt(cut.bench.now());
        kept.choose_vneid(sent).unwrap();
        cut.commit(Write::BeginInteraction(Box::new(kept.clone()))).await;
        cut.cut();
        let all = race(store(&cut.bench), |store, _| {
            let id = kept.id.clone();
            async move { store.take_return(&id, &state, None).await.map(|(taken, _)| taken) }
        })
        .await;
        cut.mend();
        expect_one(&all, |t| matches!(t, Taken::Taken(_)));
    }
}

/// A command that is sent again takes back no second attempt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_attempt_is_taken_back() {
    let cut = Cut::start().await;
    for _ in 0..ROUNDS {
        let limits = &cut.bench.limits;
        let limit = super::limits::limit(3, 60);
        let attempt = async || limits.attempt(std::slice::from_ref(&limit), cut.bench.now()).await.unwrap();
        for _ in 0..3 {
            assert_eq!(attempt().await, Attempted::Allowed);
        }
        cut.cut();
        limits.take_back(&limit.name).await.unwrap();
        cut.mend();
        assert_eq!(attempt().await, Attempted::Allowed);
        assert!(matches!(attempt().await, Attempted::TooMany { .. }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_saves() {
    let cut = Cut::start().await;
    for _ in 0..ROUNDS {
        let kept = interaction(cut.bench.now());
        cut.commit(Write::BeginInteraction(Box::new(kept.clone()))).await;
        cut.cut();
        let all = race(store(&cut.bench), |store, n| {
            let mut mine = kept.clone();
            mine.finish(if n % 2 == 0 { Outcome::Granted } else { Outcome::Refused }).unwrap();
            let save = Write::SaveInteraction { interaction: Box::new(mine), from: 0 };
            async move { store.commit(vec![save]).await }
        })
        .await;
        cut.mend();
        expect_one(&all, |w| w == &[Written::Done]);
    }
}
