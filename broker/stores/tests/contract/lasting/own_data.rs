//! What is kept of a citizen, for their own eyes.

use crate::samples::{ENTROPY, admission, arrival, arrival_of, client_id, profile, scope, subject};
use broker_domain::claims::{Claims, Marked, Source};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{CitizenId, SectorId};
use broker_domain::person::{OldNumber, PersonalNumber};
use broker_domain::ports::Admission;
use broker_stores::testing::{beginning, keys};

pub(super) fn confirmed() -> Claims {
    let at = Timestamp::from_secs(1_700_000_000);
    let number = PersonalNumber::parse("001085000001").unwrap();
    let old = OldNumber::parse("987654321").unwrap();
    Claims {
        personal_number: Some(Marked::verified(number, Source::PopulationDatabase, at)),
        old_number: Some(Marked::verified(old, Source::PopulationDatabase, at)),
        ..Claims::default()
    }
}

on_each_lasting! {
    /// Everything of a citizen, and nothing of another one.
    async fn everything_of_a_citizen(bench) {
        let now = beginning();
        let sector = SectorId::new("a-sector");
        let given = subject();
        let wanted = Admission { subject: Some((sector.clone(), given.clone())), ..admission(arrival(now), now) };
        let an = bench.stores.citizens.admit(wanted).await.unwrap().citizen;
        let binh = bench.stores.citizens.admit(admission(arrival_of(2, now), now)).await.unwrap().citizen;
        bench.stores.citizens.allow(&an, &client_id(), &scope("openid email"), now.plus_secs(9)).await.unwrap();
        let record = bench.stores.own_data.record(&an).await.unwrap().unwrap();
        assert_eq!((record.profile, record.confirmed), (profile(), None));
        assert_eq!((record.recorded_at, record.changed_at), (now, now));
        assert_eq!(record.identities.len(), 1);
        assert_eq!(record.identities[0].subject, "vneid-subject-of-an");
        assert_eq!((&record.subjects[0].sector, &record.subjects[0].subject), (&sector, &given));
        assert_eq!((&record.consents[0].client, record.consents[0].at), (&client_id(), now.plus_secs(9)));
        assert!(record.aliases.is_empty());
        let other = bench.stores.own_data.record(&binh).await.unwrap().unwrap();
        assert!(other.subjects.is_empty() && other.consents.is_empty() && other.identities.len() == 1);
        let nobody = CitizenId::generate(&ENTROPY);
        assert_eq!(bench.stores.own_data.record(&nobody).await.unwrap(), None);
    }

    /// What was confirmed is found at the next arrival, survives a change of keys, and stands nowhere for anybody else.
    async fn what_was_confirmed_is_found(bench) {
        let now = beginning();
        let an = bench.stores.citizens.admit(admission(arrival(now), now)).await.unwrap().citizen;
        bench.stores.citizens.admit(admission(arrival_of(2, now), now)).await.unwrap();
        assert_eq!(bench.stores.citizens.find(&arrival(now)).await.unwrap().confirmed, None);
        bench.stores.own_data.confirm(&an, &confirmed(), now.plus_secs(1)).await.unwrap();
        assert_eq!(bench.stores.citizens.find(&arrival(now)).await.unwrap().confirmed, Some(confirmed()));
        assert_eq!(bench.stores.citizens.find(&arrival_of(2, now)).await.unwrap().confirmed, None);
        let both = bench.again(&keys(&['b', 'a'])).await;
        both.rekey().await.unwrap();
        let new = bench.again(&keys(&['b'])).await;
        assert_eq!(new.own_data.record(&an).await.unwrap().unwrap().confirmed, Some(confirmed()));
        let nobody = CitizenId::generate(&ENTROPY);
        assert!(bench.stores.own_data.confirm(&nobody, &confirmed(), now).await.is_err());
    }
}
