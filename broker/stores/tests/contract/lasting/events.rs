//! Events on their way to portals.

use crate::samples::outgoing;
use broker_domain::clock::Timestamp;
use broker_domain::event::OutgoingEvent;
use broker_domain::ids::{ClientId, EventId};
use broker_domain::ports::{EventCounts, EventFilter, WaitingEvent};
use broker_stores::testing::{beginning, keys};
use std::collections::HashSet;
use std::sync::Arc;

fn one() -> ClientId {
    ClientId::new("one")
}

fn two() -> ClientId {
    ClientId::new("two")
}

fn ids(events: &[WaitingEvent]) -> Vec<EventId> {
    events.iter().map(|e| e.outgoing.id.clone()).collect()
}

/// Events of one client, a second apart.
fn several(client: &str, count: i64, from: Timestamp) -> Vec<OutgoingEvent> {
    (0..count).map(|n| outgoing(client, from.plus_secs(n))).collect()
}

const fn counts(waiting: u64, stuck: u64, refused: u64) -> EventCounts {
    EventCounts { waiting, stuck, refused }
}

on_each_lasting! {
    /// What was pushed is due at once, as it was, once only.
    async fn due_at_once(bench) {
        let (events, begun) = (&bench.stores.events, beginning());
        let now = begun;
        let pushed = [outgoing("one", now), outgoing("one", now.plus_secs(1)), outgoing("two", now)];
        events.push(&pushed).await.unwrap();
        events.push(&pushed).await.unwrap();
        events.push(&[]).await.unwrap();
        let now = now.plus_secs(5);
        assert_eq!(events.counts(begun).await.unwrap(), counts(3, 0, 0));
        assert!(events.due(&[], now).await.unwrap().is_empty());
        assert_eq!(events.due(&[one(), ClientId::new("three")], now).await.unwrap(), [one()]);
        let due: HashSet<_> = events.due(&[one(), two()], now).await.unwrap().into_iter().collect();
        assert_eq!(due, HashSet::from([one(), two()]));
        assert!(events.due(&[one()], begun.plus_secs(-1)).await.unwrap().is_empty());
        let taken = events.claim(&one(), now, now.plus_secs(60), 10).await.unwrap();
        let told: Vec<_> = taken.iter().map(|w| w.outgoing.clone()).collect();
        assert_eq!(told, pushed[..2]);
        assert!(taken.iter().all(|w| w.attempts == 0 && w.error.is_none() && !w.is_refused));
        assert!(events.due(&[one()], now).await.unwrap().is_empty());
    }

    /// At most so many, the oldest first; who took some has them until the lease ends, for who took them may have died.
    async fn a_lease_ends(bench) {
        let (events, now) = (&bench.stores.events, beginning().plus_secs(100));
        let pushed = several("one", 5, beginning());
        events.push(&pushed).await.unwrap();
        let until = now.plus_secs(60);
        let first = events.claim(&one(), now, until, 2).await.unwrap();
        assert_eq!(ids(&first), [pushed[0].id.clone(), pushed[1].id.clone()]);
        let rest = events.claim(&one(), now, until, 10).await.unwrap();
        assert_eq!(rest.len(), 3);
        assert!(events.claim(&one(), until.plus_secs(-1), until, 10).await.unwrap().is_empty());
        assert_eq!(events.claim(&one(), until, until.plus_secs(60), 10).await.unwrap().len(), 5);
    }

    /// Two instances never have the same one at once.
    async fn each_is_taken_once(bench) {
        let now = beginning().plus_secs(100);
        bench.stores.events.push(&several("one", 60, beginning())).await.unwrap();
        let instances = [Arc::new(bench.again(&keys(&['a'])).await), Arc::new(bench.again(&keys(&['a'])).await)];
        let tasks: Vec<_> = (0..16).map(|n| {
            let stores = instances[n % 2].clone();
            tokio::spawn(async move { stores.events.claim(&one(), now, now.plus_secs(60), 7).await.unwrap() })
        }).collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(ids(&task.await.unwrap()));
        }
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "one was taken twice");
        assert!(!all.is_empty());
    }

    /// What failed is due again later, and says why; what could not be tried comes when it is said.
    async fn tried_again(bench) {
        let (events, now) = (&bench.stores.events, beginning().plus_secs(10));
        let pushed = several("one", 2, beginning());
        events.push(&pushed).await.unwrap();
        events.claim(&one(), now, now.plus_secs(600), 10).await.unwrap();
        events.failed(&one(), &pushed[0].id, now.plus_secs(30), "answered 503", now).await.unwrap();
        events.postponed(&one(), std::slice::from_ref(&pushed[1].id), now.plus_secs(20)).await.unwrap();
        events.postponed(&two(), std::slice::from_ref(&pushed[0].id), now).await.unwrap();
        events.postponed(&one(), &[], now).await.unwrap();
        assert!(events.due(&[one()], now.plus_secs(19)).await.unwrap().is_empty());
        let second = events.claim(&one(), now.plus_secs(20), now.plus_secs(600), 10).await.unwrap();
        assert_eq!((ids(&second), second[0].attempts), (vec![pushed[1].id.clone()], 0));
        let first = events.claim(&one(), now.plus_secs(30), now.plus_secs(600), 10).await.unwrap();
        assert_eq!((first[0].attempts, first[0].error.as_deref()), (1, Some("answered 503")));
    }

    /// What is acknowledged is gone, by its own client alone.
    async fn acknowledged(bench) {
        let (events, now) = (&bench.stores.events, beginning());
        let pushed = [outgoing("one", now), outgoing("one", now), outgoing("two", now)];
        events.push(&pushed).await.unwrap();
        let all: Vec<EventId> = pushed.iter().map(|e| e.id.clone()).collect();
        assert_eq!(events.acknowledged(&two(), &all).await.unwrap(), 1);
        assert_eq!(events.acknowledged(&one(), &all[..1]).await.unwrap(), 1);
        assert_eq!(events.acknowledged(&one(), &all[..1]).await.unwrap(), 0);
        assert_eq!(events.acknowledged(&one(), &[]).await.unwrap(), 0);
        let unknown = EventId::new("' OR 1 = 1");
        assert_eq!(events.acknowledged(&one(), &[unknown]).await.unwrap(), 0);
        assert_eq!(events.counts(now).await.unwrap(), counts(1, 0, 0));
    }

    /// Who fetches gets the oldest until they are acknowledged, and hears whether there are more.
    async fn fetched(bench) {
        let (events, now) = (&bench.stores.events, beginning());
        let pushed = several("one", 3, now);
        events.push(&pushed).await.unwrap();
        events.push(&several("two", 1, now)).await.unwrap();
        for _ in 0..2 {
            let (some, more) = events.next(&one(), 2).await.unwrap();
            assert_eq!((ids(&some), more), (vec![pushed[0].id.clone(), pushed[1].id.clone()], true));
        }
        assert_eq!(events.next(&one(), 0).await.unwrap(), (Vec::new(), true));
        events.acknowledged(&one(), std::slice::from_ref(&pushed[0].id)).await.unwrap();
        let (rest, more) = events.next(&one(), 2).await.unwrap();
        assert_eq!((rest.len(), more), (2, false));
        assert_eq!(events.next(&ClientId::new("three"), 5).await.unwrap(), (Vec::new(), false));
    }

    /// What a client refuses for good waits for an operator.
    async fn refused(bench) {
        let (events, now) = (&bench.stores.events, beginning());
        let pushed = several("one", 2, now);
        events.push(&pushed).await.unwrap();
        let (good, bad) = (&pushed[0].id, &pushed[1].id);
        assert!(!events.refused(&two(), bad, "invalid_audience", now).await.unwrap());
        assert!(events.refused(&one(), bad, "invalid_audience", now).await.unwrap());
        assert!(!events.refused(&one(), bad, "invalid_audience", now).await.unwrap());
        let later = now.plus_secs(1_000_000);
        assert_eq!(events.counts(now.plus_secs(1)).await.unwrap(), counts(1, 1, 1));
        assert_eq!(ids(&events.next(&one(), 5).await.unwrap().0), std::slice::from_ref(good));
        assert_eq!(ids(&events.claim(&one(), later, later.plus_secs(9), 5).await.unwrap()), std::slice::from_ref(good));
        let filter = EventFilter { refused_only: true, ..EventFilter::default() };
        let listed = events.list(&filter, 5).await.unwrap();
        assert_eq!((ids(&listed), listed[0].is_refused), (vec![bad.clone()], true));
        assert_eq!(listed[0].error.as_deref(), Some("invalid_audience"));
        assert_eq!(events.retry(&filter, later).await.unwrap(), 1);
        assert_eq!(events.counts(now).await.unwrap(), counts(2, 0, 0));
        assert_eq!(ids(&events.claim(&one(), later, later.plus_secs(9), 5).await.unwrap()), std::slice::from_ref(bad));
    }

    /// Operators look at some.
    async fn listed(bench) {
        let (events, now) = (&bench.stores.events, beginning());
        let (first, second) = (several("one", 3, now), several("two", 2, now.plus_secs(10)));
        events.push(&first).await.unwrap();
        events.push(&second).await.unwrap();
        let list = async |filter: EventFilter| ids(&events.list(&filter, 4).await.unwrap()).len();
        assert_eq!(list(EventFilter::default()).await, 4);
        assert_eq!(list(EventFilter { client: Some(two()), ..EventFilter::default() }).await, 2);
        assert_eq!(list(EventFilter { id: Some(first[1].id.clone()), ..EventFilter::default() }).await, 1);
        assert_eq!(list(EventFilter { before: Some(now.plus_secs(2)), ..EventFilter::default() }).await, 2);
        assert_eq!(list(EventFilter { refused_only: true, ..EventFilter::default() }).await, 0);
        let later = now.plus_secs(60);
        events.claim(&two(), later, later.plus_secs(600), 5).await.unwrap();
        let theirs = EventFilter { client: Some(two()), ..EventFilter::default() };
        assert_eq!(events.retry(&theirs, later).await.unwrap(), 2);
        assert_eq!(events.claim(&two(), later, later.plus_secs(600), 5).await.unwrap().len(), 2);
    }
}
