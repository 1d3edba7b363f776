use super::*;
use crate::person::{BirthDate, Name, OldNumber, PersonalNumber};
use population::{Answer, Fields, PopulationFailure, Question};
use proptest::prelude::*;
use rstest::rstest;

fn question() -> Question {
    Question {
        personal_number: PersonalNumber::parse("038075000003").unwrap(),
        old_number: Some(OldNumber::parse("171234567").unwrap()),
        former_number: None,
        full_name: Some(Name::parse("LÊ VĂN CƯỜNG").unwrap()),
        birth_date: Some(BirthDate::Day(1975, 11, 2)),
    }
}

#[test]
fn what_is_not_known_is_not_asked() {
    assert_eq!(
        Value::Object(question().to_json()),
        json!({"personal_number": "038075000003", "old_number": "171234567", "full_name": "LÊ VĂN CƯỜNG", "birth_date": "1975-11-02"})
    );
    let short =
        Question { old_number: None, full_name: None, birth_date: Some(BirthDate::Year(1975)), ..question() };
    assert_eq!(Value::Object(short.to_json()), json!({"personal_number": "038075000003"}));
}

/// A number issued anew: both are asked about, and a yes to one alone is none.
#[test]
fn a_number_of_before_is_asked_about() {
    let asked = Question {
        old_number: None,
        former_number: Some(PersonalNumber::parse("038075000003").unwrap()),
        personal_number: PersonalNumber::parse("038175000003").unwrap(),
        full_name: None,
        birth_date: None,
    };
    let sent = json!({"personal_number": "038175000003", "former_number": "038075000003"});
    assert_eq!(Value::Object(asked.to_json()), sent);
    let read = |fields: Value| Answer::read(&map(json!({"result": "match", "fields": fields})), &asked);
    assert_eq!(read(json!({"personal_number": true, "former_number": true})), Ok(Answer::Match));
    for half in [json!({"personal_number": true}), json!({"personal_number": true, "former_number": false})] {
        assert_eq!(read(half), Err(PopulationFailure::Malformed));
    }
}

fn all(value: bool) -> Value {
    json!({"personal_number": value, "old_number": value, "full_name": value, "birth_date": value})
}

#[rstest]
#[case(json!({"result": "match", "fields": all(true)}), Ok(Answer::Match))]
#[case(json!({"result": "no_match"}), Ok(Answer::Nobody))]
#[case(json!({"result": "several"}), Ok(Answer::Several))]
#[case(json!({"result": "deceased", "fields": all(true)}), Ok(Answer::Deceased))]
#[case::says_yes_and_no(json!({"result": "match", "fields": {"personal_number": true, "old_number": false, "full_name": true, "birth_date": true}}),
    Err(PopulationFailure::Malformed))]
#[case::says_yes_to_less(json!({"result": "match", "fields": {"personal_number": true}}), Err(PopulationFailure::Malformed))]
#[case::says_yes_to_nothing(json!({"result": "match"}), Err(PopulationFailure::Malformed))]
#[case::says_no_to_nothing(json!({"result": "mismatch", "fields": all(true)}), Err(PopulationFailure::Malformed))]
#[case::words(json!({"result": "match", "fields": all(true).as_object().unwrap().keys().map(|k| (k.clone(), json!("yes"))).collect::<Map<_, _>>()}),
    Err(PopulationFailure::Malformed))]
#[case::unheard_of(json!({"result": "perhaps"}), Err(PopulationFailure::Malformed))]
#[case::empty(json!({}), Err(PopulationFailure::Malformed))]
fn answers(#[case] answer: Value, #[case] expected: Result<Answer, PopulationFailure>) {
    assert_eq!(Answer::read(&map(answer), &question()), expected);
}

#[test]
fn differences_are_told_by_field() {
    let fields = json!({"personal_number": false, "old_number": true, "full_name": true, "birth_date": null});
    let answer = Answer::read(&map(json!({"result": "mismatch", "fields": fields})), &question());
    let expected = Fields {
        personal_number: Some(false),
        old_number: Some(true),
        former_number: None,
        full_name: Some(true),
        birth_date: None,
    };
    assert_eq!(answer, Ok(Answer::Differs(expected)));
}

proptest! {
    /// Nothing but an outright yes to everything is a match.
    #[test]
    fn a_match_is_an_outright_yes(result in "match|mismatch|no_match|\\PC{0,8}", fields in proptest::collection::vec(proptest::option::of(any::<bool>()), 4)) {
        let names = ["personal_number", "old_number", "full_name", "birth_date"];
        let told: Map<String, Value> = names.iter().map(|n| (*n).to_owned()).zip(fields.iter().map(|f| json!(f))).collect();
        let answer = Answer::read(&map(json!({"result": result, "fields": told})), &question());
        prop_assert_eq!(answer == Ok(Answer::Match), result == "match" && fields.iter().all(|f| *f == Some(true)));
    }
}
