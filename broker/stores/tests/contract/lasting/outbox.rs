//! What goes out, until it is delivered.

use crate::samples::{message, notice, outgoing};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{Destination, EventId};
use broker_domain::outbox::{Content, OutboxKind, Outgoing};
use broker_domain::ports::{
    FailedAttempt, Lane, OutboxCounts, OutboxFilter, OutboxState, Queued, STEPPED_OVER, Stopped,
};
use broker_stores::Stores;
use broker_stores::testing::{beginning, keys};
use std::collections::HashSet;
use std::sync::Arc;

pub(super) fn lane(kind: OutboxKind, destination: &str) -> Lane {
    Lane { kind, destination: Destination::new(destination) }
}

pub(super) fn events_of(client: &str) -> Lane {
    lane(OutboxKind::Event, client)
}

pub(super) fn notices() -> Lane {
    Lane { kind: OutboxKind::Logout, destination: Destination::from(&notice(beginning()).client) }
}

/// An attempt that was answered.
pub(super) const fn attempt(retry_at: Timestamp, why: &str) -> FailedAttempt<'_> {
    FailedAttempt { retry_at, why, is_answered: true }
}

pub(super) fn ids(all: &[Queued]) -> Vec<EventId> {
    all.iter().map(|q| q.outgoing.id.clone()).collect()
}

/// Events of one client, a second apart.
pub(super) fn several(client: &str, count: i64, from: Timestamp) -> Vec<Outgoing> {
    (0..count).map(|n| outgoing(client, from.plus_secs(n)).into()).collect()
}

pub(super) fn logouts(count: i64, from: Timestamp) -> Vec<Outgoing> {
    (0..count).map(|n| notice(from.plus_secs(n)).into()).collect()
}

async fn counts(stores: &Stores, kind: OutboxKind, stuck_before: Timestamp) -> OutboxCounts {
    let all = stores.outbox.counts(stuck_before).await.unwrap();
    assert_eq!(all.len(), OutboxKind::ALL.len());
    all.into_iter().find(|(k, _)| *k == kind).unwrap().1
}

async fn instances(bench: &broker_stores::testing::LastingBench) -> [Arc<Stores>; 2] {
    [Arc::new(bench.again(&keys(&['a'])).await), Arc::new(bench.again(&keys(&['a'])).await)]
}

on_each_lasting! {
    /// What was pushed is due at once, as it was, once only, and knows where it goes.
    async fn due_at_once(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning());
        let mut without_subject = notice(now);
        without_subject.subject = None;
        let pushed: Vec<Outgoing> = vec![
            outgoing("one", now).into(), outgoing("two", now).into(), notice(now).into(), without_subject.into(), message("m-1", now),
        ];
        outbox.push(&pushed, None).await.unwrap();
        outbox.push(&pushed, None).await.unwrap();
        outbox.push(&[], None).await.unwrap();
        let mut all = Vec::new();
        for (kind, destinations) in [
            (OutboxKind::Event, vec!["one", "two"]), (OutboxKind::Logout, vec![notices().destination.as_str()]),
            (OutboxKind::Message, vec!["phones"]),
        ] {
            let found = outbox.destinations(kind, now).await.unwrap();
            assert_eq!(found.iter().map(|due| due.destination.as_str()).collect::<Vec<_>>(), destinations);
            for due in found {
                let lane = Lane { kind, destination: due.destination };
                all.extend(outbox.claim(&lane, now, now.plus_secs(60), 10).await.unwrap());
            }
            assert!(outbox.destinations(kind, now).await.unwrap().is_empty(), "nobody else's while it is claimed");
        }
        assert!(all.iter().all(|q| q.attempts == 0 && q.error.is_none() && q.state == OutboxState::Waiting));
        assert_eq!(all.len(), pushed.len());
        assert!(all.iter().all(|q| pushed.contains(&q.outgoing)));
    }

    /// At most so many, the oldest first; who took some has them until the lease ends, for who took them may have died.
    async fn a_lease_ends(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning().plus_secs(100));
        let mut pushed = logouts(5, beginning());
        pushed.reverse();
        outbox.push(&pushed, None).await.unwrap();
        let until = now.plus_secs(60);
        let first = outbox.claim(&notices(), now, until, 2).await.unwrap();
        assert_eq!(ids(&first), [pushed[4].id.clone(), pushed[3].id.clone()]);
        let rest = outbox.claim(&notices(), now, until, 10).await.unwrap();
        assert_eq!(rest.len(), 3);
        assert!(outbox.claim(&notices(), until.plus_secs(-1), until, 10).await.unwrap().is_empty());
        assert_eq!(outbox.claim(&notices(), until, until.plus_secs(60), 10).await.unwrap().len(), 5);
    }

    /// Whoever writes something may hold it at once; when they die it is anybody's.
    async fn held_by_who_wrote_it(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning());
        let phones = lane(OutboxKind::Message, "phones");
        outbox.push(&[message("m-1", now)], Some(now.plus_secs(30))).await.unwrap();
        assert!(outbox.claim(&phones, now.plus_secs(29), now.plus_secs(60), 5).await.unwrap().is_empty());
        let taken = outbox.claim(&phones, now.plus_secs(30), now.plus_secs(60), 5).await.unwrap();
        assert_eq!(taken[0].outgoing, message("m-1", now));
    }

    /// Two instances never have the same one at once, and together they take all.
    async fn each_is_taken_once(bench) {
        let now = beginning().plus_secs(100);
        bench.stores.outbox.push(&logouts(60, beginning()), None).await.unwrap();
        let instances = instances(&bench).await;
        let tasks: Vec<_> = (0..16).map(|n| {
            let stores = instances[n % 2].clone();
            tokio::spawn(async move { stores.outbox.claim(&notices(), now, now.plus_secs(60), 7).await.unwrap() })
        }).collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(ids(&task.await.unwrap()));
        }
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "one was taken twice");
        all.extend(ids(&bench.stores.outbox.claim(&notices(), now, now.plus_secs(60), 60).await.unwrap()));
        assert_eq!(all.len(), 60, "one was passed over");
    }

    /// Where order counts, nobody takes what comes later while somebody has what comes first, however many come at once.
    async fn order_holds_when_many_come_at_once(bench) {
        let now = beginning().plus_secs(100);
        bench.stores.outbox.push(&several("one", 30, beginning()), None).await.unwrap();
        let instances = instances(&bench).await;
        let tasks: Vec<_> = (0..16).map(|n| {
            let stores = instances[n % 2].clone();
            tokio::spawn(async move { stores.outbox.claim(&events_of("one"), now, now.plus_secs(60), 7).await.unwrap() })
        }).collect();
        let mut taken = Vec::new();
        for task in tasks {
            taken.push(task.await.unwrap());
        }
        taken.retain(|t| !t.is_empty());
        assert_eq!((taken.len(), taken[0].len()), (1, 7), "one has the first ones, and nobody anything else");
        assert!(taken[0].iter().map(|q| q.outgoing.at).is_sorted());
    }

    /// What is to be tried later holds up its lane where order counts, and nothing elsewhere; in the end it is stepped over.
    async fn order_holds_after_failures(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning().plus_secs(100));
        let pushed = several("one", 3, beginning());
        outbox.push(&pushed, None).await.unwrap();
        outbox.push(&several("two", 1, beginning()), None).await.unwrap();
        let (one, later) = (events_of("one"), now.plus_secs(1_000));
        let take = async |at: Timestamp| ids(&outbox.claim(&one, at, at.plus_secs(5), 10).await.unwrap());
        let mut at = now;
        for n in 1..=STEPPED_OVER {
            assert_eq!(take(at).await, pushed.iter().map(|e| e.id.clone()).collect::<Vec<_>>());
            let retry_at = if n == STEPPED_OVER { later } else { at.plus_secs(10) };
            outbox.failed(&one, &pushed[0].id, attempt(retry_at, "answered 500"), None, at).await.unwrap();
            outbox.release(&one, &[pushed[1].id.clone(), pushed[2].id.clone()], at.plus_secs(5)).await.unwrap();
            if n < STEPPED_OVER {
                assert!(take(at.plus_secs(9)).await.is_empty());
                at = retry_at;
            }
        }
        assert_eq!(take(at).await, [pushed[1].id.clone(), pushed[2].id.clone()]);
        assert_eq!(outbox.claim(&events_of("two"), now, later, 10).await.unwrap().len(), 1);
        assert_eq!(take(later).await.len(), 3, "its time comes all the same");
    }

    /// What failed is due again later, and says why; what was not tried is anybody's at once.
    async fn tried_again(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning().plus_secs(10));
        let pushed = logouts(2, beginning());
        outbox.push(&pushed, None).await.unwrap();
        outbox.claim(&notices(), now, now.plus_secs(600), 10).await.unwrap();
        outbox.failed(&notices(), &pushed[0].id, attempt(now.plus_secs(30), "answered 503"), None, now).await.unwrap();
        outbox.release(&events_of("one"), std::slice::from_ref(&pushed[1].id), now.plus_secs(600)).await.unwrap();
        assert!(outbox.destinations(OutboxKind::Logout, now).await.unwrap().is_empty(), "only in its own lane");
        outbox.release(&notices(), std::slice::from_ref(&pushed[1].id), now.plus_secs(600)).await.unwrap();
        outbox.release(&notices(), &[], now.plus_secs(600)).await.unwrap();
        let second = outbox.claim(&notices(), now, now.plus_secs(600), 10).await.unwrap();
        assert_eq!((ids(&second), second[0].attempts), (vec![pushed[1].id.clone()], 0));
        let first = outbox.claim(&notices(), now.plus_secs(30), now.plus_secs(600), 10).await.unwrap();
        assert_eq!((first[0].attempts, first[0].error.as_deref()), (1, Some("answered 503")));
    }

    /// What is delivered is gone, in its own lane alone.
    async fn removed(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning());
        let pushed: Vec<Outgoing> = [outgoing("one", now), outgoing("one", now), outgoing("two", now)].map(Outgoing::from).to_vec();
        outbox.push(&pushed, None).await.unwrap();
        let all: Vec<EventId> = pushed.iter().map(|e| e.id.clone()).collect();
        assert_eq!(outbox.remove(&events_of("two"), &all, None).await.unwrap(), 1);
        assert_eq!(outbox.remove(&lane(OutboxKind::Logout, "one"), &all, None).await.unwrap(), 0);
        assert_eq!(outbox.remove(&events_of("one"), &all[..1], None).await.unwrap(), 1);
        assert_eq!(outbox.remove(&events_of("one"), &all[..1], None).await.unwrap(), 0);
        assert_eq!(outbox.remove(&events_of("one"), &[], None).await.unwrap(), 0);
        let unknown = EventId::new("' OR 1 = 1");
        assert_eq!(outbox.remove(&events_of("one"), &[unknown], None).await.unwrap(), 0);
        let left = counts(&bench.stores, OutboxKind::Event, now).await;
        assert_eq!(left, OutboxCounts { waiting: 1, oldest: Some(now), ..OutboxCounts::default() });
    }

    /// Who fetches gets the oldest until they are acknowledged, and hears whether there are more.
    async fn fetched(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning());
        let pushed = several("one", 3, now);
        outbox.push(&pushed, None).await.unwrap();
        outbox.push(&several("two", 1, now), None).await.unwrap();
        let one = events_of("one");
        for _ in 0..2 {
            let (some, more) = outbox.next(&one, now, 2).await.unwrap();
            assert_eq!((ids(&some), more), (vec![pushed[0].id.clone(), pushed[1].id.clone()], true));
        }
        assert_eq!(outbox.next(&one, now, 0).await.unwrap(), (Vec::new(), true));
        outbox.remove(&one, std::slice::from_ref(&pushed[0].id), None).await.unwrap();
        let (rest, more) = outbox.next(&one, now, 2).await.unwrap();
        assert_eq!((rest.len(), more), (2, false));
        assert_eq!(outbox.next(&events_of("three"), now, 5).await.unwrap(), (Vec::new(), false));
    }

    /// What is refused or given up waits for an operator, and holds up nothing.
    async fn stopped(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning());
        let pushed = several("one", 2, now);
        outbox.push(&pushed, None).await.unwrap();
        let (one, bad, good) = (events_of("one"), &pushed[0].id, &pushed[1].id);
        let refuse = async |lane: &Lane| outbox.stop(lane, bad, Stopped { state: OutboxState::Refused, why: "invalid_audience" }, None, now).await.unwrap();
        assert_eq!((refuse(&events_of("two")).await, refuse(&one).await, refuse(&one).await), (false, true, false));
        let given_up = notice(now);
        outbox.push(&[given_up.clone().into()], None).await.unwrap();
        assert!(outbox.stop(&notices(), &given_up.id, Stopped { state: OutboxState::GivenUp, why: "answered 500" }, None, now).await.unwrap());
        let later = now.plus_secs(1_000_000);
        let of_events = counts(&bench.stores, OutboxKind::Event, now.plus_secs(5)).await;
        assert_eq!((of_events.waiting, of_events.stuck, of_events.refused, of_events.given_up), (1, 1, 1, 0));
        let of_notices = counts(&bench.stores, OutboxKind::Logout, now.plus_secs(1)).await;
        assert_eq!(of_notices, OutboxCounts { given_up: 1, ..OutboxCounts::default() });
        assert!(outbox.destinations(OutboxKind::Logout, later).await.unwrap().is_empty());
        assert_eq!(ids(&outbox.next(&one, now, 5).await.unwrap().0), std::slice::from_ref(good));
        assert_eq!(ids(&outbox.claim(&one, later, later.plus_secs(9), 5).await.unwrap()), std::slice::from_ref(good));
        let filter = OutboxFilter { state: Some(OutboxState::Refused), ..OutboxFilter::default() };
        let listed = outbox.list(&filter, 5).await.unwrap();
        assert_eq!((ids(&listed), listed[0].state, listed[0].error.as_deref()), (vec![bad.clone()], OutboxState::Refused, Some("invalid_audience")));
        outbox.remove(&one, std::slice::from_ref(good), None).await.unwrap();
        assert_eq!(outbox.retry(&filter, later).await.unwrap(), 1);
        assert_eq!(ids(&outbox.claim(&one, later, later.plus_secs(9), 5).await.unwrap()), std::slice::from_ref(bad));
        assert_eq!(outbox.discard(&OutboxFilter { state: Some(OutboxState::GivenUp), ..OutboxFilter::default() }).await.unwrap(), 1);
        assert_eq!(counts(&bench.stores, OutboxKind::Logout, now).await, OutboxCounts::default());
    }

    /// Operators look at some.
    async fn listed(bench) {
        let (outbox, now) = (&bench.stores.outbox, beginning());
        let (first, second) = (several("one", 3, now), several("two", 2, now.plus_secs(10)));
        outbox.push(&first, None).await.unwrap();
        outbox.push(&second, None).await.unwrap();
        outbox.push(&[message("m-1", now)], None).await.unwrap();
        let list = async |filter: OutboxFilter| outbox.list(&filter, 5).await.unwrap().len();
        let all = OutboxFilter::default;
        assert_eq!(list(all()).await, 5);
        assert_eq!(list(OutboxFilter { kind: Some(OutboxKind::Message), ..all() }).await, 1);
        assert_eq!(list(OutboxFilter { destination: Some(Destination::new("two")), ..all() }).await, 2);
        assert_eq!(list(OutboxFilter { id: Some(first[1].id.clone()), ..all() }).await, 1);
        assert_eq!(list(OutboxFilter { before: Some(now.plus_secs(2)), kind: Some(OutboxKind::Event), ..all() }).await, 2);
        assert_eq!(list(OutboxFilter { state: Some(OutboxState::Refused), ..all() }).await, 0);
        let later = now.plus_secs(60);
        let two = events_of("two");
        outbox.claim(&two, later, later.plus_secs(600), 5).await.unwrap();
        let theirs = OutboxFilter { destination: Some(two.destination.clone()), ..all() };
        assert_eq!(outbox.retry(&theirs, later).await.unwrap(), 0, "it is being delivered");
        let later = later.plus_secs(600);
        assert_eq!(outbox.retry(&theirs, later).await.unwrap(), 2);
        assert_eq!(outbox.claim(&two, later, later.plus_secs(600), 5).await.unwrap().len(), 2);
        assert_eq!(outbox.discard(&theirs).await.unwrap(), 2);
        assert_eq!(list(all()).await, 4);
    }

    /// After a change of keys nothing is lost.
    async fn sealed_anew(bench) {
        let (now, pushed) = (beginning(), message("m-1", beginning()));
        bench.stores.outbox.push(std::slice::from_ref(&pushed), None).await.unwrap();
        let shown = bench.again(&keys(&['b'])).await.outbox.list(&OutboxFilter::default(), 5).await.unwrap();
        assert_eq!(shown[0].outgoing.content, Content::Unreadable(OutboxKind::Message));
        assert_eq!(bench.again(&keys(&['b', 'a'])).await.rekey().await.unwrap().sealed, 1);
        let stores = bench.again(&keys(&['b'])).await;
        let phones = lane(OutboxKind::Message, "phones");
        assert_eq!(stores.outbox.claim(&phones, now, now.plus_secs(9), 5).await.unwrap()[0].outgoing, pushed);
    }
}
