//! Many at once.

use crate::samples::{admission, arrival, event, key, scope, subject};
use broker_domain::ids::{CitizenId, ClientId, SectorId};
use broker_domain::ports::{Admission, KeyState};
use broker_stores::Stores;
use broker_stores::testing::{LastingBench, beginning, keys};
use std::collections::HashSet;
use std::sync::Arc;

const AT_ONCE: usize = 16;

/// Two instances, so that no lock of a process can help.
async fn instances(bench: &LastingBench) -> [Arc<Stores>; 2] {
    [Arc::new(bench.again(&keys(&['a'])).await), Arc::new(bench.again(&keys(&['a'])).await)]
}

/// Does something from both instances at once.
async fn all<T, F>(bench: &LastingBench, work: impl Fn(Arc<Stores>, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let instances = instances(bench).await;
    let tasks: Vec<_> = (0..AT_ONCE).map(|n| tokio::spawn(work(instances[n % 2].clone(), n))).collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

on_each_lasting! {
    /// However many first arrivals of one person race, there is one citizen with one subject.
    async fn one_citizen_for_one_person(bench) {
        let admitted = all(&bench, |stores, _| async move {
            let wanted = Admission {
                subject: Some((SectorId::new("s"), subject())),
                ..admission(arrival(beginning()), beginning())
            };
            stores.citizens.admit(wanted).await.unwrap()
        })
        .await;
        assert_eq!(admitted.iter().filter(|a| a.is_new).count(), 1);
        assert_eq!(admitted.iter().map(|a| a.citizen.clone()).collect::<HashSet<_>>().len(), 1);
        assert_eq!(admitted.iter().map(|a| a.subject.clone()).collect::<HashSet<_>>().len(), 1);
        assert_eq!(bench.stores.citizens.count().await.unwrap(), 1);
    }

    /// The same when each comes by an identity of its own: one citizen with all of them.
    async fn one_citizen_for_one_number(bench) {
        let arrival_by = |n: usize| {
            let mut arrived = arrival(beginning());
            arrived.subject = format!("way-{n}");
            arrived
        };
        all(&bench, move |stores, n| async move {
            stores.citizens.admit(admission(arrival_by(n), beginning())).await.unwrap();
        })
        .await;
        assert_eq!(bench.stores.citizens.count().await.unwrap(), 1);
        for n in 0..AT_ONCE {
            let found = bench.stores.citizens.find(&arrival_by(n)).await.unwrap();
            assert!(found.matches.by_identity.is_some(), "way {n} was lost");
        }
    }

    /// However many portals of a sector ask at once, all get the same subject.
    async fn one_subject_for_one_sector(bench) {
        let an = bench.stores.citizens.admit(admission(arrival(beginning()), beginning())).await.unwrap().citizen;
        let subjects = all(&bench, |stores, _| {
            let an = an.clone();
            async move {
                stores.citizens.subject(&an, &SectorId::new("s"), &subject(), beginning()).await.unwrap()
            }
        })
        .await;
        assert_eq!(subjects.iter().collect::<HashSet<_>>().len(), 1);
    }

    /// Nothing that was allowed at the same moment is lost.
    async fn everything_allowed_is_kept(bench) {
        let an = bench.stores.citizens.admit(admission(arrival(beginning()), beginning())).await.unwrap().citizen;
        let each = ["openid", "profile", "email", "phone", "address", "offline_access"];
        all(&bench, |stores, n| {
            let an: CitizenId = an.clone();
            async move {
                let portal = ClientId::new("portal");
                stores.citizens.allow(&an, &portal, &scope(each[n % each.len()]), beginning()).await.unwrap();
            }
        })
        .await;
        let allowed = bench.stores.citizens.find(&arrival(beginning())).await.unwrap().allowed;
        let [(portal, scopes)] = allowed.as_slice() else { panic!("{allowed:?}") };
        assert_eq!(portal, &ClientId::new("portal"));
        let scopes = scopes.to_string();
        let kept: HashSet<&str> = scopes.split(' ').collect();
        assert_eq!(kept, HashSet::from(each));
    }

    /// Of instances that would make the first keys, one does.
    async fn one_makes_the_first_keys(bench) {
        let made = all(&bench, |stores, n| async move {
            let first = key(&format!("k{n}"), KeyState::Current, beginning());
            stores.keys.change(&[], &[first], &[], beginning()).await.unwrap()
        })
        .await;
        assert_eq!(made.iter().filter(|m| **m).count(), 1);
        assert_eq!(bench.stores.keys.keys().await.unwrap().len(), 1);
    }

    /// The chain of the log never forks, and everything is in it once.
    async fn the_chain_never_forks(bench) {
        all(&bench, |stores, _| async move {
            let events = [event(beginning()), event(beginning()), event(beginning())];
            stores.audit.append(&events).await.unwrap();
        })
        .await;
        let entries = bench.stores.audit.entries(0, 1000).await.unwrap();
        assert_eq!(entries.len(), 3 * AT_ONCE);
        let mut before = [0; 32];
        for (entry, seq) in entries.iter().zip(1..) {
            assert_eq!((entry.seq, entry.hash), (seq, entry.event.chain(&before)));
            before = entry.hash;
        }
    }

    /// The same events from two who saw them: each is in the log once.
    async fn an_event_twice_at_once(bench) {
        let events: Vec<_> = (0..20).map(|_| event(beginning())).collect();
        all(&bench, |stores, _| {
            let events = events.clone();
            async move { stores.audit.append(&events).await.unwrap() }
        })
        .await;
        assert_eq!(bench.stores.audit.entries(0, 1000).await.unwrap().len(), events.len());
    }

    /// No instance's new citizen is lost while another one changes registrations.
    async fn writers_do_not_shut_each_other_out(bench) {
        let done = all(&bench, |stores, n| async move {
            if n % 2 == 0 {
                let client = crate::samples::client(&format!("p{n}"), beginning());
                stores.registrations.add(&client).await.is_ok()
            } else {
                let arrived = crate::samples::arrival_of(u32::try_from(n).unwrap(), beginning());
                stores.citizens.admit(admission(arrived, beginning())).await.is_ok()
            }
        })
        .await;
        assert!(done.into_iter().all(|d| d));
        assert_eq!(bench.stores.registrations.all().await.unwrap().len(), AT_ONCE / 2);
        assert_eq!(bench.stores.citizens.count().await.unwrap(), AT_ONCE as u64 / 2);
    }
}
