//! Scheduled jobs, and what they clean up.

use crate::lasting::outbox::lane;
use crate::samples::{client_id, event, imported, key, namespace, notice, outgoing, progress};
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{KeyState, Leftovers, OutboxFilter, OutboxState, Stopped};
use broker_stores::testing::{beginning, keys};

on_each_lasting! {
    /// All instances see when a job succeeded last; one whose clock is behind takes nothing back.
    async fn the_last_success_is_known_to_all(bench) {
        let (upkeep, now) = (&bench.stores.upkeep, beginning());
        assert_eq!(upkeep.last_runs().await.unwrap(), []);
        upkeep.ran("keys", now).await.unwrap();
        upkeep.ran("clean-up", now).await.unwrap();
        upkeep.ran("keys", now.plus_secs(-5)).await.unwrap();
        let other = bench.again(&keys(&['a'])).await;
        other.upkeep.ran("clean-up", now.plus_secs(5)).await.unwrap();
        let expected = [("clean-up".to_owned(), now.plus_secs(5)), ("keys".to_owned(), now)];
        assert_eq!(other.upkeep.last_runs().await.unwrap(), expected);
    }

    /// What is over goes, a step at a time; what waits, was refused or lasts stays.
    async fn what_is_over_goes(bench) {
        let (stores, now) = (&bench.stores, beginning());
        let lost: Vec<_> = (0..5).map(|_| notice(now)).collect();
        let all: Vec<_> = lost.iter().cloned().map(Into::into).collect();
        stores.outbox.push(&all, None).await.unwrap();
        let logouts = lane(OutboxKind::Logout, client_id().as_str());
        for notice in &lost[..4] {
            stores.outbox.stop(&logouts, &notice.id, Stopped { state: OutboxState::GivenUp, why: "answered 500" }, None, now).await.unwrap();
        }
        let refused = outgoing("one", now);
        stores.outbox.push(&[refused.clone().into()], None).await.unwrap();
        stores.outbox.stop(&lane(OutboxKind::Event, "one"), &refused.id, Stopped { state: OutboxState::Refused, why: "no" }, None, now).await.unwrap();
        stores.audit.append(&[event(now)]).await.unwrap();
        let place = progress(1);
        stores.accounts.import(&namespace(), vec![imported("t-1")], place.clone(), now).await.unwrap();
        let at = |secs: i64| Leftovers { given_up_before: now.plus_secs(secs), refused_before: now, imports_before: now.plus_secs(secs) };
        assert_eq!(stores.upkeep.clean(&at(0), 100).await.unwrap(), 0);
        assert!(stores.accounts.progress(&namespace(), &place.file).await.unwrap().is_some());
        assert_eq!(stores.upkeep.clean(&at(1), 3).await.unwrap(), 4);
        assert_eq!(stores.upkeep.clean(&at(1), 3).await.unwrap(), 1);
        assert_eq!(stores.upkeep.clean(&at(1), 3).await.unwrap(), 0);
        assert!(stores.accounts.progress(&namespace(), &place.file).await.unwrap().is_none());
        assert_eq!(stores.outbox.list(&OutboxFilter::default(), 100).await.unwrap().len(), 2);
        assert_eq!(stores.audit.entries(0, 10).await.unwrap().len(), 1);
        assert!(stores.accounts.account(&namespace(), &imported("t-1").account.tech_id).await.unwrap().is_some());
    }

    /// What a portal refused goes as well, later.
    async fn what_was_refused_goes(bench) {
        let (stores, now) = (&bench.stores, beginning());
        let refused = outgoing("one", now);
        stores.outbox.push(&[refused.clone().into(), outgoing("one", now).into()], None).await.unwrap();
        let stopped = Stopped { state: OutboxState::Refused, why: "no" };
        stores.outbox.stop(&lane(OutboxKind::Event, "one"), &refused.id, stopped, None, now).await.unwrap();
        let at = |secs: i64| Leftovers { given_up_before: now, refused_before: now.plus_secs(secs), imports_before: now };
        assert_eq!(stores.upkeep.clean(&at(0), 9).await.unwrap(), 0);
        assert_eq!(stores.upkeep.clean(&at(1), 9).await.unwrap(), 1);
        assert_eq!(stores.outbox.list(&OutboxFilter::default(), 9).await.unwrap().len(), 1);
    }

    /// Only what was retired long ago is forgotten.
    async fn retired_keys_are_forgotten(bench) {
        let (store, now) = (&bench.stores.keys, beginning());
        let all = [key("a", KeyState::Current, now), key("b", KeyState::Retiring, now)];
        assert!(store.change(&[], &all, &[], now).await.unwrap());
        let before = [("a".to_owned(), KeyState::Current), ("b".to_owned(), KeyState::Retiring)];
        assert!(store.change(&before, &[], &[("b".to_owned(), KeyState::Retired)], now.plus_secs(5)).await.unwrap());
        assert_eq!(store.forget(now.plus_secs(5)).await.unwrap(), 0);
        assert_eq!(store.forget(now.plus_secs(6)).await.unwrap(), 1);
        assert_eq!(store.forget(now.plus_secs(1_000_000)).await.unwrap(), 0);
        assert_eq!(store.keys().await.unwrap().len(), 1);
    }
}
