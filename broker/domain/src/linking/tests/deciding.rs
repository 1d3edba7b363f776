//! "What the match decides": every row of the table, by its name.

use super::super::*;
use super::samples::*;
use crate::claims::Mark;
use crate::ids::AccountId;
use crate::person::{BirthDate, Gender, OldNumber, Profile};
use Mark::{Green, Yellow};
use OldNumberIs::{NotTheirs, OfTheDead, Theirs, Unclear, Unknown};
use proptest::prelude::*;
use rstest::rstest;

const BOTH: [Proof; 2] = [Proof::Password, Proof::PhoneCode];

fn prove() -> Decision {
    Decision::Prove(id("a"), BOTH.to_vec())
}

/// One is theirs, and these fit besides, with a proof.
fn linked(more: &[&str]) -> Decision {
    let more = more.iter().map(|m| (id(m), BOTH.to_vec())).collect();
    Decision::Linked { primary: id("a"), more }
}

fn link(evidence: Evidence) -> Decision {
    Decision::Link(id("a"), evidence)
}

/// Every row of the table, for one account.
#[rstest]
#[case::row_1_green_number(account("a").number(NUMBER, Green), link(Evidence::VerifiedNumber))]
#[case::row_1_green_number_year_alone(account("a").number(NUMBER, Green).born(Some(BirthDate::Year(1975))), link(Evidence::VerifiedNumber))]
#[case::row_1_green_number_no_date(account("a").number(NUMBER, Green).born(None), link(Evidence::VerifiedNumber))]
#[case::row_1_green_number_no_name(account("a").number(NUMBER, Green).named(None), prove())]
#[case::row_2_yellow_number(account("a").number(NUMBER, Yellow), prove())]
#[case::row_2_yellow_number_proven(account("a").number(NUMBER, Yellow).proven(Proof::PhoneCode), link(Evidence::Proven(Proof::PhoneCode)))]
#[case::row_2_a_number_that_its_holder_had_confirmed(account("a").named(None).born(None).confirmed(NUMBER), prove())]
#[case::row_2_the_same_over_a_typed_one(account("a").number(OTHER, Yellow).confirmed(NUMBER), prove())]
#[case::row_2_the_same_proven(account("a").confirmed(NUMBER).proven(Proof::Password), link(Evidence::Proven(Proof::Password)))]
#[case::row_1_beside_the_portals_own_word(account("a").number(NUMBER, Green).confirmed(NUMBER), link(Evidence::VerifiedNumber))]
#[case::row_10_the_portals_own_word_goes_before_it(account("a").number(OTHER, Green).confirmed(NUMBER), Decision::Nothing)]
#[case::row_3_anothers_number_confirmed(account("a").confirmed(OTHER).old(Green, Theirs), link(Evidence::VerifiedOldNumber))]
#[case::row_3_old_number_confirmed(account("a").old(Green, Theirs), link(Evidence::VerifiedOldNumber))]
#[case::row_3_old_number_typed_in(account("a").old(Yellow, Theirs), prove())]
#[case::row_3_old_number_denied(account("a").old(Green, NotTheirs), Decision::Nothing)]
#[case::row_3_old_number_without_an_answer(account("a").old(Green, Unknown), Decision::Nothing)]
#[case::row_3_beside_anothers_number(account("a").number(OTHER, Green).old(Green, Theirs), Decision::Nothing)]
#[case::row_3_beside_a_typed_number(account("a").number(OTHER, Yellow).old(Green, Theirs), link(Evidence::VerifiedOldNumber))]
#[case::row_3_beside_their_typed_number(account("a").number(NUMBER, Yellow).old(Green, Theirs), link(Evidence::VerifiedOldNumber))]
#[case::row_3_beside_their_confirmed_number(account("a").confirmed(NUMBER).old(Green, Theirs), link(Evidence::VerifiedOldNumber))]
#[case::row_3_denied_beside_their_typed_number(account("a").number(NUMBER, Yellow).old(Green, NotTheirs), prove())]
#[case::row_3_several_records(account("a").old(Green, Unclear), Decision::Review)]
#[case::row_3_vneid_would_do_but_its_owner_has_died(account("a").old(Green, OfTheDead), Decision::Refused(id("a"), LegacyStatus::Deceased))]
#[case::row_1_a_number_of_before(account("a").number(OTHER, Green).former().born(Some(BirthDate::Year(1990))), link(Evidence::VerifiedNumber))]
#[case::row_2_a_number_of_before_typed_in(account("a").number(OTHER, Yellow).former().born(Some(BirthDate::Year(1990))), prove())]
#[case::row_4_a_number_of_before_and_another_name(account("a").number(OTHER, Green).former().born(None).named(Some("AI KHÁC")), Decision::Review)]
#[case::bad_input_a_number_of_before_that_contradicts(account("a").number(OTHER, Green).former().born(Some(BirthDate::Year(1975))), Decision::Review)]
#[case::bad_input_the_sex_contradicts_the_number(account("a").number(NUMBER, Green).born(None).sex(Gender::Female), Decision::Review)]
#[case::bad_input_though_proven(account("a").number(NUMBER, Yellow).sex(Gender::Female).proven(Proof::Password), Decision::Review)]
#[case::row_1_the_sex_agrees(account("a").number(NUMBER, Green).sex(Gender::Male), link(Evidence::VerifiedNumber))]
#[case::row_6_linked_to_another_and_closed(account("a").number(NUMBER, Green).owner(Owner::Another).status(LegacyStatus::Closed), Decision::Review)]
#[case::row_7_closed_and_differs(account("a").number(NUMBER, Green).status(LegacyStatus::Closed).named(Some("AI KHÁC")), Decision::Refused(id("a"), LegacyStatus::Closed))]
#[case::row_7_closed_though_proven(account("a").number(NUMBER, Yellow).status(LegacyStatus::Closed).proven(Proof::Password), Decision::Refused(id("a"), LegacyStatus::Closed))]
#[case::row_10_a_proof_alone(account("a").proven(Proof::Password), Decision::Nothing)]
#[case::row_10_an_account_of_another_that_does_not_fit(account("a").number(OTHER, Green).owner(Owner::Another), Decision::Nothing)]
#[case::row_10_an_administrators_though_proven(account("a").number(NUMBER, Green).kind(LegacyKind::Administrator).proven(Proof::Password), Decision::Nothing)]
#[case::row_2_vietnam_post(account("a").number(NUMBER, Yellow).kind(LegacyKind::Post), prove())]
#[case::row_2_a_link_that_was_ended_is_not_made_anew_by_itself(account("a").number(NUMBER, Green).ended(), prove())]
#[case::row_2_nor_by_the_old_number(account("a").old(Green, Theirs).ended(), prove())]
#[case::row_2_ended_and_proven(account("a").number(NUMBER, Green).ended().proven(Proof::PhoneCode), link(Evidence::Proven(Proof::PhoneCode)))]
#[case::row_2_ended_and_no_way(account("a").number(NUMBER, Green).ended().without_ways(), Decision::Review)]
#[case::row_4_name_differs(account("a").number(NUMBER, Green).named(Some("LÊ VĂN CÔNG")), Decision::Review)]
#[case::row_4_date_differs(account("a").number(NUMBER, Green).born(Some(BirthDate::Day(1975, 11, 3))), Decision::Review)]
#[case::row_4_year_differs(account("a").number(NUMBER, Green).born(Some(BirthDate::Year(1976))), Decision::Review)]
#[case::row_4_typed_and_differs(account("a").number(NUMBER, Yellow).named(Some("LÊ VĂN CÔNG")), Decision::Review)]
#[case::row_4_differs_though_proven(account("a").number(NUMBER, Yellow).named(Some("LÊ VĂN CÔNG")).proven(Proof::Password), Decision::Review)]
#[case::row_4_old_number_and_differs(account("a").old(Green, Theirs).named(Some("LÊ VĂN CÔNG")), Decision::Review)]
#[case::row_6_linked_to_another(account("a").number(NUMBER, Green).owner(Owner::Another), Decision::Review)]
#[case::linked_to_this_citizen(account("a").number(NUMBER, Green).owner(Owner::ThisCitizen), linked(&[]))]
#[case::row_7_closed(account("a").number(NUMBER, Green).status(LegacyStatus::Closed), Decision::Refused(id("a"), LegacyStatus::Closed))]
#[case::row_7_locked(account("a").number(NUMBER, Green).status(LegacyStatus::Locked), Decision::Refused(id("a"), LegacyStatus::Locked))]
#[case::row_7_deceased(account("a").number(NUMBER, Green).status(LegacyStatus::Deceased), Decision::Refused(id("a"), LegacyStatus::Deceased))]
#[case::row_2_no_way_to_prove(account("a").number(NUMBER, Yellow).without_ways(), Decision::Review)]
#[case::row_1_vietnam_post(account("a").number(NUMBER, Green).kind(LegacyKind::Post), link(Evidence::VerifiedNumber))]
#[case::row_10_administrator(account("a").number(NUMBER, Green).kind(LegacyKind::Administrator), Decision::Nothing)]
#[case::row_8_business_account(account("a").number(NUMBER, Green).tax(TAX, Green), Decision::Nothing)]
#[case::row_10_anothers_number(account("a").number(OTHER, Green), Decision::Nothing)]
#[case::row_10_no_number(account("a"), Decision::Nothing)]
fn of_a_citizen(#[case] candidate: Candidate, #[case] expected: Decision) {
    assert_eq!(decide(&citizen(), &[candidate]).decision, expected);
}

#[rstest]
#[case::row_8_green_code(account("a").tax(TAX, Green), link(Evidence::VerifiedTaxCode))]
#[case::row_8_a_link_that_was_ended(account("a").tax(TAX, Green).ended(), prove())]
#[case::row_8_typed_code(account("a").tax(TAX, Yellow), prove())]
#[case::row_8_typed_code_proven(account("a").tax(TAX, Yellow).proven(Proof::Password), link(Evidence::Proven(Proof::Password)))]
#[case::row_8_typed_code_no_way(account("a").tax(TAX, Yellow).without_ways(), Decision::Review)]
#[case::row_6_linked_to_another(account("a").tax(TAX, Green).owner(Owner::Another), Decision::Review)]
#[case::row_7_closed(account("a").tax(TAX, Green).status(LegacyStatus::Closed), Decision::Refused(id("a"), LegacyStatus::Closed))]
#[case::row_8_no_code(account("a").kind(LegacyKind::Organization), Decision::Nothing)]
#[case::row_8_another_name(account("a").tax(TAX, Green).named(Some("AI KHÁC")), link(Evidence::VerifiedTaxCode))]
#[case::row_8_another_code(account("a").tax("0109999999", Green), Decision::Nothing)]
#[case::row_8_a_persons_account(account("a").number(NUMBER, Green), Decision::Nothing)]
#[case::row_8_a_persons_account_with_a_code(account("a").tax(TAX, Green).kind(LegacyKind::Citizen), Decision::Nothing)]
fn of_an_organization(#[case] candidate: Candidate, #[case] expected: Decision) {
    assert_eq!(decide(&company(), &[candidate]).decision, expected);
}

#[test]
fn row_5_several_accounts_are_chosen_among() {
    let three = [
        account("a").number(NUMBER, Green),
        account("b").number(NUMBER, Yellow),
        account("c").number(OTHER, Green),
        account("d").number(NUMBER, Green),
    ];
    let expected = vec![(id("a"), vec![]), (id("b"), BOTH.to_vec()), (id("d"), vec![])];
    assert_eq!(decide(&citizen(), &three).decision, Decision::Choose(expected));
}

/// A stranger who has a number confirmed for their account stands beside the true one as whoever typed it in.
#[test]
fn row_5_a_confirmed_number_is_no_verified_one() {
    let two = [account("a").number(NUMBER, Green), account("b").named(None).confirmed(NUMBER)];
    let expected = vec![(id("a"), vec![]), (id("b"), BOTH.to_vec())];
    assert_eq!(decide(&citizen(), &two).decision, Decision::Choose(expected));
}

/// One is linked: what else fits is offered, green or yellow, and changes nothing by itself.
#[test]
fn row_5_the_others_become_aliases_after_proof() {
    let three = [
        account("a").number(NUMBER, Green).owner(Owner::ThisCitizen),
        account("b").number(NUMBER, Yellow),
        account("c").number(NUMBER, Green),
        account("d").number(OTHER, Green),
        account("e").number(NUMBER, Green).status(LegacyStatus::Closed),
    ];
    let Decision::Linked { primary, more } = decide(&citizen(), &three).decision else {
        panic!("not linked")
    };
    assert_eq!((primary, more), (id("a"), vec![(id("b"), BOTH.to_vec()), (id("c"), vec![])]));
    assert_eq!(ground(&citizen(), &three[1]), None);
    let proven = account("b").number(NUMBER, Yellow).proven(Proof::PhoneCode);
    assert_eq!(ground(&citizen(), &proven), Some(Evidence::Proven(Proof::PhoneCode)));
    assert_eq!(ground(&citizen(), &three[2]), Some(Evidence::VerifiedNumber));
    assert_eq!(ground(&citizen(), &three[4]), None);
}

/// Row 11: what an import brings later is offered at the next login, and what was there stays.
#[test]
fn row_11_a_later_import_is_offered_at_the_next_login() {
    assert_eq!(decide(&citizen(), &[]).decision, Decision::Nothing);
    assert_eq!(decide(&citizen(), &[account("a").number(NUMBER, Yellow)]).decision, prove());
    let later =
        [account("a").number(NUMBER, Green).owner(Owner::ThisCitizen), account("b").number(NUMBER, Yellow)];
    assert_eq!(decide(&citizen(), &later).decision, linked(&["b"]));
}

/// What people decide keeps the rules of the account.
#[rstest]
#[case(LegacyKind::Citizen, LegacyStatus::Open, true)]
#[case(LegacyKind::Post, LegacyStatus::Open, true)]
#[case(LegacyKind::Citizen, LegacyStatus::Closed, false)]
#[case(LegacyKind::Citizen, LegacyStatus::Deceased, false)]
#[case(LegacyKind::Organization, LegacyStatus::Open, false)]
#[case(LegacyKind::Administrator, LegacyStatus::Open, false)]
fn two_people_cannot_link_everything(
    #[case] kind: LegacyKind,
    #[case] status: LegacyStatus,
    #[case] may: bool,
) {
    use crate::person::{AccountKind, CitizenStatus};
    let one = account("a").kind(kind).status(status).account;
    assert_eq!(may_be_linked(CitizenStatus::Active, AccountKind::Citizen, &one), may);
    assert!(!may_be_linked(CitizenStatus::Blocked, AccountKind::Citizen, &one));
    let organization = may_be_linked(CitizenStatus::Active, AccountKind::Organization, &one);
    assert_eq!(organization, kind == LegacyKind::Organization);
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
#[case(account("a").old(Green, Unclear), ReviewReason::NoWayToProve)]
#[case(account("a").number(NUMBER, Green).sex(Gender::Female), ReviewReason::Contradicts)]
#[case(account("a").number(NUMBER, Green).named(Some("AI KHÁC")).sex(Gender::Female), ReviewReason::Differs)]
fn reviews_say_why(#[case] candidate: Candidate, #[case] why: ReviewReason) {
    assert_eq!(decide(&citizen(), &[candidate]).reviews, [(id("a"), why)]);
}

#[test]
fn vneid_itself_may_know_the_old_number() {
    let knows = |text| Profile { old_number: Some(OldNumber::parse(text).unwrap()), ..citizen() };
    let candidate = || account("a").old(Green, Unknown);
    assert_eq!(decide(&knows(OLD), &[candidate()]).decision, link(Evidence::VerifiedOldNumber));
    assert_eq!(decide(&knows("999999999"), &[candidate()]).decision, Decision::Nothing);
    assert!(questions(&knows(OLD), &[candidate()]).is_empty());
}

#[rstest]
#[case::only_the_old_number(account("a").old(Green, Unknown), true)]
#[case::beside_a_typed_number(account("a").number(OTHER, Yellow).old(Green, Unknown), true)]
#[case::the_typed_number_fits(account("a").number(NUMBER, Yellow).old(Green, Unknown), true)]
#[case::the_typed_number_fits_and_nothing_is_verified(account("a").number(NUMBER, Yellow).old(Yellow, Unknown), false)]
#[case::the_number_is_anothers(account("a").number(OTHER, Green).old(Green, Unknown), false)]
#[case::asked_already(account("a").old(Green, NotTheirs), false)]
#[case::somebody_has_it(account("a").old(Green, Unknown).owner(Owner::Another), false)]
#[case::an_administrators(account("a").old(Green, Unknown).kind(LegacyKind::Administrator), false)]
#[case::a_typed_number_of_before(account("a").number(OTHER, Yellow).former().old(Green, Unknown), true)]
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
    let numbers = prop_oneof![Just(None), Just(Some(NUMBER)), Just(Some(OTHER))];
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
    let old = (mark(), prop::sample::select(vec![Unknown, Theirs, NotTheirs, Unclear, OfTheDead]));
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
            Decision::Linked { more, .. } => linkable.extend(more.iter().filter(|(_, needs)| needs.is_empty()).map(|(id, _)| id)),
            _ => {}
        }
        for id in linkable {
            let candidate = named(id);
            let claims = &candidate.account.claims;
            let green = claims.personal_number.as_ref().is_some_and(|n| n.mark == Green && n.value.as_str() == NUMBER);
            let old = claims.old_number.as_ref().is_some_and(|n| n.mark == Green) && candidate.old_number == Theirs;
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
