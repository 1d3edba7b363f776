use super::super::*;
use crate::claims::Mark;
use crate::clock::Timestamp;
use proptest::prelude::*;
use rstest::rstest;
use std::collections::HashSet;

fn who(name: &str) -> Operator {
    // Each on an account of their own, unless it is said otherwise: name@account.
    let (name, account) = name.split_once('@').unwrap_or((name, name));
    Operator::new(name, account).unwrap()
}

fn vote(by: &str, ruling: Ruling) -> Vote {
    Vote { by: who(by), ruling, why: "vì".into(), at: Timestamp::default() }
}

use Ruling::{Accept, Link, Move, Reject, Unlink};

/// What several people say one after the other, and where the case stands then.
#[rstest]
#[case::nobody(&[], Standing::Open)]
#[case::one_person(&[("an", Link)], Standing::One(Link))]
#[case::two_who_agree(&[("an", Link), ("binh", Link)], Standing::Agreed(Link))]
#[case::two_who_reject(&[("an", Reject), ("binh", Reject)], Standing::Agreed(Reject))]
#[case::two_who_differ(&[("an", Link), ("binh", Reject)], Standing::Differ)]
#[case::a_third_one_settles_it(&[("an", Link), ("binh", Reject), ("dung", Reject)], Standing::Agreed(Reject))]
#[case::somebody_changes_their_mind(&[("an", Link), ("binh", Reject), ("an", Reject)], Standing::Agreed(Reject))]
#[case::alone_with_oneself(&[("an", Link), ("an", Reject)], Standing::One(Reject))]
#[case::another_name_on_the_same_account(&[("an@ops", Link), ("binh@ops", Reject)], Standing::One(Reject))]
#[case::the_same_name_elsewhere(&[("an@one", Reject), ("an@two", Link)], Standing::One(Link))]
#[case::in_capitals(&[("an@one", Reject), ("AN@two", Link)], Standing::One(Link))]
fn the_course_of_a_case(#[case] said: &[(&str, Ruling)], #[case] stands: Standing) {
    let mut case = Case::new(ReviewReason::Differs);
    for (by, ruling) in said {
        case.vote(vote(by, *ruling)).unwrap();
    }
    assert_eq!(case.standing(), stands);
}

#[rstest]
#[case::the_same_person_twice(&[("an", Link)], ("an", Link), BadStep::SaidBefore)]
#[case::the_same_account_twice(&[("an@ops", Link)], ("binh@ops", Link), BadStep::SaidBefore)]
#[case::the_same_name_twice(&[("an@one", Link)], ("an@two", Link), BadStep::SaidBefore)]
#[case::after_two_agreed(&[("an", Link), ("binh", Link)], ("dung", Reject), BadStep::Agreed)]
#[case::what_does_not_belong_here(&[], ("an", Unlink), BadStep::NotInThisCase)]
fn what_does_not_count(#[case] said: &[(&str, Ruling)], #[case] last: (&str, Ruling), #[case] why: BadStep) {
    let mut case = Case::new(ReviewReason::Differs);
    for (by, ruling) in said {
        case.vote(vote(by, *ruling)).unwrap();
    }
    let before = case.clone();
    assert_eq!(case.vote(vote(last.0, last.1)), Err(why));
    assert_eq!(case, before);
}

#[rstest]
#[case(ReviewReason::Differs, Link)]
#[case(ReviewReason::Contradicts, Link)]
#[case(ReviewReason::NoWayToProve, Link)]
#[case(ReviewReason::LinkedToAnother, Move)]
#[case(ReviewReason::MoveWanted, Move)]
#[case(ReviewReason::NumberChanged, Accept)]
#[case(ReviewReason::RecordDiffers, Accept)]
#[case(ReviewReason::UnlinkWanted, Unlink)]
fn what_each_case_can_end_with(#[case] reason: ReviewReason, #[case] granted: Ruling) {
    for ruling in Ruling::ALL {
        let fits = [granted, Reject].contains(&ruling);
        assert_eq!(Case::new(reason).vote(vote("an", ruling)).is_ok(), fits, "{ruling:?}");
    }
    assert_eq!(ReviewReason::parse(reason.as_str()), Some(reason));
}

#[test]
fn only_what_two_agreed_on_is_closed_and_only_once() {
    let mut case = Case::new(ReviewReason::UnlinkWanted);
    assert_eq!(case.close(Outcome::Done), Err(BadStep::NotAgreed));
    case.vote(vote("an", Unlink)).unwrap();
    assert_eq!(case.close(Outcome::Done), Err(BadStep::NotAgreed));
    case.vote(vote("binh", Reject)).unwrap();
    assert_eq!(case.close(Outcome::Done), Err(BadStep::NotAgreed));
    case.vote(vote("dung", Unlink)).unwrap();
    assert_eq!(case.close(Outcome::Done), Ok(Unlink));
    assert_eq!(case.close(Outcome::Done), Err(BadStep::Closed));
    assert_eq!(case.vote(vote("em", Reject)), Err(BadStep::Closed));
    assert_eq!(case.standing(), Standing::Closed(Unlink, Outcome::Done));
}

#[rstest]
#[case("")]
#[case("an bình")]
#[case("an\n")]
#[case(&"a".repeat(65))]
fn who_cannot_be_an_operator(#[case] name: &str) {
    assert!(Operator::new(name, "ops").is_err());
    assert!(Operator::new("an", name).is_err());
}

#[test]
fn words_and_evidence_do_not_print() {
    assert!(!format!("{:?}", vote("an", Link)).contains("vì"));
    let dossier = Dossier { words: Some("NGUYỄN VĂN AN".into()), ..Dossier::default() };
    assert_eq!(format!("{dossier:?}"), "Dossier(…)");
}

#[test]
fn both_sides_stand_beside_each_other() {
    use super::samples::{NUMBER, account, citizen};
    let candidate = account("a").number(NUMBER, Mark::Green).named(Some("LÊ VĂN CÔNG"));
    let dossier = Dossier::of_account(&citizen(), &candidate.account);
    let one = |claim: &str| dossier.exhibits.iter().find(|e| e.claim == claim).unwrap();
    let (number, name) = (one("personal_number"), one("full_name"));
    assert_eq!((number.agrees, number.mark), (Some(true), Some(Mark::Green)));
    assert_eq!(name.agrees, Some(false));
    assert_eq!((name.proven.as_deref(), name.other.as_deref()), (Some("LÊ VĂN CƯỜNG"), Some("LÊ VĂN CÔNG")));
    let phone = one("phone");
    assert_eq!((phone.proven.as_deref(), phone.agrees), (None, None));
    assert!(dossier.exhibits.iter().all(|e| e.claim != "tax_code"), "what neither has is not shown");
}

proptest! {
    /// Whatever is said in whatever order: what is agreed on was said by two people who share neither name nor account, each of whom said
    /// it last; and one person alone, under whatever names on one account, settles nothing.
    #[test]
    fn nobody_decides_alone(said in prop::collection::vec((0u8..3, 0u8..3, 0u8..2), 0..12)) {
        let mut case = Case::new(ReviewReason::Differs);
        let mut agreed_before = false;
        for (name, account, ruling) in said {
            let ruling = [Link, Reject][usize::from(ruling)];
            let by = Operator::new(&format!("n{name}"), &format!("a{account}")).unwrap();
            let said = case.vote(Vote { by, ruling, why: String::new(), at: Timestamp::default() });
            prop_assert!(!(agreed_before && said.is_ok()), "nothing is said after two agreed");
            if let Standing::Agreed(ruling) = case.standing() {
                agreed_before = true;
                let for_it: Vec<_> = case.votes().iter().filter(|v| v.ruling == ruling).collect();
                prop_assert!(for_it.iter().any(|a| for_it.iter().any(|b| !a.by.may_be(&b.by))));
            }
            prop_assert_eq!(case.clone().close(Outcome::Done).is_ok(), agreed_before);
        }
        let names: HashSet<_> = case.votes().iter().map(|v| v.by.name().to_owned()).collect();
        let accounts: HashSet<_> = case.votes().iter().map(|v| v.by.account().to_owned()).collect();
        if names.len() < 2 || accounts.len() < 2 {
            prop_assert!(!agreed_before);
        }
    }
}
