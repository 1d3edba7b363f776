//! "Which citizen arrives": every row of the table, by its name.

use super::super::*;
use crate::clock::Timestamp;
use crate::ids::{CitizenId, UpstreamId};
use crate::level::Level;
use crate::person::{
    AccountKind, BirthDate, CitizenStatus, Gender, Name, OldNumber, Organization, PersonalNumber, Profile,
    TaxCode,
};
use crate::upstream::Arrival;
use crate::upstream::population::{Answer, Fields};
use proptest::prelude::*;
use rstest::rstest;

const NUMBER: &str = "001085000001";
/// Issued anew after a correction of the sex.
const NEW_NUMBER: &str = "001185000001";

fn profile(year: i32, gender: Option<Gender>) -> Profile {
    Profile {
        kind: AccountKind::Citizen,
        personal_number: PersonalNumber::parse(NUMBER).unwrap(),
        full_name: Name::parse("NGUYỄN VĂN AN").unwrap(),
        birth_date: Some(BirthDate::Day(year, 3, 12)),
        gender,
        old_number: Some(OldNumber::parse("171234567").unwrap()),
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
        organizations: Vec::new(),
        level: Level::LoA2,
        auth_time: Timestamp::default(),
    }
}

/// The same person with another number.
fn renumbered() -> Arrival {
    let mut arrival = arrival(1985, Some(Gender::Female));
    arrival.profile.personal_number = PersonalNumber::parse(NEW_NUMBER).unwrap();
    arrival
}

fn company() -> Profile {
    let organization =
        Organization { tax_code: TaxCode::parse("0101234567").unwrap(), name: "SAO MAI".into() };
    Profile {
        kind: AccountKind::Organization,
        organization: Some(organization),
        ..profile(1985, Some(Gender::Male))
    }
}

fn known(id: &str, status: CitizenStatus) -> Option<Known> {
    Some(Known { id: CitizenId::new(id), status, profile: profile(1985, Some(Gender::Male)) })
}

fn found(by_identity: Option<Known>, by_number: Option<Known>) -> Match {
    Match { by_identity, by_number, by_old_number: None }
}

fn by_old(id: &str) -> Match {
    Match { by_old_number: known(id, Active), ..Match::default() }
}

fn a() -> CitizenId {
    CitizenId::new("a")
}

use CitizenStatus::{Active, Blocked, Deceased};

#[rstest]
#[case::row_1_known_identity_same_number(
    known("a", Active),
    known("a", Active),
    true,
    Arrived::Known(CitizenId::new("a"))
)]
#[case::row_1_of_an_upstream_that_may_not_vouch_for_others(
    known("a", Active),
    known("a", Active),
    false,
    Arrived::Known(CitizenId::new("a"))
)]
#[case::row_2_new_identity_of_an_authoritative_upstream(
    None,
    known("a", Active),
    true,
    Arrived::NewIdentity(CitizenId::new("a"))
)]
#[case::row_2_new_identity_of_another_upstream(
    None,
    known("a", Active),
    false,
    Arrived::Nobody(Doubt::NotAuthoritative)
)]
#[case::row_4_another_citizens_number(
    known("a", Active),
    known("b", Active),
    true,
    Arrived::Nobody(Doubt::NumberChanged)
)]
#[case::row_5_blocked(known("a", Blocked), known("a", Blocked), true, Arrived::Nobody(Doubt::Blocked))]
#[case::row_5_blocked_by_number(None, known("a", Blocked), true, Arrived::Nobody(Doubt::Blocked))]
#[case::row_5_blocked_by_identity(known("a", Blocked), None, true, Arrived::Nobody(Doubt::Blocked))]
#[case::row_5_deceased(None, known("a", Deceased), true, Arrived::Nobody(Doubt::Deceased))]
#[case::row_5_the_number_of_somebody_deceased(
    known("a", Active),
    known("b", Deceased),
    true,
    Arrived::Nobody(Doubt::Deceased)
)]
#[case::row_6_nobody_knows_them(None, None, true, Arrived::NewCitizen)]
#[case::row_6_nobody_vouches_for_the_number(None, None, false, Arrived::Nobody(Doubt::NotAuthoritative))]
fn the_table(
    #[case] by_identity: Option<Known>,
    #[case] by_number: Option<Known>,
    #[case] authoritative: bool,
    #[case] expected: Arrived,
) {
    let decided =
        decide_arrival(&arrival(1985, Some(Gender::Male)), &found(by_identity, by_number), authoritative);
    assert_eq!(decided, expected);
}

#[rstest]
#[case::row_3_birth_date_differs(1986, Some(Gender::Male))]
#[case::row_3_sex_differs(1985, Some(Gender::Female))]
fn a_new_identity_that_differs_signs_nobody_in(#[case] year: i32, #[case] gender: Option<Gender>) {
    let found = found(None, known("a", Active));
    assert_eq!(
        decide_arrival(&arrival(year, gender), &found, true),
        Arrived::Nobody(Doubt::DiffersFromRecord)
    );
    let (reason, about) = doubtful(Doubt::DiffersFromRecord, &found).unwrap();
    assert_eq!((reason, &about.id), (ReviewReason::RecordDiffers, &a()));
}

#[rstest]
#[case::row_2_a_year_alone_agrees(Some(BirthDate::Year(1985)), true)]
#[case::row_2_no_date_agrees(None, true)]
#[case::row_3_another_year_alone(Some(BirthDate::Year(1986)), false)]
fn dates_agree_at_the_precision_that_both_have(#[case] born: Option<BirthDate>, #[case] agrees: bool) {
    let mut arrived = arrival(1985, None);
    arrived.profile.birth_date = born;
    let decided = decide_arrival(&arrived, &found(None, known("a", Active)), true);
    assert_eq!(decided == Arrived::NewIdentity(a()), agrees);
}

fn differs(former_number: Option<bool>) -> Answer {
    Answer::Differs(Fields { former_number, ..Fields::default() })
}

/// Row 4: a known identity with another number.
#[rstest]
#[case::row_4_confirmed(Some(Answer::Match), Arrived::NewNumber(CitizenId::new("a")))]
#[case::row_4_denied(Some(differs(Some(false))), Arrived::Nobody(Doubt::NumberChanged))]
#[case::row_4_another_name(Some(differs(Some(true))), Arrived::Nobody(Doubt::NumberChanged))]
#[case::row_4_nobody_has_the_number(Some(Answer::Nobody), Arrived::Nobody(Doubt::NumberChanged))]
#[case::row_4_two_people(Some(Answer::Several), Arrived::Nobody(Doubt::NumberChanged))]
#[case::row_4_deceased(Some(Answer::Deceased), Arrived::Nobody(Doubt::Deceased))]
#[case::row_4_no_answer(None, Arrived::Nobody(Doubt::NumberChanged))]
fn a_known_identity_with_another_number(#[case] answer: Option<Answer>, #[case] expected: Arrived) {
    let (arrived, found) = (renumbered(), found(known("a", Active), None));
    for authoritative in [true, false] {
        assert_eq!(decide_arrival(&arrived, &found, authoritative), Arrived::Ask);
    }
    let question = number_question(&arrived, &found).unwrap();
    assert_eq!(question.personal_number.as_str(), NEW_NUMBER);
    assert_eq!(question.former_number.as_ref().map(PersonalNumber::as_str), Some(NUMBER));
    assert!(question.full_name.is_some() && question.birth_date.is_some() && question.old_number.is_none());
    assert_eq!(decide_number(&arrived, &found, answer.as_ref()), expected);
    if let Arrived::Nobody(Doubt::NumberChanged) = expected {
        let (reason, about) = doubtful(Doubt::NumberChanged, &found).unwrap();
        assert_eq!((reason, &about.id), (ReviewReason::NumberChanged, &a()));
    }
}

/// Row 4 where the identity is made of the number, as in the sealed dialect: only the old number tells.
#[rstest]
#[case::row_4_confirmed(Some(Answer::Match), Arrived::NewNumber(CitizenId::new("a")))]
#[case::row_4_somebody_else(Some(differs(Some(false))), Arrived::NewCitizen)]
#[case::row_4_another_name(Some(differs(Some(true))), Arrived::Nobody(Doubt::NumberChanged))]
#[case::row_4_two_people(Some(Answer::Several), Arrived::Nobody(Doubt::NumberChanged))]
#[case::row_4_no_answer(None, Arrived::Nobody(Doubt::NumberChanged))]
fn a_new_identity_with_another_number(#[case] answer: Option<Answer>, #[case] expected: Arrived) {
    let (arrived, found) = (renumbered(), by_old("a"));
    assert_eq!(decide_arrival(&arrived, &found, true), Arrived::Ask);
    assert_eq!(decide_arrival(&arrived, &found, false), Arrived::Nobody(Doubt::NotAuthoritative));
    assert_eq!(decide_number(&arrived, &found, answer.as_ref()), expected);
}

/// Nobody comes back under another number who must not sign in.
#[rstest]
#[case(Blocked, Doubt::Blocked)]
#[case(Deceased, Doubt::Deceased)]
fn row_5_another_number_helps_nobody(#[case] status: CitizenStatus, #[case] doubt: Doubt) {
    let found = Match { by_old_number: known("a", status), ..Match::default() };
    assert_eq!(decide_arrival(&renumbered(), &found, true), Arrived::Nobody(doubt));
    assert_eq!(doubtful(doubt, &found), None);
}

/// Organizations are not issued anew.
#[test]
fn row_4_organizations_are_not_asked_about() {
    let mut other = arrival(1985, Some(Gender::Male));
    other.profile = company();
    let known_as_person = found(known("a", Active), None);
    assert_eq!(
        decide_arrival(&other, &known_as_person, true),
        Arrived::Nobody(Doubt::NumberChanged),
        "a person's identity is no organization's"
    );
    let of_company = Some(Known { id: a(), status: Active, profile: company() });
    assert_eq!(
        decide_arrival(&renumbered(), &found(of_company.clone(), None), true),
        Arrived::Nobody(Doubt::NumberChanged)
    );
    assert_eq!(number_question(&other, &known_as_person), None);
    assert_eq!(
        decide_number(&other, &known_as_person, Some(&Answer::Match)),
        Arrived::Nobody(Doubt::NumberChanged)
    );
    // Who acts for it may change.
    other.profile.birth_date = Some(BirthDate::Day(1990, 1, 1));
    assert_eq!(decide_arrival(&other, &found(None, of_company), true), Arrived::NewIdentity(a()));
}

proptest! {
    /// Whoever is signed in as known is one whom the store found; nobody becomes a second citizen whose identity or number is known; a
    /// changed number is never taken unasked; and the same input gives the same answer.
    #[test]
    fn nobody_is_signed_in_as_somebody_not_found(
        i in 0u8..3, n in 0u8..3, o in 0u8..3, authoritative: bool, year in 1984i32..1987, other_number: bool, answer in 0u8..6,
    ) {
        let pick = |k: u8| match k { 0 => None, 1 => known("a", Active), _ => known("b", Active) };
        let found = Match { by_identity: pick(i), by_number: pick(n), by_old_number: pick(o) };
        let arrived = if other_number { renumbered() } else { arrival(year, None) };
        let answer = [None, Some(Answer::Match), Some(differs(Some(false))), Some(Answer::Nobody), Some(Answer::Several), Some(Answer::Deceased)][usize::from(answer)];
        let decided = decide_arrival(&arrived, &found, authoritative);
        prop_assert_eq!(&decided, &decide_arrival(&arrived, &found, authoritative));
        let decided = match decided {
            Arrived::Ask => {
                prop_assert!(number_question(&arrived, &found).is_some());
                prop_assert!(found.by_number.is_none());
                decide_number(&arrived, &found, answer.as_ref())
            }
            Arrived::NewNumber(_) => return Err(TestCaseError::fail("taken unasked")),
            decided => decided,
        };
        match decided {
            Arrived::Known(id) => prop_assert!(found.by_identity.is_some_and(|k| k.id == id) && found.by_number.is_some_and(|k| k.id == id)),
            Arrived::NewIdentity(id) => prop_assert!(found.by_identity.is_none() && found.by_number.is_some_and(|k| k.id == id) && authoritative),
            Arrived::NewNumber(id) => {
                prop_assert!(found.by_number.is_none() && answer == Some(Answer::Match));
                prop_assert!(found.by_identity.or(found.by_old_number).is_some_and(|k| k.id == id));
            }
            Arrived::NewCitizen => prop_assert!(found.by_identity.is_none() && found.by_number.is_none()),
            Arrived::Ask => prop_assert!(false, "asked twice"),
            Arrived::Nobody(_) => {}
        }
    }
}
