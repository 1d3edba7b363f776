use super::*;
use crate::level::Level;
use crate::person::{AccountKind, Gender};
use proptest::prelude::*;
use rstest::rstest;
use unicode_normalization::UnicodeNormalization;

fn read(changes: Value) -> Result<crate::person::Profile, UpstreamFailure> {
    profile(&citizen(changes), &ClaimNames::default()).map_err(|r| r.failure)
}

#[rstest]
#[case::as_usual(json!({}))]
#[case::number_with_spaces(json!({"citizenPid": "001 085 000 001"}))]
#[case::number_with_other_spaces(json!({"citizenPid": "\u{a0}001085\u{2009}000001 "}))]
#[case::name_decomposed(json!({"fullName": "NGUYỄN VĂN AN".nfd().collect::<String>()}))]
#[case::name_with_spaces(json!({"fullName": "  NGUYỄN\tVĂN   AN "}))]
#[case::birth_date_as_written(json!({"birthDate": "12/03/1985"}))]
#[case::birth_date_compact(json!({"birthDate": 19_850_312}))]
#[case::level_as_text(json!({"accountLevel": "2"}))]
fn the_same_person(#[case] changes: Value) {
    assert_eq!(read(changes).unwrap(), read(json!({})).unwrap());
}

#[rstest]
#[case::number_missing(json!({"citizenPid": null}))]
#[case::number_empty(json!({"citizenPid": " "}))]
#[case::number_short(json!({"citizenPid": "00108500001"}))]
#[case::number_with_letters(json!({"citizenPid": "00108500000O"}))]
#[case::number_in_other_digits(json!({"citizenPid": "٠٠١٠٨٥٠٠٠٠٠١"}))]
#[case::number_of_no_province(json!({"citizenPid": "000085000001"}))]
#[case::number_that_lost_its_zeros(json!({"citizenPid": 1_085_000_001}))]
#[case::number_as_list(json!({"citizenPid": ["001085000001"]}))]
#[case::name_missing(json!({"fullName": null}))]
#[case::name_of_300_characters(json!({"fullName": "N".repeat(300)}))]
#[case::name_with_emoji(json!({"fullName": "NGUYỄN VĂN AN 😀"}))]
#[case::name_in_letters_that_are_pictures(json!({"fullName": "🅰🅱"}))]
#[case::name_that_turns_the_line_round(json!({"fullName": "AN \u{202e}NĂV"}))]
#[case::name_with_hidden_joiners(json!({"fullName": "A\u{200d}N"}))]
#[case::name_of_digits(json!({"fullName": "12345"}))]
#[case::name_with_markup(json!({"fullName": "<b>AN</b>"}))]
#[case::name_is_an_object(json!({"fullName": {"first": "AN"}}))]
#[case::month_00(json!({"birthDate": "1985-00-12"}))]
#[case::day_00(json!({"birthDate": "00/03/1985"}))]
#[case::no_leap_year(json!({"birthDate": "1985-02-29"}))]
#[case::birth_date_of_words(json!({"birthDate": "last year"}))]
#[case::unknown_kind_of_account(json!({"accountType": "robot"}))]
#[case::organization_without_tax_code(json!({"accountType": "organization", "organizationName": "SAO MAI"}))]
#[case::organization_without_name(json!({"accountType": "organization", "taxCode": "0101234567"}))]
fn nobody_can_be_signed_in(#[case] changes: Value) {
    assert_eq!(read(changes).unwrap_err(), UpstreamFailure::BadClaims);
}

#[rstest]
#[case::another_year(json!({"birthDate": "1986-03-12"}))]
#[case::another_century(json!({"citizenPid": "001285000001"}))]
#[case::another_sex(json!({"gender": "Nữ"}))]
#[case::another_sex_by_number(json!({"citizenPid": "001185000001"}))]
fn contradictions(#[case] changes: Value) {
    assert_eq!(read(changes).unwrap_err(), UpstreamFailure::ContradictoryClaims);
}

#[test]
fn what_is_refused_is_named_and_not_told() {
    let refused = profile(&citizen(json!({"birthDate": "1985-00-12"})), &ClaimNames::default()).unwrap_err();
    assert_eq!(refused.about, "birthDate");
    assert!(!refused.to_string().contains("1985"));
}

#[rstest]
#[case("Nam", Some(Gender::Male))]
#[case("male", Some(Gender::Male))]
#[case("M", Some(Gender::Male))]
#[case("1", Some(Gender::Male))]
#[case("khác", None)]
#[case("0", None)]
fn gender_of_a_man(#[case] text: &str, #[case] expected: Option<Gender>) {
    assert_eq!(read(json!({"gender": text})).unwrap().gender, expected);
}

#[rstest]
#[case(json!("Nữ"))]
#[case(json!("N\u{1b0}\u{303}"))]
#[case(json!("NỮ"))]
#[case(json!("female"))]
#[case(json!("F"))]
#[case(json!(2))]
fn gender_of_a_woman(#[case] said: Value) {
    let woman = json!({"citizenPid": "074190000002", "birthDate": "1990-07-25", "gender": said});
    assert_eq!(read(woman).unwrap().gender, Some(Gender::Female));
}

#[test]
fn without_a_birth_date_there_is_none() {
    assert_eq!(read(json!({"birthDate": null})).unwrap().birth_date, None);
}

#[test]
fn what_names_nobody_and_is_unreadable_is_missing() {
    let profile = read(json!({
        "phoneNumber": "call me", "email": "nobody", "oldNumber": "12", "passportNumber": "?", "gender": ["x"], "address": "a\u{7}b",
    }))
    .unwrap();
    assert_eq!(profile, read(json!({"gender": null})).unwrap());
}

#[test]
fn the_rest_is_read() {
    let profile = read(json!({
        "phoneNumber": "+84 912-345-678", "email": " an@example.vn ", "oldNumber": "012 345 678", "passportNumber": "b1234567",
        "address": {"formatted": "1 Tràng Tiền,\n Hà Nội"},
    }))
    .unwrap();
    assert_eq!(profile.phone.as_deref(), Some("+84912345678"));
    assert_eq!(profile.email.as_deref(), Some("an@example.vn"));
    assert_eq!(profile.old_number.unwrap().as_str(), "012345678");
    assert_eq!(profile.passport.as_deref(), Some("B1234567"));
    assert_eq!(profile.address.as_deref(), Some("1 Tràng Tiền, Hà Nội"));
}

#[test]
fn what_is_called_unverified_is_not_taken() {
    let profile = read(json!({"email": "an@example.vn", "email_verified": false})).unwrap();
    assert_eq!(profile.email, None);
}

#[test]
fn organizations_and_who_acts_for_them() {
    let organization = json!({"accountType": "Organization", "taxCode": "0101234567", "organizationName": "CÔNG TY TNHH SAO MAI"});
    let profile = read(organization).unwrap();
    assert_eq!(profile.kind, AccountKind::Organization);
    assert_eq!(profile.organization.as_ref().unwrap().name, "CÔNG TY TNHH SAO MAI");
    assert_eq!(sealed_subject(&profile), "org:0101234567:001085000001");
    assert_eq!(sealed_subject(&read(json!({})).unwrap()), "pid:001085000001");
}

#[rstest]
#[case::none(json!({}), &[])]
#[case::one(json!({"organizations": [{"taxCode": "0101234567", "organizationName": " CÔNG TY  TNHH SAO MAI "}]}), &["0101234567"])]
#[case::several_in_order(
    json!({"organizations": [{"taxCode": "0109999999", "organizationName": "B"}, {"taxCode": "0101234567-001", "organizationName": "A"}]}),
    &["0109999999", "0101234567-001"]
)]
#[case::numbers_are_read(json!({"organizations": [{"taxCode": 1_234_567_890, "organizationName": "A"}]}), &["1234567890"])]
#[case::named_twice(
    json!({"organizations": [{"taxCode": "0101234567", "organizationName": "A"}, {"taxCode": "0101 234 567", "organizationName": "B"}]}),
    &["0101234567"]
)]
#[case::what_names_none_is_left_out(
    json!({"organizations": [null, "x", 7, [], {}, {"taxCode": "1", "organizationName": "A"}, {"taxCode": "0101234567"},
        {"taxCode": "0101234567", "organizationName": "a\u{7}b"}, {"taxCode": "0101234568", "organizationName": "B"}]}),
    &["0101234568"]
)]
#[case::no_list(json!({"organizations": {"taxCode": "0101234567", "organizationName": "A"}}), &[])]
#[case::endless(json!({"organizations": vec![json!({}); 100_000]}), &[])]
fn organizations_of_a_person(#[case] changes: Value, #[case] expected: &[&str]) {
    let read = organizations(&citizen(changes), &ClaimNames::default());
    assert_eq!(read.iter().map(|o| o.tax_code.as_str()).collect::<Vec<_>>(), expected);
    assert!(read.iter().all(|o| !o.name.contains("  ") && !o.name.starts_with(' ')));
}

#[test]
fn the_list_of_organizations_has_a_name_of_its_own_too() {
    let names = ClaimNames {
        organizations: "/represents/list".to_owned(),
        tax_code: "/org/code".to_owned(),
        organization_name: "title".to_owned(),
        ..ClaimNames::default()
    };
    let claims = map(json!({"represents": {"list": [{"org": {"code": "0101234567"}, "title": "SAO MAI"}]}}));
    assert_eq!(organizations(&claims, &names).len(), 1);
}

#[test]
fn names_are_configuration_and_may_lead_into_depth() {
    let names = ClaimNames {
        personal_number: "/identity/pid".to_owned(),
        full_name: "/identity/name".to_owned(),
        ..ClaimNames::default()
    };
    let claims = map(json!({"identity": {"pid": "001085000001", "name": "NGUYỄN VĂN AN"}}));
    assert_eq!(profile(&claims, &names).unwrap().personal_number.as_str(), "001085000001");
}

#[rstest]
#[case(json!({"acr": "LoA3", "accountLevel": 1}), Ok(Level::LoA3))]
#[case(json!({"accountLevel": 1}), Ok(Level::LoA1))]
#[case(json!({"accountLevel": "2"}), Ok(Level::LoA2))]
#[case(json!({"acr": "urn:none", "accountLevel": 2}), Err(UpstreamFailure::UnknownLevel))]
#[case(json!({"accountLevel": 5}), Err(UpstreamFailure::UnknownLevel))]
#[case(json!({"accountLevel": true}), Err(UpstreamFailure::UnknownLevel))]
#[case(json!({}), Err(UpstreamFailure::UnknownLevel))]
fn levels(#[case] claims: Value, #[case] expected: Result<Level, UpstreamFailure>) {
    assert_eq!(
        LevelRules::default().read(&map(claims.clone()), AccountKind::Citizen).map_err(|r| r.failure),
        expected
    );
    let lenient = LevelRules { otherwise: Some(Level::LoA1), ..LevelRules::default() };
    assert_eq!(lenient.read(&map(claims), AccountKind::Citizen), Ok(expected.unwrap_or(Level::LoA1)));
}

#[test]
fn organizations_have_no_level_of_their_own() {
    let rules = LevelRules::default();
    assert_eq!(rules.read(&map(json!({})), AccountKind::Organization), Ok(Level::LoA2));
    assert_eq!(rules.read(&map(json!({"accountLevel": 1})), AccountKind::Organization), Ok(Level::LoA1));
    assert!(rules.read(&map(json!({"accountLevel": 9})), AccountKind::Organization).is_err());
}

pub(super) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        "[0-9/ -]{0,14}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("[a-z]{1,9}", inner, 0..3)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever is claimed: no panic, and whoever is read agrees with their number.
    #[test]
    fn claims_never_panic(values in proptest::collection::vec(value(), 13)) {
        let names = ["citizenPid", "fullName", "birthDate", "gender", "phoneNumber", "email", "address", "oldNumber", "passportNumber",
            "organizationName", "taxCode", "accountType", "accountLevel"];
        let claims: Map<String, Value> = names.iter().map(|n| (*n).to_owned()).zip(values).collect();
        if let Ok(read) = profile(&claims, &ClaimNames::default()) {
            prop_assert!(read.personal_number.agrees_with(read.birth_date.as_ref(), read.gender));
        }
        let _ = LevelRules::default().read(&claims, AccountKind::Citizen);
    }

    #[test]
    fn lists_of_organizations_never_panic(list in value(), code in value()) {
        for list in [list, json!([{"taxCode": code, "organizationName": "A"}])] {
            let _ = organizations(&map(json!({"organizations": list})), &ClaimNames::default());
        }
    }

    #[test]
    fn objects_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = object(&bytes);
    }
}

#[rstest]
#[case::lone_surrogate(r#"{"fullName":"AN \ud83d"}"#)]
#[case::twice(r#"{"sub":"a","sub":"b"}"#)]
#[case::twice_by_escape("{\"sub\":\"a\",\"\\u0073ub\":\"b\"}")]
#[case::list("[]")]
#[case::more_behind("{} {}")]
#[case::nothing("")]
#[case::too_deep(&"{\"a\":".repeat(5000))]
fn malformed_objects(#[case] text: &str) {
    assert_eq!(object(text.as_bytes()).unwrap_err().failure, UpstreamFailure::Malformed);
}
