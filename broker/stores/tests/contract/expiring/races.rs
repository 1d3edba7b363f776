//! Of any number of racers exactly one wins.

use super::tokens::family;
use crate::samples::{attempt, grant, hash, interaction, rotation, session, token};
use broker_domain::authorization::Outcome;
use broker_domain::ports::{Expiring, Taken, Write, Written};
use broker_domain::token::{Redeemed, Refreshed, Rotation};
use std::sync::Arc;

const RACERS: usize = 64;

/// Starts all at once and waits for all.
pub(super) async fn race<T, F, R>(store: &Arc<dyn Expiring>, racer: R) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
    R: Fn(Arc<dyn Expiring>, usize) -> F,
{
    let racers: Vec<_> = (0..RACERS).map(|n| tokio::spawn(racer(store.clone(), n))).collect();
    let mut all = Vec::new();
    for racer in racers {
        all.push(racer.await.unwrap());
    }
    all
}

pub(super) fn count<T>(all: &[T], wanted: impl Fn(&T) -> bool) -> usize {
    all.iter().filter(|t| wanted(t)).count()
}

on_each_expiring! {
    async fn one_redeems(bench) {
        let (kept, code, now) = (grant(bench.now()), hash(), bench.now());
        let open = Write::OpenGrant {
            grant: Box::new(kept.clone()), code: Some(code), access: None, expires_at: now.plus_secs(300),
        };
        bench.store.commit(vec![open]).await.unwrap();
        let all = race(&bench.store, |store, _| {
            let family = kept.family.clone();
            async move { store.redeem(&family, &code, now).await.unwrap() }
        }).await;
        assert_eq!(count(&all, |r| matches!(r, Redeemed::Granted(_))), 1);
        assert_eq!(count(&all, |r| matches!(r, Redeemed::Replayed(_))), RACERS - 1);
    }

    async fn one_rotates(bench) {
        let now = bench.now();
        let (kept, _, refresh) = family(&*bench.store, now).await;
        let all = race(&bench.store, |store, _| {
            let step = Rotation {
                replacement: Some(token(now.plus_secs(3600))),
                ..rotation(&kept.family, refresh.hash, now)
            };
            async move { store.refresh(step).await.unwrap() }
        }).await;
        assert_eq!(count(&all, |r| matches!(r, Refreshed::Granted(_))), 1);
        assert_eq!(count(&all, |r| matches!(r, Refreshed::Reused(_))), 1);
        assert_eq!(count(&all, |r| matches!(r, Refreshed::Unknown)), RACERS - 2);
    }

    async fn one_takes_the_return(bench) {
        let mut kept = interaction(bench.now());
        let (state, sent) = attempt(bench.now());
        kept.choose_vneid(sent).unwrap();
        bench.store.commit(vec![Write::BeginInteraction(Box::new(kept.clone()))]).await.unwrap();
        let all = race(&bench.store, |store, _| {
            let id = kept.id.clone();
            async move { store.take_return(&id, &state, None).await.unwrap().0 }
        }).await;
        assert_eq!(count(&all, |r| matches!(r, Taken::Taken(_))), 1);
        assert_eq!(count(&all, |r| matches!(r, Taken::Stale(_))), RACERS - 1);
    }

    async fn one_saves(bench) {
        let kept = interaction(bench.now());
        bench.store.commit(vec![Write::BeginInteraction(Box::new(kept.clone()))]).await.unwrap();
        let all = race(&bench.store, |store, n| {
            let mut mine = kept.clone();
            mine.finish(if n % 2 == 0 { Outcome::Granted } else { Outcome::Refused }).unwrap();
            let save = Write::SaveInteraction { interaction: Box::new(mine), from: 0 };
            async move { store.commit(vec![save]).await.unwrap() }
        }).await;
        assert_eq!(count(&all, |w| w == &[Written::Done]), 1);
    }

    async fn one_ends_the_session(bench) {
        let kept = session(bench.now());
        bench.store.commit(vec![Write::OpenSession(Box::new(kept.clone()))]).await.unwrap();
        let all = race(&bench.store, |store, _| {
            let sid = kept.sid.clone();
            async move { store.end_session(&sid).await.unwrap().is_some() }
        }).await;
        assert_eq!(count(&all, |ended| *ended), 1);
    }

    async fn one_takes_the_lease(bench) {
        let name = interaction(bench.now()).id.to_string();
        let all = race(&bench.store, |store, n| {
            let name = name.clone();
            async move { store.lease(&name, &format!("owner-{n}"), 30).await.unwrap() }
        }).await;
        assert_eq!(count(&all, |held| *held), 1);
    }

    /// All who join at once are remembered.
    async fn all_join(bench) {
        let kept = session(bench.now());
        bench.store.commit(vec![Write::OpenSession(Box::new(kept.clone()))]).await.unwrap();
        let (idle_until, now) = (kept.idle_until, bench.now());
        let all = race(&bench.store, |store, n| {
            let participant = crate::samples::participant(&format!("portal-{n}"), kept.ends_at);
            let join = Write::Join { sid: kept.sid.clone(), participant, subject: None, idle_until, now };
            async move { store.commit(vec![join]).await.unwrap() }
        }).await;
        assert_eq!(count(&all, |w| w == &[Written::Done]), RACERS);
        let found = bench.store.open(None, Some(&kept.sid)).await.unwrap().session.unwrap();
        assert_eq!(found.participants.len(), RACERS);
    }
}
