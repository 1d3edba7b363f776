use super::super::*;
use crate::clock::Timestamp;
use crate::ids::{CitizenId, UpstreamId};
use crate::level::Level;
use crate::person::{AccountKind, BirthDate, CitizenStatus, Gender, Name, PersonalNumber, Profile};
use crate::upstream::Arrival;
use proptest::prelude::*;
use rstest::rstest;

fn profile(year: i32, gender: Option<Gender>) -> Profile {
    Profile {
        kind: AccountKind::Citizen,
        personal_number: PersonalNumber::parse("001085000001").unwrap(),
        full_name: Name::parse("NGUYỄN VĂN AN").unwrap(),
        birth_date: Some(BirthDate::Day(year, 3, 12)),
        gender,
        old_number: None,
        passport: None,
        phone: None,
        email: None,
        address: None,
        organization: None,
    }
}

fn arrival(year: i32, gender: Option<Gender>) -> Arrival {
    Arrival {
        upstream: UpstreamId::new("vneid"),
        issuer: "https://vneid.example".into(),
        subject: "s".into(),
        sid: None,
        profile: profile(year, gender),
        level: Level::LoA2,
        auth_time: Timestamp::default(),
    }
}

fn known(id: &str, status: CitizenStatus) -> Option<Known> {
    Some(Known { id: CitizenId::new(id), status, profile: profile(1985, Some(Gender::Male)) })
}

use CitizenStatus::{Active, Blocked, Deceased};

#[rstest]
#[case::known_identity_same_number(
    known("a", Active),
    known("a", Active),
    true,
    Arrived::Known(CitizenId::new("a"))
)]
#[case::new_identity_of_an_authoritative_upstream(
    None,
    known("a", Active),
    true,
    Arrived::NewIdentity(CitizenId::new("a"))
)]
#[case::new_identity_of_another_upstream(
    None,
    known("a", Active),
    false,
    Arrived::Nobody(Doubt::NotAuthoritative)
)]
#[case::known_identity_unknown_number(known("a", Active), None, true, Arrived::Nobody(Doubt::NumberChanged))]
#[case::known_identity_number_of_another(
    known("a", Active),
    known("b", Active),
    true,
    Arrived::Nobody(Doubt::NumberChanged)
)]
#[case::blocked(known("a", Blocked), known("a", Blocked), true, Arrived::Nobody(Doubt::Blocked))]
#[case::blocked_by_number(None, known("a", Blocked), true, Arrived::Nobody(Doubt::Blocked))]
#[case::deceased(None, known("a", Deceased), true, Arrived::Nobody(Doubt::Deceased))]
#[case::nobody_knows_them(None, None, true, Arrived::NewCitizen)]
fn the_table(
    #[case] by_identity: Option<Known>,
    #[case] by_number: Option<Known>,
    #[case] authoritative: bool,
    #[case] expected: Arrived,
) {
    assert_eq!(
        decide_arrival(&arrival(1985, Some(Gender::Male)), &Match { by_identity, by_number }, authoritative),
        expected
    );
}

#[rstest]
#[case::birth_date_differs(1986, Some(Gender::Male))]
#[case::sex_differs(1985, Some(Gender::Female))]
fn a_new_identity_that_differs_signs_nobody_in(#[case] year: i32, #[case] gender: Option<Gender>) {
    let found = Match { by_identity: None, by_number: known("a", Active) };
    assert_eq!(
        decide_arrival(&arrival(year, gender), &found, true),
        Arrived::Nobody(Doubt::DiffersFromRecord)
    );
}

proptest! {
    /// Whoever is signed in as known is one whom the store found, and the same input gives the same answer.
    #[test]
    fn nobody_is_signed_in_as_somebody_not_found(i in 0u8..3, n in 0u8..3, authoritative: bool, year in 1984i32..1987) {
        let pick = |k: u8| match k { 0 => None, 1 => known("a", Active), _ => known("b", Active) };
        let found = Match { by_identity: pick(i), by_number: pick(n) };
        let decided = decide_arrival(&arrival(year, None), &found, authoritative);
        prop_assert_eq!(&decided, &decide_arrival(&arrival(year, None), &found, authoritative));
        match decided {
            Arrived::Known(id) => prop_assert!(found.by_identity.is_some_and(|k| k.id == id) && found.by_number.is_some_and(|k| k.id == id)),
            Arrived::NewIdentity(id) => prop_assert!(found.by_identity.is_none() && found.by_number.is_some_and(|k| k.id == id)),
            Arrived::NewCitizen => prop_assert!(found.by_identity.is_none() && found.by_number.is_none()),
            Arrived::Nobody(_) => {}
        }
    }
}
