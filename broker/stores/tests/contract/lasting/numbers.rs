//! Numbers that are issued anew, and identities that people accept.

use crate::samples::{admission, arrival, arrival_of, imported, namespace, progress, subject};
use broker_domain::ids::{CitizenId, SectorId, UpstreamId};
use broker_domain::linking::ClaimedIdentity;
use broker_domain::person::{BirthDate, Gender, PersonalNumber};
use broker_domain::ports::{Added, Admission, StoreError};
use broker_domain::upstream::Arrival;
use broker_stores::Stores;
use broker_stores::testing::{beginning, keys};
use std::sync::Arc;

const AT_ONCE: usize = 12;

fn number(text: &str) -> PersonalNumber {
    PersonalNumber::parse(text).unwrap()
}

/// The sample's citizen after a correction of the sex.
fn renumbered() -> Arrival {
    let mut arrived = arrival(beginning());
    arrived.profile.personal_number = number("001185000001");
    arrived.profile.gender = Some(Gender::Female);
    arrived
}

fn with_new_number(citizen: &CitizenId, arrived: Arrival) -> Admission {
    Admission {
        known: Some(citizen.clone()),
        add_number: true,
        update_profile: true,
        ..admission(arrived, beginning())
    }
}

async fn an(stores: &Stores) -> CitizenId {
    stores.citizens.admit(admission(arrival(beginning()), beginning())).await.unwrap().citizen
}

on_each_lasting! {
    /// The number is updated, the one before stays theirs, and so do the subjects.
    async fn a_number_issued_anew(bench) {
        let citizens = &bench.stores.citizens;
        let an = an(&bench.stores).await;
        let before = citizens.subject(&an, &SectorId::new("s"), &subject(), beginning()).await.unwrap();
        let admitted = citizens.admit(with_new_number(&an, renumbered())).await.unwrap();
        assert!(!admitted.is_new && admitted.citizen == an);
        // Again: it changes nothing.
        citizens.admit(with_new_number(&an, renumbered())).await.unwrap();
        for arrived in [renumbered(), arrival(beginning())] {
            let found = citizens.find(&arrived).await.unwrap();
            assert_eq!(found.matches.by_number.as_ref().unwrap().id, an);
            assert_eq!(found.matches.by_identity.unwrap().profile.personal_number, number("001185000001"));
            assert_eq!(found.subjects, [(SectorId::new("s"), before.clone())]);
        }
        let record = citizens.citizen(&an).await.unwrap().unwrap();
        assert_eq!(record.citizen.profile, renumbered().profile);
        assert_eq!(record.other_numbers, [number("001085000001")]);
        assert_eq!(citizens.by_number(&number("001085000001")).await.unwrap(), Some(an.clone()));
        assert_eq!(citizens.by_number(&number("001185000001")).await.unwrap(), Some(an));
        assert_eq!(citizens.by_number(&number("001185000002")).await.unwrap(), None);
        assert_eq!(citizens.count().await.unwrap(), 1);
    }

    /// Somebody else's number is not taken, and nothing is half written.
    async fn somebody_elses_number_is_not_taken(bench) {
        let citizens = &bench.stores.citizens;
        let an = an(&bench.stores).await;
        let mut other = renumbered();
        other.subject = "vneid-subject-of-another".to_owned();
        let binh = citizens.admit(admission(other, beginning())).await.unwrap().citizen;
        let refused = citizens.admit(with_new_number(&an, renumbered())).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        let found = citizens.find(&renumbered()).await.unwrap().matches;
        assert_eq!(found.by_number.unwrap().id, binh);
        assert_eq!(found.by_identity.unwrap().profile, arrival(beginning()).profile, "half of it was written");
        assert_eq!(citizens.add_number(&an, &number("001185000001"), beginning()).await.unwrap(), Added::Another);
        assert_eq!(citizens.add_number(&an, &number("001185000009"), beginning()).await.unwrap(), Added::Now);
        assert_eq!(citizens.add_number(&an, &number("001185000009"), beginning()).await.unwrap(), Added::Before);
    }

    /// Who comes by another way under a new number is known by the old 9-digit one; somebody else's old number opens nothing.
    async fn the_old_number_ties_them_together(bench) {
        let citizens = &bench.stores.citizens;
        let an = an(&bench.stores).await;
        let mut sealed = renumbered();
        sealed.issuer = "https://sealed.example".to_owned();
        sealed.subject = "pid:001185000001".to_owned();
        let found = citizens.find(&sealed).await.unwrap();
        assert!(found.matches.by_identity.is_none() && found.matches.by_number.is_none());
        assert_eq!(found.matches.by_old_number.unwrap().id, an);
        assert!(found.subjects.is_empty() && found.allowed.is_empty(), "nothing is theirs yet");
        // Another citizen with the same old number is recorded all the same; the number stays with whom it was.
        let binh = citizens.admit(admission(arrival_of(2, beginning()), beginning())).await.unwrap();
        assert!(binh.is_new);
        assert_eq!(citizens.find(&sealed).await.unwrap().matches.by_old_number.unwrap().id, an);
        let mut none = sealed.clone();
        none.profile.old_number = None;
        assert!(citizens.find(&none).await.unwrap().matches.by_old_number.is_none());
        let wanted = Admission { add_identity: true, ..with_new_number(&an, sealed.clone()) };
        citizens.admit(wanted).await.unwrap();
        assert_eq!(citizens.find(&sealed).await.unwrap().matches.by_identity.unwrap().id, an);
        assert_eq!(citizens.count().await.unwrap(), 2);
    }

    /// Accounts under a number of before are found with the citizen, and marked so.
    async fn accounts_under_a_number_of_before_are_found(bench) {
        let (citizens, accounts) = (&bench.stores.citizens, &bench.stores.accounts);
        let an = an(&bench.stores).await;
        citizens.admit(with_new_number(&an, renumbered())).await.unwrap();
        let mut new = imported("t-2");
        new.account.claims.personal_number.as_mut().unwrap().value = number("001185000001");
        new.account.claims.birth_date.as_mut().unwrap().value = BirthDate::Year(1985);
        let mut only_before = imported("t-1");
        only_before.account.claims.old_number = None;
        accounts.import(&namespace(), vec![only_before, new], progress(2), beginning()).await.unwrap();
        let found = citizens.find(&renumbered()).await.unwrap().accounts;
        let each: Vec<_> = found.iter().map(|k| (k.account.tech_id.as_str(), k.number_is_former)).collect();
        assert_eq!(each, [("t-1", true), ("t-2", false)]);
        let before = citizens.find(&arrival(beginning())).await.unwrap().accounts;
        assert_eq!(before.len(), 2, "whoever still comes with the number of before finds both");
    }

    /// However many arrivals with a new number race against each other and against a stranger with the same number: one citizen has it.
    async fn a_race_for_a_number(bench) {
        let an = an(&bench.stores).await;
        let instances = [Arc::new(bench.again(&keys(&['a'])).await), Arc::new(bench.again(&keys(&['a'])).await)];
        let tasks: Vec<_> = (0..AT_ONCE).map(|n| {
            let (stores, an) = (instances[n % 2].clone(), an.clone());
            tokio::spawn(async move {
                let wanted = if n % 3 == 0 {
                    let mut other = renumbered();
                    other.subject = format!("stranger-{n}");
                    admission(other, beginning())
                } else {
                    with_new_number(&an, renumbered())
                };
                stores.citizens.admit(wanted).await.map(|a| a.citizen)
            })
        }).collect();
        let mut owners = Vec::new();
        for task in tasks {
            match task.await.unwrap() {
                Ok(citizen) => owners.push(citizen),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert!(owners.iter().all(|o| *o == owners[0]), "{owners:?}");
        let kept = bench.stores.citizens.by_number(&number("001185000001")).await.unwrap();
        assert_eq!(kept.as_ref(), owners.first());
        let expected = if owners[0] == an { 1 } else { 2 };
        assert_eq!(bench.stores.citizens.count().await.unwrap(), expected);
    }

    /// An identity that people accept is the citizen's from then on, unless it is somebody's.
    async fn an_identity_is_accepted(bench) {
        let citizens = &bench.stores.citizens;
        let an = an(&bench.stores).await;
        let identity = |subject: &str| ClaimedIdentity {
            upstream: UpstreamId::new("vneid"),
            issuer: "https://vneid.example".to_owned(),
            subject: subject.to_owned(),
        };
        assert_eq!(citizens.add_identity(&an, &identity("made-anew"), beginning()).await.unwrap(), Added::Now);
        assert_eq!(citizens.add_identity(&an, &identity("made-anew"), beginning()).await.unwrap(), Added::Before);
        let mut arrived = arrival(beginning());
        arrived.subject = "made-anew".to_owned();
        assert_eq!(citizens.find(&arrived).await.unwrap().matches.by_identity.unwrap().id, an);
        let binh = citizens.admit(admission(arrival_of(2, beginning()), beginning())).await.unwrap().citizen;
        assert_eq!(citizens.add_identity(&binh, &identity("made-anew"), beginning()).await.unwrap(), Added::Another);
    }
}
