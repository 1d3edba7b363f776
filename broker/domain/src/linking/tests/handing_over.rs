//! "Legacy first".

use super::super::*;
use super::samples::*;
use crate::claims::Mark;
use Mark::{Green, Yellow};
use rstest::rstest;

const PROVEN: Handover = Handover::Link(Evidence::Proven(Proof::Password));

#[rstest]
#[case::same_number(account("a").number(NUMBER, Green), PROVEN)]
#[case::same_number_typed(account("a").number(NUMBER, Yellow), PROVEN)]
#[case::a_number_that_was_just_confirmed(account("a").confirmed(NUMBER), PROVEN)]
#[case::row_9_another_number_confirmed(account("a").confirmed(OTHER), Handover::NotTheOwner)]
#[case::row_9_another_number(account("a").number(OTHER, Green), Handover::NotTheOwner)]
#[case::row_9_another_number_typed(account("a").number(OTHER, Yellow), Handover::NotTheOwner)]
#[case::row_9_another_number_though_the_old_one_fits(account("a").number(OTHER, Yellow).old(Green, OldNumberIs::Theirs), Handover::NotTheOwner)]
#[case::old_number_confirmed(account("a").old(Yellow, OldNumberIs::Theirs), PROVEN)]
#[case::row_9_old_number_denied(account("a").old(Yellow, OldNumberIs::NotTheirs), Handover::NotTheOwner)]
#[case::old_number_unknown(account("a").old(Yellow, OldNumberIs::Unknown), PROVEN)]
#[case::several_records(account("a").old(Yellow, OldNumberIs::Unclear), Handover::Review(ReviewReason::NoWayToProve))]
#[case::of_the_dead(account("a").old(Yellow, OldNumberIs::OfTheDead), Handover::Refused(LegacyStatus::Deceased))]
#[case::a_number_of_before(account("a").number(OTHER, Green).former().born(None), PROVEN)]
#[case::bad_input(account("a").number(NUMBER, Green).sex(crate::person::Gender::Female), Handover::Review(ReviewReason::Contradicts))]
#[case::no_number(account("a"), PROVEN)]
#[case::no_number_and_another_name(account("a").named(Some("AI KHÁC")), Handover::Review(ReviewReason::Differs))]
#[case::no_number_and_no_name(account("a").named(None), Handover::Review(ReviewReason::NoWayToProve))]
#[case::same_number_another_name(account("a").number(NUMBER, Green).named(Some("AI KHÁC")), Handover::Review(ReviewReason::Differs))]
#[case::linked_to_another(account("a").number(NUMBER, Green).owner(Owner::Another), Handover::Review(ReviewReason::LinkedToAnother))]
#[case::linked_already(account("a").number(NUMBER, Green).owner(Owner::ThisCitizen), Handover::Linked)]
#[case::closed(account("a").number(NUMBER, Green).status(LegacyStatus::Closed), Handover::Refused(LegacyStatus::Closed))]
#[case::an_administrators(account("a").kind(LegacyKind::Administrator), Handover::NotTheOwner)]
#[case::a_business_account(account("a").tax(TAX, Green), Handover::NotTheOwner)]
#[case::vietnam_post(account("a").number(NUMBER, Yellow).kind(LegacyKind::Post), PROVEN)]
fn of_a_citizen(#[case] candidate: Candidate, #[case] expected: Handover) {
    assert_eq!(hand_over(&citizen(), &candidate, Proof::Password), expected);
}

#[rstest]
#[case::same_code(account("a").tax(TAX, Yellow), PROVEN)]
#[case::another_code(account("a").tax("0109999999", Green), Handover::NotTheOwner)]
#[case::a_persons_account(account("a").number(NUMBER, Green), Handover::NotTheOwner)]
fn of_an_organization(#[case] candidate: Candidate, #[case] expected: Handover) {
    assert_eq!(hand_over(&company(), &candidate, Proof::Password), expected);
}
