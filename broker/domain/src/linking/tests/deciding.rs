use super::super::*;
use super::samples::*;
use crate::claims::Mark;
use crate::ids::AccountId;
use crate::person::{BirthDate, OldNumber, Profile};
use Mark::{Green, Yellow};
use proptest::prelude::*;
use rstest::rstest;

const BOTH: [Proof; 2] = [Proof::Password, Proof::PhoneCode];

fn prove() -> Decision {
    Decision::Prove(id("a"), BOTH.to_vec())
}

fn link(evidence: Evidence) -> Decision {
    Decision::Link(id("a"), evidence)
}

/// Every row of the table, for one account.
#[rstest]
#[case::green_number(account("a").number(NUMBER, Green), link(Evidence::VerifiedNumber))]
#[case::green_number_year_alone(account("a").number(NUMBER, Green).born(Some(BirthDate::Year(1975))), link(Evidence::VerifiedNumber))]
#[case::green_number_no_date(account("a").number(NUMBER, Green).born(None), link(Evidence::VerifiedNumber))]
#[case::green_number_no_name(account("a").number(NUMBER, Green).named(None), prove())]
#[case::yellow_number(account("a").number(NUMBER, Yellow), prove())]
#[case::yellow_number_proven(account("a").number(NUMBER, Yellow).proven(Proof::PhoneCode), link(Evidence::Proven(Proof::PhoneCode)))]
#[case::old_number_confirmed(account("a").old(Green, Some(true)), link(Evidence::VerifiedOldNumber))]
#[case::old_number_typed_in(account("a").old(Yellow, Some(true)), prove())]
#[case::old_number_denied(account("a").old(Green, Some(false)), Decision::Nothing)]
#[case::old_number_unknown(account("a").old(Green, None), Decision::Nothing)]
#[case::old_number_beside_anothers_number(account("a").number("074190000002", Green).old(Green, Some(true)), Decision::Nothing)]
#[case::old_number_beside_a_typed_number(account("a").number("074190000002", Yellow).old(Green, Some(true)), link(Evidence::VerifiedOldNumber))]
#[case::name_differs(account("a").number(NUMBER, Green).named(Some("LÊ VĂN CÔNG")), Decision::Review)]
#[case::date_differs(account("a").number(NUMBER, Green).born(Some(BirthDate::Day(1975, 11, 3))), Decision::Review)]
#[case::year_differs(account("a").number(NUMBER, Green).born(Some(BirthDate::Year(1976))), Decision::Review)]
#[case::typed_and_differs(account("a").number(NUMBER, Yellow).named(Some("LÊ VĂN CÔNG")), Decision::Review)]
#[case::differs_though_proven(account("a").number(NUMBER, Yellow).named(Some("LÊ VĂN CÔNG")).proven(Proof::Password), Decision::Review)]
#[case::old_number_and_differs(account("a").old(Green, Some(true)).named(Some("LÊ VĂN CÔNG")), Decision::Review)]
#[case::linked_to_another(account("a").number(NUMBER, Green).owner(Owner::Another), Decision::Review)]
#[case::linked_to_this_citizen(account("a").number(NUMBER, Green).owner(Owner::ThisCitizen), Decision::Linked(id("a")))]
#[case::closed(account("a").number(NUMBER, Green).status(LegacyStatus::Closed), Decision::Refused(id("a"), LegacyStatus::Closed))]
#[case::locked(account("a").number(NUMBER, Green).status(LegacyStatus::Locked), Decision::Refused(id("a"), LegacyStatus::Locked))]
#[case::deceased(account("a").number(NUMBER, Green).status(LegacyStatus::Deceased), Decision::Refused(id("a"), LegacyStatus::Deceased))]
#[case::no_way_to_prove(account("a").number(NUMBER, Yellow).without_ways(), Decision::Review)]
#[case::post(account("a").number(NUMBER, Green).kind(LegacyKind::Post), link(Evidence::VerifiedNumber))]
#[case::administrator(account("a").number(NUMBER, Green).kind(LegacyKind::Administrator), Decision::Nothing)]
#[case::business_account(account("a").number(NUMBER, Green).tax(TAX, Green), Decision::Nothing)]
#[case::anothers_number(account("a").number("074190000002", Green), Decision::Nothing)]
#[case::no_number(account("a"), Decision::Nothing)]
fn of_a_citizen(#[case] candidate: Candidate, #[case] expected: Decision) {
    assert_eq!(decide(&citizen(), &[candidate]).decision, expected);
}

#[rstest]
#[case::green_code(account("a").tax(TAX, Green), link(Evidence::VerifiedTaxCode))]
#[case::typed_code(account("a").tax(TAX, Yellow), prove())]
#[case::another_name(account("a").tax(TAX, Green).named(Some("AI KHÁC")), link(Evidence::VerifiedTaxCode))]
#[case::another_code(account("a").tax("0109999999", Green), Decision::Nothing)]
#[case::a_persons_account(account("a").number(NUMBER, Green), Decision::Nothing)]
#[case::a_persons_account_with_a_code(account("a").tax(TAX, Green).kind(LegacyKind::Citizen), Decision::Nothing)]
fn of_an_organization(#[case] candidate: Candidate, #[case] expected: Decision) {
    assert_eq!(decide(&company(), &[candidate]).decision, expected);
}

#[test]
fn several_accounts_are_chosen_among() {
    let three = [
        account("a").number(NUMBER, Green),
        account("b").number(NUMBER, Yellow),
        account("c").number("074190000002", Green),
        account("d").number(NUMBER, Green),
    ];
    let expected = vec![(id("a"), vec![]), (id("b"), BOTH.to_vec()), (id("d"), vec![])];
    assert_eq!(decide(&citizen(), &three).decision, Decision::Choose(expected));
}

#[test]
fn what_people_must_look_at_does_not_stop_what_fits() {
    let two = [account("a").number(NUMBER, Green).named(Some("AI KHÁC")), account("b").number(NUMBER, Green)];
    let decided = decide(&citizen(), &two);
    assert_eq!(decided.decision, Decision::Link(id("b"), Evidence::VerifiedNumber));
    assert_eq!(decided.reviews, [(id("a"), ReviewReason::Differs)]);
}

#[rstest]
#[case(account("a").number(NUMBER, Green).owner(Owner::Another), ReviewReason::LinkedToAnother)]
#[case(account("a").number(NUMBER, Green).named(Some("AI KHÁC")), ReviewReason::Differs)]
#[case(account("a").number(NUMBER, Yellow).without_ways(), ReviewReason::NoWayToProve)]
fn reviews_say_why(#[case] candidate: Candidate, #[case] why: ReviewReason) {
    assert_eq!(decide(&citizen(), &[candidate]).reviews, [(id("a"), why)]);
}

#[test]
fn vneid_itself_may_know_the_old_number() {
    let knows = |text| Profile { old_number: Some(OldNumber::parse(text).unwrap()), ..citizen() };
    let candidate = || account("a").old(Green, None);
    assert_eq!(decide(&knows(OLD), &[candidate()]).decision, link(Evidence::VerifiedOldNumber));
    assert_eq!(decide(&knows("999999999"), &[candidate()]).decision, Decision::Nothing);
    assert!(questions(&knows(OLD), &[candidate()]).is_empty());
}

#[rstest]
#[case::only_the_old_number(account("a").old(Green, None), true)]
#[case::beside_a_typed_number(account("a").number("074190000002", Yellow).old(Green, None), true)]
#[case::the_number_fits(account("a").number(NUMBER, Yellow).old(Green, None), false)]
#[case::the_number_is_anothers(account("a").number("074190000002", Green).old(Green, None), false)]
#[case::asked_already(account("a").old(Green, Some(false)), false)]
#[case::somebody_has_it(account("a").old(Green, None).owner(Owner::Another), false)]
#[case::an_administrators(account("a").old(Green, None).kind(LegacyKind::Administrator), false)]
#[case::none_there(account("a"), false)]
fn what_the_population_database_is_asked(#[case] candidate: Candidate, #[case] asked: bool) {
    let questions = questions(&citizen(), &[candidate]);
    assert_eq!(questions.len(), usize::from(asked));
    for (_, question) in questions {
        assert_eq!(question.personal_number.as_str(), NUMBER);
        assert_eq!(question.old_number.unwrap().as_str(), OLD);
    }
}

fn mark() -> impl Strategy<Value = Mark> {
    prop_oneof![Just(Green), Just(Yellow)]
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let numbers = prop_oneof![Just(None), Just(Some(NUMBER)), Just(Some("074190000002"))];
    let names = prop_oneof![Just(None), Just(Some(NAME)), Just(Some("AI KHÁC"))];
    let owners =
        prop_oneof![4 => Just(Owner::Nobody), 1 => Just(Owner::ThisCitizen), 1 => Just(Owner::Another)];
    let kinds = prop_oneof![
        3 => Just(LegacyKind::Citizen),
        1 => Just(LegacyKind::Organization),
        1 => Just(LegacyKind::Administrator),
        1 => Just(LegacyKind::Post)
    ];
    let statuses = prop_oneof![3 => Just(LegacyStatus::Open), 1 => Just(LegacyStatus::Closed), 1 => Just(LegacyStatus::Deceased)];
    let old = (mark(), any::<Option<bool>>());
    let proofs = prop_oneof![3 => Just(None), 1 => Just(Some(Proof::Password))];
    let one = (numbers, mark(), names, owners, kinds, statuses, prop::option::of(old), proofs).prop_map(
        |(number, mark, name, owner, kind, status, old, proof)| {
            let mut one = account("x").named(name).kind(kind).status(status).owner(owner);
            if let Some(number) = number {
                one = one.number(number, mark);
            }
            if let Some((mark, is_theirs)) = old {
                one = one.old(mark, is_theirs);
            }
            one.proof = proof;
            one
        },
    );
    prop::collection::vec(one, 0..6).prop_map(|mut all| {
        for (n, one) in all.iter_mut().enumerate() {
            one.account.id = AccountId::new(n.to_string());
        }
        all
    })
}

proptest! {
    /// No link without a verified number or a proof; none to a person's account by an organization, an administrator's, a closed
    /// one, one of somebody else, or one that names somebody else.
    #[test]
    fn no_link_without_ground(all in candidates()) {
        let decided = decide(&citizen(), &all);
        let named = |wanted: &AccountId| all.iter().find(|c| c.account.id == *wanted).unwrap();
        let mut linkable = Vec::new();
        match &decided.decision {
            Decision::Link(id, _) => linkable.push(id),
            Decision::Choose(each) => linkable.extend(each.iter().filter(|(_, needs)| needs.is_empty()).map(|(id, _)| id)),
            _ => {}
        }
        for id in linkable {
            let candidate = named(id);
            let claims = &candidate.account.claims;
            let green = claims.personal_number.as_ref().is_some_and(|n| n.mark == Green && n.value.as_str() == NUMBER);
            let old = claims.old_number.as_ref().is_some_and(|n| n.mark == Green) && candidate.old_number_is_theirs == Some(true);
            prop_assert!(green || old || candidate.proof.is_some());
            prop_assert_eq!(candidate.owner, Owner::Nobody);
            prop_assert_eq!(candidate.account.status, LegacyStatus::Open);
            prop_assert!(matches!(candidate.account.kind, LegacyKind::Citizen | LegacyKind::Post));
            prop_assert!(claims.full_name.as_ref().is_none_or(|n| n.value.as_str() == NAME));
        }
    }

    /// The same input gives the same answer, and the order in which the store finds accounts does not matter for what is linked.
    #[test]
    fn the_order_does_not_matter(all in candidates()) {
        let decided = decide(&citizen(), &all);
        prop_assert_eq!(&decided, &decide(&citizen(), &all));
        let mut backwards = all;
        backwards.reverse();
        let again = decide(&citizen(), &backwards).decision;
        if let Decision::Link(..) | Decision::Prove(..) | Decision::Review | Decision::Nothing = decided.decision {
            prop_assert_eq!(decided.decision, again);
        }
    }

    /// Nobody gets an account that is somebody else's, whatever they prove.
    #[test]
    fn what_is_anothers_stays_theirs(mut all in candidates()) {
        for one in &mut all {
            one.owner = Owner::Another;
        }
        let decision = decide(&citizen(), &all).decision;
        prop_assert!(matches!(decision, Decision::Nothing | Decision::Review));
    }
}
