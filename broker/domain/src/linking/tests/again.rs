use super::super::*;
use super::samples::*;
use crate::claims::Mark::{Green, Yellow};
use crate::person::Profile;
use crate::proof::Proof::{Password, PhoneCode};
use rstest::rstest;

#[rstest]
#[case::as_it_was(account("a").number(NUMBER, Green), Verdict::Link(Evidence::VerifiedNumber))]
#[case::proven(account("a").number(NUMBER, Yellow).proven(PhoneCode), Verdict::Link(Evidence::Proven(PhoneCode)))]
#[case::verified_meanwhile(account("a").number(NUMBER, Green).proven(Password), Verdict::Link(Evidence::VerifiedNumber))]
#[case::verified_no_longer(account("a").number(NUMBER, Yellow), Verdict::Prove(vec![Password, PhoneCode]))]
#[case::ended_meanwhile(account("a").number(NUMBER, Green).ended(), Verdict::Prove(vec![Password, PhoneCode]))]
#[case::linked_elsewhere(account("a").number(NUMBER, Yellow).owner(Owner::ThisCitizen), Verdict::Linked)]
#[case::anothers(account("a").number(NUMBER, Green).owner(Owner::Another).proven(Password), Verdict::Review(ReviewReason::LinkedToAnother))]
#[case::another_number(account("a").number(OTHER, Green).proven(Password), Verdict::Nothing)]
#[case::another_number_typed_in(account("a").number(OTHER, Yellow).proven(Password), Verdict::Nothing)]
#[case::no_number(account("a").proven(Password), Verdict::Nothing)]
#[case::another_name(account("a").number(NUMBER, Green).named(Some("AI KHÁC")).proven(Password), Verdict::Review(ReviewReason::Differs))]
#[case::nothing_to_prove_it_by(account("a").number(NUMBER, Yellow).without_ways(), Verdict::Review(ReviewReason::NoWayToProve))]
#[case::locked(account("a").number(NUMBER, Green).status(LegacyStatus::Locked).proven(Password), Verdict::Refused(LegacyStatus::Locked))]
#[case::of_the_dead(account("a").old(Green, OldNumberIs::OfTheDead).proven(Password), Verdict::Refused(LegacyStatus::Deceased))]
#[case::an_administrators(account("a").number(NUMBER, Green).kind(LegacyKind::Administrator).proven(Password), Verdict::Nothing)]
fn what_waited_is_decided_by_what_is_so_now(#[case] candidate: Candidate, #[case] expected: Verdict) {
    assert_eq!(decide_again(&citizen(), &candidate), expected);
}

/// A citizen's account may hold a tax code: what was verified of the citizen is the number.
#[test]
fn the_evidence_is_of_the_kind_of_the_account() {
    let mut taxed = account("a").tax(TAX, Green).number(NUMBER, Green).kind(LegacyKind::Citizen);
    assert_eq!(decide_again(&citizen(), &taxed), Verdict::Link(Evidence::VerifiedNumber));
    taxed = taxed.kind(LegacyKind::Organization);
    assert_eq!(decide_again(&citizen(), &taxed), Verdict::Nothing);
    let company: Profile = company();
    assert_eq!(decide_again(&company, &taxed), Verdict::Link(Evidence::VerifiedTaxCode));
}
