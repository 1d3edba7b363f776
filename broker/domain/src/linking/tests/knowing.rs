use super::super::*;
use super::samples::*;
use crate::claims::{Claims, Mark, Marked, Source};
use crate::clock::Timestamp;
use crate::person::{BirthDate, Gender, OldNumber, PersonalNumber, Profile};
use proptest::prelude::*;
use rstest::rstest;

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
const BEFORE: Timestamp = Timestamp::from_secs(1_700_000_000);

fn text(value: &str, mark: Mark) -> Option<Marked<String>> {
    Some(Marked::new(value.to_owned(), mark))
}

fn linked(claims: Claims) -> LegacyAccount {
    LegacyAccount { claims, ..account("a").account }
}

fn business(claims: Claims) -> LegacyAccount {
    let account = account("b").tax(TAX, Mark::Green).account;
    LegacyAccount { claims: Claims { tax_code: account.claims.tax_code.clone(), ..claims }, ..account }
}

fn known(profile: &Profile, confirmed: &Claims, linked: &[LegacyAccount]) -> Claims {
    known_claims(profile, NOW, confirmed, linked)
}

fn said(claim: &Option<Marked<String>>) -> Option<(&str, Mark)> {
    claim.as_ref().map(|c| (c.value.as_str(), c.mark))
}

#[test]
fn what_vneid_says_stays() {
    let profile = Profile { phone: Some("0900000001".into()), ..citizen() };
    let confirmed = Claims {
        phone: Some(Marked::verified("0900000002".into(), Source::PopulationDatabase, NOW)),
        ..Claims::default()
    };
    let account = linked(Claims { phone: text("0900000003", Mark::Green), ..Claims::default() });
    let known = known(&profile, &confirmed, &[account]);
    assert_eq!(known, Claims::proven(&profile, NOW));
}

/// VNeID said no e-mail: who does comes in this order.
#[rstest]
#[case::confirmed_first(Some(Mark::Green), &[Mark::Green], Some(("confirmed@x", Mark::Green)))]
#[case::unconfirmed_is_not_taken(Some(Mark::Yellow), &[Mark::Yellow], Some(("0@x", Mark::Yellow)))]
#[case::green_before_yellow(None, &[Mark::Yellow, Mark::Green], Some(("1@x", Mark::Green)))]
#[case::the_primary_before_the_others(None, &[Mark::Green, Mark::Green], Some(("0@x", Mark::Green)))]
#[case::yellow_if_nothing_else(None, &[Mark::Yellow, Mark::Yellow], Some(("0@x", Mark::Yellow)))]
#[case::nobody(None, &[], None)]
fn gaps_are_filled_in_order(
    #[case] confirmed: Option<Mark>,
    #[case] marks: &[Mark],
    #[case] expected: Option<(&str, Mark)>,
) {
    let confirmed =
        Claims { email: confirmed.and_then(|mark| text("confirmed@x", mark)), ..Claims::default() };
    let accounts: Vec<LegacyAccount> = marks
        .iter()
        .enumerate()
        .map(|(n, mark)| linked(Claims { email: text(&format!("{n}@x"), *mark), ..Claims::default() }))
        .collect();
    assert_eq!(said(&known(&citizen(), &confirmed, &accounts).email), expected);
}

/// Given by mistake, an account that cannot be theirs tells nothing.
#[rstest]
#[case::as_it_should_be(account("a").number(NUMBER, Mark::Green), true)]
#[case::of_vietnam_post(account("a").kind(LegacyKind::Post), true)]
#[case::without_a_number(account("a"), true)]
#[case::another_number(account("a").number("001085000001", Mark::Green), false)]
#[case::another_number_typed_in(account("a").number("001085000001", Mark::Yellow), false)]
#[case::an_organization(account("a").kind(LegacyKind::Organization), false)]
#[case::an_administrator(account("a").kind(LegacyKind::Administrator), false)]
#[case::closed(account("a").status(LegacyStatus::Closed), false)]
#[case::locked(account("a").status(LegacyStatus::Locked), false)]
#[case::of_a_deceased_person(account("a").status(LegacyStatus::Deceased), false)]
fn only_fitting_accounts_speak(#[case] candidate: Candidate, #[case] speaks: bool) {
    let known = known(&citizen(), &Claims::default(), &[candidate.account]);
    assert_eq!(known.phone.is_some(), speaks);
}

#[test]
fn what_the_number_contradicts_is_not_taken() {
    let account = linked(Claims {
        birth_date: Some(Marked::new(BirthDate::Year(1976), Mark::Yellow)),
        gender: Some(Marked::new(Gender::Female, Mark::Green)),
        old_number: Some(Marked::new(OldNumber::parse(OLD).unwrap(), Mark::Yellow)),
        passport: text("  ", Mark::Green),
        ..Claims::default()
    });
    let known = known(&Profile { birth_date: None, ..citizen() }, &Claims::default(), &[account]);
    assert_eq!((known.birth_date, known.gender, known.passport), (None, None, None));
    assert_eq!(known.old_number.map(|n| n.mark), Some(Mark::Yellow));
}

/// What the population database confirmed for the holder of an account is true of the one whose number it is, and of nobody else.
#[test]
fn what_was_confirmed_for_a_linked_account() {
    let theirs = account("a").born(None).confirmed(NUMBER).account;
    let of_vneid = Profile { birth_date: None, ..citizen() };
    let known_of = known(&of_vneid, &Claims::default(), std::slice::from_ref(&theirs));
    let old = known_of.old_number.unwrap();
    assert_eq!(
        (old.value.as_str(), old.mark, old.source),
        (OLD, Mark::Green, Some(Source::PopulationDatabase))
    );
    assert!(known_of.birth_date.unwrap().is_green());
    assert!(
        theirs.claims.old_number.is_some_and(|old| !old.is_green()),
        "in the account itself it is typed in"
    );
    let anothers = account("a").confirmed(OTHER).account;
    assert_eq!(known(&citizen(), &Claims::default(), &[anothers]), Claims::proven(&citizen(), NOW));
}

#[test]
fn nothing_of_an_organization_for_a_person() {
    let claims = Claims {
        business_code: text("0101234567", Mark::Green),
        organization_name: text("SAO MAI", Mark::Green),
        tax_code: business(Claims::default()).claims.tax_code,
        ..Claims::default()
    };
    let known = known(&citizen(), &claims, &[linked(claims.clone()), business(claims.clone())]);
    assert_eq!(known, Claims::proven(&citizen(), NOW));
}

#[test]
fn an_organization_gets_what_its_account_tells_and_nothing_of_persons() {
    let claims = Claims {
        business_code: text("0101234567", Mark::Yellow),
        phone: text("02438250000", Mark::Green),
        passport: text("B1234567", Mark::Green),
        old_number: Some(Marked::new(OldNumber::parse(OLD).unwrap(), Mark::Green)),
        ..Claims::default()
    };
    let confirmed = Claims { email: text("person@x", Mark::Green), ..Claims::default() };
    let known_of = known(&company(), &confirmed, &[business(claims.clone()), linked(claims.clone())]);
    assert_eq!(said(&known_of.business_code), Some(("0101234567", Mark::Yellow)));
    assert_eq!(said(&known_of.phone), Some(("02438250000", Mark::Green)));
    assert_eq!((known_of.passport, known_of.old_number, known_of.email), (None, None, None));
    // Another organization's account.
    let other = account("c").tax("0109999999", Mark::Green).account;
    let other =
        LegacyAccount { claims: Claims { tax_code: other.claims.tax_code.clone(), ..claims }, ..other };
    assert_eq!(known(&company(), &Claims::default(), &[other]), Claims::proven(&company(), NOW));
}

fn claims() -> impl Strategy<Value = Claims> {
    let text = || {
        proptest::option::of(("[a-z ]{0,3}", any::<bool>()).prop_map(|(value, green)| {
            let mark = if green { Mark::Green } else { Mark::Yellow };
            Marked { source: None, verified_at: green.then_some(BEFORE), ..Marked::new(value, mark) }
        }))
    };
    let number = proptest::option::of(
        prop_oneof![Just(NUMBER), Just("001085000001")]
            .prop_map(|n| Marked::new(PersonalNumber::parse(n).unwrap(), Mark::Green)),
    );
    (text(), text(), text(), text(), number).prop_map(|(phone, email, address, passport, personal_number)| {
        Claims { phone, email, address, passport, personal_number, ..Claims::default() }
    })
}

proptest! {
    /// Nothing is made up, nothing proven is lost, and yellow stands only where nobody has green.
    #[test]
    fn every_claim_is_somebodys(confirmed in claims(), accounts in proptest::collection::vec(claims(), 0..4), twice in any::<bool>()) {
        let profile = Profile { email: Some("vneid@x".into()), ..citizen() };
        let accounts: Vec<LegacyAccount> = accounts.into_iter().map(linked).collect();
        let known_of = known(&profile, &confirmed, &accounts);
        prop_assert_eq!(said(&known_of.email), Some(("vneid@x", Mark::Green)));
        prop_assert_eq!(known_of.personal_number.as_ref().map(|n| n.value.as_str()), Some(NUMBER));
        let theirs: Vec<&LegacyAccount> = accounts.iter()
            .filter(|a| a.claims.personal_number.as_ref().is_none_or(|n| n.value.as_str() == NUMBER)).collect();
        for (got, of) in [
            (&known_of.phone, (|c| &c.phone) as fn(&Claims) -> &Option<Marked<String>>),
            (&known_of.address, |c| &c.address),
            (&known_of.passport, |c| &c.passport),
        ] {
            let offered: Vec<&Marked<String>> = theirs.iter().filter_map(|a| of(&a.claims).as_ref())
                .chain(of(&confirmed).as_ref().filter(|c| c.is_green()))
                .filter(|c| !c.value.trim().is_empty()).collect();
            match got {
                None => prop_assert!(offered.is_empty()),
                Some(got) => {
                    prop_assert!(offered.contains(&got));
                    prop_assert!(got.is_green() || offered.iter().all(|c| !c.is_green()));
                }
            }
        }
        if twice {
            prop_assert_eq!(known(&profile, &confirmed, &accounts), known_of);
        }
    }
}

/// By whose `TechID` the portal knows them, of each portal; what only an alias says comes after.
#[test]
fn primary_accounts_come_first() {
    let of = |name: &str, namespace: &str| LegacyAccount {
        namespace: crate::ids::Namespace::new(namespace),
        ..account(name).account
    };
    let all = [of("a", "dvcqg"), of("b", "dvcqg"), of("c", "vnpost"), of("d", "vnpost"), of("e", "other")];
    let subject = |sector: &str, name: &str| {
        (crate::ids::SectorId::new(sector), crate::subject::Subject::new(format!("tech-{name}")).unwrap())
    };
    let order = |subjects: &[_]| -> Vec<String> {
        primary_first(&all, subjects).iter().map(|a| a.id.as_str().to_owned()).collect()
    };
    assert_eq!(
        order(&[subject("vnpost", "d"), subject("dvcqg", "b"), subject("elsewhere", "a")]),
        ["b", "d", "a", "c", "e"]
    );
    // A name of another portal is none here.
    assert_eq!(order(&[subject("vnpost", "b"), subject("dvcqg", "c")]), ["a", "b", "c", "d", "e"]);
}
