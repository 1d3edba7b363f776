use super::super::*;
use super::samples::*;
use crate::claims::Mark;
use crate::ids::{CitizenId, Namespace};
use crate::person::{BirthDate, Gender};
use Mark::{Green, Yellow};
use proptest::prelude::*;
use rstest::rstest;

const OTHER_NAME: &str = "LÊ VĂN CÔNG";

fn planning(candidate: Candidate) -> Planning {
    Planning { account: candidate.account, owner: None }
}

fn of(candidates: Vec<Candidate>) -> Vec<Planned> {
    plan(&candidates.into_iter().map(planning).collect::<Vec<_>>())
}

fn at(namespace: &str, mut candidate: Candidate) -> Candidate {
    candidate.account.namespace = Namespace::new(namespace);
    candidate
}

fn green(name: &str) -> Candidate {
    account(name).number(NUMBER, Green)
}

fn yellow(name: &str) -> Candidate {
    account(name).number(NUMBER, Yellow)
}

fn with_verified_name(mut candidate: Candidate) -> Candidate {
    candidate.account.claims.full_name.as_mut().unwrap().mark = Green;
    candidate
}

fn without_phone(mut candidate: Candidate) -> Candidate {
    candidate.account.claims.phone = None;
    candidate
}

fn without_password(mut candidate: Candidate) -> Candidate {
    candidate.account.has_password = false;
    candidate
}

/// Every answer for an account that stands alone.
#[rstest]
#[case::verified(green("a"), Planned::LinkByNumber)]
#[case::year_alone(green("a").born(Some(BirthDate::Year(1975))), Planned::LinkByNumber)]
#[case::no_date(green("a").born(None), Planned::LinkByNumber)]
#[case::vietnam_post(green("a").kind(LegacyKind::Post), Planned::LinkByNumber)]
#[case::no_name(green("a").named(None), Planned::ProveEither)]
#[case::typed_in(yellow("a"), Planned::ProveEither)]
#[case::typed_in_no_phone(without_phone(yellow("a")), Planned::ProvePassword)]
#[case::typed_in_no_password(without_password(yellow("a")), Planned::ProvePhone)]
#[case::typed_in_no_way(yellow("a").without_ways(), Planned::NoWayToProve)]
#[case::old_number(account("a").old(Green, OldNumberIs::Unknown), Planned::LinkByOldNumber)]
#[case::old_number_typed_in(account("a").old(Yellow, OldNumberIs::Unknown), Planned::ProveOldNumber)]
#[case::old_number_no_way(account("a").old(Yellow, OldNumberIs::Unknown).without_ways(), Planned::NoWayToProve)]
#[case::both_numbers(green("a").old(Yellow, OldNumberIs::Unknown), Planned::LinkByNumber)]
#[case::number_of_another_year(green("a").born(Some(BirthDate::Day(1976, 1, 1))), Planned::ConflictBirth)]
#[case::number_of_the_other_sex(green("a").sex(Gender::Female), Planned::ConflictNumber)]
#[case::old_number_of_a_woman(account("a").sex(Gender::Female).old(Green, OldNumberIs::Unknown), Planned::LinkByOldNumber)]
#[case::closed(green("a").status(LegacyStatus::Closed), Planned::Closed)]
#[case::locked(green("a").status(LegacyStatus::Locked), Planned::Locked)]
#[case::deceased(yellow("a").status(LegacyStatus::Deceased), Planned::Deceased)]
#[case::closed_without_number(account("a").status(LegacyStatus::Closed), Planned::Closed)]
#[case::administrator(green("a").kind(LegacyKind::Administrator), Planned::Exempt)]
#[case::administrator_locked(account("a").kind(LegacyKind::Administrator).status(LegacyStatus::Locked), Planned::Exempt)]
#[case::nothing(account("a"), Planned::NothingToMatch)]
#[case::tax_code(account("a").tax(TAX, Green), Planned::LinkByTaxCode)]
#[case::tax_code_typed_in(account("a").tax(TAX, Yellow), Planned::ProveEither)]
#[case::business_without_a_code(account("a").kind(LegacyKind::Organization), Planned::NothingToMatch)]
#[case::business_with_a_persons_number(green("a").kind(LegacyKind::Organization), Planned::NothingToMatch)]
fn one_alone(#[case] candidate: Candidate, #[case] expected: Planned) {
    assert_eq!(of(vec![candidate]), [expected]);
}

/// Several of one number.
#[rstest]
#[case::chosen_among(vec![green("a"), yellow("b")], vec![Planned::Choose, Planned::Choose])]
#[case::each_namespace_by_itself(vec![at("x", green("a")), at("y", yellow("b"))], vec![Planned::LinkByNumber, Planned::ProveEither])]
#[case::a_closed_one_does_not_count(
    vec![green("a"), green("b").status(LegacyStatus::Closed)], vec![Planned::LinkByNumber, Planned::Closed])]
#[case::a_typed_number_with_another_name(
    vec![with_verified_name(green("a")), yellow("b").named(Some(OTHER_NAME))], vec![Planned::LinkByNumber, Planned::ConflictName])]
#[case::the_same_in_another_namespace(
    vec![at("x", yellow("b").named(Some(OTHER_NAME))), at("y", with_verified_name(green("a")))],
    vec![Planned::ConflictName, Planned::LinkByNumber])]
#[case::two_verified_with_two_names(
    vec![at("x", green("a")), at("y", green("b").named(Some(OTHER_NAME)))], vec![Planned::ConflictName, Planned::ConflictName])]
#[case::a_third_beside_two_names(
    vec![green("a"), green("b").named(Some(OTHER_NAME)), yellow("c").named(None).born(None)],
    vec![Planned::ConflictName, Planned::ConflictName, Planned::Choose])]
#[case::two_dates(
    vec![green("a"), green("b").born(Some(BirthDate::Day(1975, 11, 3)))], vec![Planned::ConflictBirth, Planned::ConflictBirth])]
#[case::a_year_and_a_date(
    vec![at("x", green("a")), at("y", green("b").born(Some(BirthDate::Year(1975))))],
    vec![Planned::LinkByNumber, Planned::LinkByNumber])]
#[case::an_administrator_beside(
    vec![green("a"), green("b").named(Some(OTHER_NAME)).kind(LegacyKind::Administrator)],
    vec![Planned::LinkByNumber, Planned::Exempt])]
#[case::businesses(
    vec![account("a").tax(TAX, Green), account("b").tax(TAX, Green).named(Some(OTHER_NAME))], vec![Planned::Choose, Planned::Choose])]
#[case::old_numbers(
    vec![account("a").old(Green, OldNumberIs::Unknown), account("b").old(Yellow, OldNumberIs::Unknown)], vec![Planned::Choose, Planned::Choose])]
fn several(#[case] candidates: Vec<Candidate>, #[case] expected: Vec<Planned>) {
    assert_eq!(of(candidates), expected);
}

/// Some have their citizen already.
#[rstest]
#[case::alone(vec![(green("a"), Some("an"))], vec![Planned::Linked])]
#[case::without_number(vec![(account("a"), Some("an"))], vec![Planned::Linked])]
#[case::a_further_one(vec![(green("a"), Some("an")), (yellow("b"), None)], vec![Planned::Linked, Planned::Further])]
#[case::elsewhere(
    vec![(at("x", green("a")), Some("an")), (at("y", green("b")), None)], vec![Planned::Linked, Planned::LinkByNumber])]
#[case::who_has_it_is_who_they_are(
    vec![(yellow("a"), Some("an")), (at("y", green("b").named(Some(OTHER_NAME))), None)], vec![Planned::Linked, Planned::ConflictName])]
#[case::two_owners(vec![(green("a"), Some("an")), (green("b"), Some("binh"))], vec![Planned::Linked, Planned::ConflictOwner])]
fn some_linked(#[case] all: Vec<(Candidate, Option<&str>)>, #[case] expected: Vec<Planned>) {
    let all: Vec<Planning> = all
        .into_iter()
        .map(|(candidate, owner)| Planning { account: candidate.account, owner: owner.map(CitizenId::new) })
        .collect();
    assert_eq!(plan(&all), expected);
}

#[test]
fn words_are_apart() {
    let mut words: Vec<_> = Planned::ALL.iter().map(|p| p.word()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Planned::ALL.len());
    assert!(Planned::ALL.iter().all(|p| !p.says().is_empty()));
}

fn group() -> impl Strategy<Value = Vec<Planning>> {
    let name = prop_oneof![3 => Just(Some(NAME)), 1 => Just(None), 1 => Just(Some(OTHER_NAME))];
    let date = prop_oneof![
        3 => Just(Some(BirthDate::Day(1975, 11, 2))),
        1 => Just(None),
        1 => Just(Some(BirthDate::Year(1975))),
        1 => Just(Some(BirthDate::Day(1980, 1, 1)))
    ];
    let kind = prop_oneof![4 => Just(LegacyKind::Citizen), 1 => Just(LegacyKind::Post), 1 => Just(LegacyKind::Administrator)];
    let status = prop_oneof![4 => Just(LegacyStatus::Open), 1 => Just(LegacyStatus::Locked)];
    let owner = prop_oneof![4 => Just(None), 1 => Just(Some("an")), 1 => Just(Some("binh"))];
    let one = (any::<bool>(), name, date, kind, status, owner, any::<bool>(), 0..2_u8);
    let one = one.prop_map(|(is_green, name, date, kind, status, owner, ways, namespace)| {
        let mut one = if is_green { green("x") } else { yellow("x") }.named(name).born(date);
        one = at(if namespace == 0 { "x" } else { "y" }, one.kind(kind).status(status));
        one = if ways { one } else { one.without_ways() };
        Planning { account: one.account, owner: owner.map(CitizenId::new) }
    });
    prop::collection::vec(one, 1..6).prop_map(|mut all| {
        for (n, one) in all.iter_mut().enumerate() {
            one.account.id = id(&n.to_string());
        }
        all
    })
}

proptest! {
    /// One answer for each account; what would be linked at once is what the decision links for its own owner; nothing is linked that
    /// is not open, not verified, or has its citizen.
    #[test]
    fn nothing_is_promised_that_the_decision_does_not_keep(all in group()) {
        let planned = plan(&all);
        prop_assert_eq!(planned.len(), all.len());
        for (one, planned) in all.iter().zip(&planned) {
            let claims = &one.account.claims;
            if *planned == Planned::LinkByNumber {
                prop_assert!(one.owner.is_none() && one.account.status == LegacyStatus::Open);
                prop_assert_eq!(claims.personal_number.as_ref().unwrap().mark, Green);
                prop_assert!(claims.full_name.is_some());
                prop_assert!(claims.birth_date.as_ref().is_none_or(|b| b.value.year() == 1975));
            }
            if one.account.kind == LegacyKind::Administrator {
                prop_assert_eq!(*planned, Planned::Exempt);
            } else if one.owner.is_some() {
                prop_assert!(matches!(planned, Planned::Linked | Planned::ConflictOwner));
            } else {
                prop_assert!(!matches!(planned, Planned::Linked));
            }
        }
        // No namespace links two at once.
        for namespace in ["x", "y"] {
            let at_once = all.iter().zip(&planned)
                .filter(|(one, p)| one.account.namespace.as_str() == namespace && **p == Planned::LinkByNumber);
            prop_assert!(at_once.count() <= 1);
        }
    }

    /// The order in which accounts are read does not matter for what is linked at once.
    #[test]
    fn the_order_of_reading_does_not_matter(mut all in group()) {
        let answers = |all: &[Planning]| {
            let mut answers: Vec<_> = all.iter().map(|o| o.account.id.clone()).zip(plan(all)).collect();
            answers.sort();
            answers.retain(|(_, p)| *p == Planned::LinkByNumber);
            answers
        };
        let before = answers(&all);
        if all.iter().all(|o| o.owner.is_none()) {
            all.reverse();
            prop_assert_eq!(before, answers(&all));
        }
    }
}
