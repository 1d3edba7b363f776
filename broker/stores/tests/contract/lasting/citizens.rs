//! Citizens, their subjects, and what they allowed.

use crate::samples::{ENTROPY, admission, arrival, arrival_of, organization, scope, subject};
use broker_domain::ids::{CitizenId, ClientId, SectorId};
use broker_domain::person::CitizenStatus;
use broker_domain::ports::{Admission, StoreError};
use broker_stores::testing::beginning;

on_each_lasting! {
    /// Nobody is known before the first arrival.
    async fn nobody_is_known_at_first(bench) {
        let found = bench.stores.citizens.find(&arrival(beginning())).await.unwrap();
        assert_eq!(found, Default::default());
        assert_eq!(bench.stores.citizens.count().await.unwrap(), 0);
    }

    /// Who was admitted is found by identity and by number, with what is kept of them.
    async fn who_was_admitted_is_found(bench) {
        let (citizens, arrived) = (&bench.stores.citizens, arrival(beginning()));
        let first = Some((SectorId::new("s"), subject()));
        let wanted = Admission { subject: first.clone(), ..admission(arrived.clone(), beginning()) };
        let admitted = citizens.admit(wanted.clone()).await.unwrap();
        assert!(admitted.is_new);
        assert_eq!(admitted.citizen, wanted.new_id);
        assert_eq!(admitted.subject, first.clone().map(|f| f.1));
        let found = citizens.find(&arrived).await.unwrap();
        for known in [found.matches.by_identity.unwrap(), found.matches.by_number.unwrap()] {
            assert_eq!(known.id, admitted.citizen);
            assert_eq!(known.status, CitizenStatus::Active);
            assert_eq!(known.profile, arrived.profile);
        }
        assert_eq!(found.subjects, Vec::from_iter(first));
        assert_eq!(citizens.count().await.unwrap(), 1);
    }

    /// Either alone is enough: another identity with the number, another number with the identity.
    async fn either_alone_finds(bench) {
        let (citizens, arrived) = (&bench.stores.citizens, arrival(beginning()));
        let admitted = citizens.admit(admission(arrived.clone(), beginning())).await.unwrap();
        let mut other_identity = arrived.clone();
        other_identity.subject = "another".to_owned();
        let found = citizens.find(&other_identity).await.unwrap().matches;
        assert!(found.by_identity.is_none());
        assert_eq!(found.by_number.unwrap().id, admitted.citizen);
        let mut other_issuer = arrived.clone();
        other_issuer.issuer = "https://elsewhere.example".to_owned();
        assert!(citizens.find(&other_issuer).await.unwrap().matches.by_identity.is_none());
        let mut other_number = arrived;
        other_number.profile = arrival_of(7, beginning()).profile;
        let found = citizens.find(&other_number).await.unwrap().matches;
        assert_eq!(found.by_identity.unwrap().id, admitted.citizen);
        assert!(found.by_number.is_none());
    }

    /// A second way in is added to the same citizen, and a changed profile is kept.
    async fn an_identity_is_added(bench) {
        let (citizens, arrived) = (&bench.stores.citizens, arrival(beginning()));
        let known = citizens.admit(admission(arrived.clone(), beginning())).await.unwrap().citizen;
        let mut second = arrived.clone();
        second.subject = "another".to_owned();
        second.profile.address = Some("2 Hàng Bài".to_owned());
        let wanted = Admission {
            known: Some(known.clone()),
            add_identity: true,
            update_profile: true,
            ..admission(second.clone(), beginning())
        };
        let admitted = citizens.admit(wanted.clone()).await.unwrap();
        assert!(!admitted.is_new);
        assert_eq!(admitted.citizen, known);
        // Again: it changes nothing.
        citizens.admit(wanted).await.unwrap();
        for way in [&arrived, &second] {
            let found = citizens.find(way).await.unwrap().matches.by_identity.unwrap();
            assert_eq!((found.id, found.profile), (known.clone(), second.profile.clone()));
        }
        assert_eq!(citizens.count().await.unwrap(), 1);
    }

    /// An identity never moves from one citizen to another.
    async fn an_identity_stays(bench) {
        let citizens = &bench.stores.citizens;
        let an = arrival(beginning());
        let owner = citizens.admit(admission(an.clone(), beginning())).await.unwrap().citizen;
        let binh = citizens.admit(admission(arrival_of(2, beginning()), beginning())).await.unwrap().citizen;
        let steal = Admission { known: Some(binh), add_identity: true, ..admission(an.clone(), beginning()) };
        let refused = citizens.admit(steal).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        let mut new = arrival_of(3, beginning());
        new.subject = an.subject.clone();
        let refused = citizens.admit(admission(new.clone(), beginning())).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        assert!(citizens.find(&new).await.unwrap().matches.by_number.is_none(), "half a citizen was left");
        assert_eq!(citizens.find(&an).await.unwrap().matches.by_identity.unwrap().id, owner);
        assert_eq!(citizens.count().await.unwrap(), 2);
    }

    /// An organization is known by its tax code, whoever acts for it, and is nobody's person.
    async fn organizations_are_known_by_their_tax_code(bench) {
        let (citizens, now) = (&bench.stores.citizens, beginning());
        let first = organization("0100000001", 1, now);
        let company = citizens.admit(admission(first, now)).await.unwrap().citizen;
        let found = citizens.find(&organization("0100000001", 2, now)).await.unwrap().matches;
        assert_eq!(found.by_number.unwrap().id, company);
        assert!(citizens.find(&organization("0100000002", 2, now)).await.unwrap().matches.by_number.is_none());
        assert!(citizens.find(&arrival_of(1, now)).await.unwrap().matches.by_number.is_none());
    }

    /// The subject given first stays, whatever is offered later; each sector and each citizen has its own.
    async fn a_subject_stays(bench) {
        let (citizens, now) = (&bench.stores.citizens, beginning());
        let an = citizens.admit(admission(arrival(now), now)).await.unwrap().citizen;
        let binh = citizens.admit(admission(arrival_of(2, now), now)).await.unwrap().citizen;
        let (one, two) = (SectorId::new("one"), SectorId::new("two"));
        let first = subject();
        assert_eq!(citizens.subject(&an, &one, &first, now).await.unwrap(), first);
        assert_eq!(citizens.subject(&an, &one, &subject(), now).await.unwrap(), first);
        let wanted = Admission {
            known: Some(an.clone()),
            subject: Some((one.clone(), subject())),
            ..admission(arrival(now), now)
        };
        assert_eq!(citizens.admit(wanted).await.unwrap().subject.unwrap(), first);
        let elsewhere = subject();
        assert_eq!(citizens.subject(&an, &two, &elsewhere, now).await.unwrap(), elsewhere);
        assert_ne!(citizens.subject(&binh, &one, &subject(), now).await.unwrap(), first);
        let mut found = citizens.find(&arrival(now)).await.unwrap().subjects;
        found.sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
        assert_eq!(found, [(one, first), (two, elsewhere)]);
    }

    /// A citizen's first visit, with several tabs at once: each is told the same subject, and none an error.
    async fn first_visits_at_once(bench) {
        let (citizens, now) = (&bench.stores.citizens, beginning());
        let an = citizens.admit(admission(arrival(now), now)).await.unwrap().citizen;
        for visit in 0..60 {
            let (sector, candidate) = (SectorId::new(format!("sector-{visit}")), subject());
            let told = futures_util::future::join_all((0..8).map(|_| {
                let (citizens, an, sector, candidate) = (citizens.clone(), an.clone(), sector.clone(), candidate.clone());
                async move { tokio::spawn(async move { citizens.subject(&an, &sector, &candidate, now).await }).await.unwrap() }
            }));
            for one in told.await {
                assert_eq!(one.unwrap(), candidate);
            }
        }
    }

    /// A subject is one citizen's within a sector: a second one never gets it.
    async fn a_subject_is_one_citizens(bench) {
        let (citizens, now) = (&bench.stores.citizens, beginning());
        let an = citizens.admit(admission(arrival(now), now)).await.unwrap().citizen;
        let binh = citizens.admit(admission(arrival_of(2, now), now)).await.unwrap().citizen;
        let (sector, taken) = (SectorId::new("one"), subject());
        citizens.subject(&an, &sector, &taken, now).await.unwrap();
        let refused = citizens.subject(&binh, &sector, &taken, now).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    }

    /// A subject for nobody is refused.
    async fn no_subject_for_nobody(bench) {
        let nobody = CitizenId::generate(&ENTROPY);
        let refused = bench.stores.citizens.subject(&nobody, &SectorId::new("s"), &subject(), beginning()).await;
        assert!(refused.is_err(), "{refused:?}");
    }

    /// What was allowed adds up for each portal, and comes with the citizen.
    async fn what_was_allowed_adds_up(bench) {
        let (citizens, now) = (&bench.stores.citizens, beginning());
        let an = citizens.admit(admission(arrival(now), now)).await.unwrap().citizen;
        let (one, two) = (ClientId::new("one"), ClientId::new("two"));
        citizens.allow(&an, &one, &scope("openid profile"), now).await.unwrap();
        citizens.allow(&an, &one, &scope("openid email"), now).await.unwrap();
        citizens.allow(&an, &two, &scope("openid"), now).await.unwrap();
        let mut allowed = citizens.find(&arrival(now)).await.unwrap().allowed;
        allowed.sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
        assert_eq!(allowed, [(one, scope("openid profile email")), (two, scope("openid"))]);
    }
}
