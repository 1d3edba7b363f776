use super::super::{ClaimsRequest, Limits};
use super::*;
use proptest::prelude::*;
use rstest::rstest;

fn parse(verified: Value) -> Option<VerifiedWishes> {
    let read = |place: &str| {
        let text = json!({place: {"verified_claims": verified, "email": null}}).to_string();
        ClaimsRequest::parse(&text)
    };
    let (userinfo, id_token) = (read("userinfo").map(|r| r.userinfo), read("id_token").map(|r| r.id_token));
    assert_eq!(userinfo, id_token);
    userinfo.map(|wishes| {
        assert_eq!(wishes.single.len(), 1, "verified claims are no single claim");
        wishes.verified
    })
}

fn one(verification: Value, claims: Value) -> Option<VerifiedWish> {
    let mut read = parse(json!({"verification": verification, "claims": claims}))?;
    assert!(!read.several);
    read.wishes.pop()
}

fn of<'a>(members: &'a [(String, Pattern)], name: &str) -> Option<&'a Pattern> {
    members.iter().find(|(n, _)| n == name).map(|(_, pattern)| pattern)
}

fn values(values: &[&str]) -> Pattern {
    Pattern::Limited(Limits { values: Some(values.iter().map(|v| (*v).to_owned()).collect()), max_age: None })
}

/// The requests that the standard shows, with our names.
#[rstest]
#[case::any_framework(json!({"trust_framework": null}))]
#[case::framework_as_empty_object(json!({"trust_framework": {}}))]
#[case::time(json!({"trust_framework": null, "time": null}))]
#[case::one_framework(json!({"trust_framework": {"value": "vn_eid_69_2024"}, "assurance_level": {"value": "level_2"}}))]
#[case::frameworks(json!({"trust_framework": {"values": ["gold", "silver"]}}))]
#[case::essential(json!({"trust_framework": {"essential": true, "value": "gold"}}))]
#[case::age(json!({"trust_framework": null, "time": {"max_age": 63_113_852}}))]
#[case::evidence(json!({"trust_framework": null, "evidence": [{"type": {"value": "electronic_record"}}]}))]
#[case::evidence_in_depth(json!({"trust_framework": null, "evidence": [
    {"type": {"value": "electronic_record"}, "time": null, "check_details": [{"check_method": {"value": "data"}, "organization": null}],
        "record": {"type": {"values": ["population_register"]}, "created_at": null, "source": {"name": null, "country_code": {}}}},
    {"type": {"value": "document"}, "document": {"type": null}}
]}))]
#[case::members_that_nobody_knows(json!({"trust_framework": null, "x_number": 5, "x_text": "y", "x_list": [1], "x_deep": {"a": {"b": null}}}))]
fn asked_of_the_verification(#[case] verification: Value) {
    let read = one(verification, json!({"given_name": null, "family_name": {}})).unwrap();
    assert_eq!(of(&read.claims, "given_name"), Some(&Pattern::Any));
    assert_eq!(of(&read.claims, "family_name"), Some(&Pattern::Any));
}

#[test]
fn what_is_asked_of_claims() {
    let claims = json!({
        "a": null,
        "b": {},
        "c": {"essential": true},
        "d": {"value": "x"},
        "e": {"values": ["x", "y"], "essential": false, "purpose": "Để cấp giấy phép"},
        "f": {"unheard_of": 1},
        "g": {"max_age": 5},
        "h": {"value": 5},
    });
    let read = one(json!({"trust_framework": null}), claims).unwrap();
    for (name, pattern) in [
        ("a", Pattern::Any),
        ("b", Pattern::Any),
        ("c", Pattern::Any),
        ("d", values(&["x"])),
        ("e", values(&["x", "y"])),
        ("f", Pattern::Any),
        ("g", Pattern::Limited(Limits { values: None, max_age: Some(5) })),
        // No claim of ours is a number: nothing fits.
        ("h", values(&[])),
    ] {
        assert_eq!(of(&read.claims, name), Some(&pattern), "{name}");
    }
}

#[test]
fn a_list_is_several_wishes() {
    let wish = |framework: &str| json!({"verification": {"trust_framework": {"value": framework}}, "claims": {"given_name": null}});
    let read = parse(json!([wish("gold"), wish("silver")])).unwrap();
    assert!(read.several && read.wishes.len() == 2);
    assert!(parse(json!([wish("gold")])).unwrap().several);
    assert_eq!(read.names().collect::<Vec<_>>(), ["given_name", "given_name"]);
}

#[rstest]
#[case::null(json!(null))]
#[case::text(json!("x"))]
#[case::nothing(json!({}))]
#[case::empty_list(json!([]))]
#[case::no_object_in_the_list(json!([null]))]
#[case::without_verification(json!({"claims": {"name": null}}))]
#[case::without_claims(json!({"verification": {"trust_framework": null}}))]
#[case::empty_claims(json!({"verification": {"trust_framework": null}, "claims": {}}))]
#[case::verification_is_null(json!({"verification": null, "claims": {"name": null}}))]
#[case::claims_as_list(json!({"verification": {"trust_framework": null}, "claims": ["name"]}))]
#[case::a_claim_as_text(json!({"verification": {"trust_framework": null}, "claims": {"name": "x"}}))]
#[case::a_claim_as_true(json!({"verification": {"trust_framework": null}, "claims": {"name": true}}))]
#[case::values_as_text(json!({"verification": {"trust_framework": null}, "claims": {"name": {"values": "x"}}}))]
#[case::essential_as_text(json!({"verification": {"trust_framework": null}, "claims": {"name": {"essential": "yes"}}}))]
#[case::purpose_too_short(json!({"verification": {"trust_framework": null}, "claims": {"name": {"purpose": "no"}}}))]
#[case::purpose_too_long(json!({"verification": {"trust_framework": null}, "claims": {"name": {"purpose": "x".repeat(301)}}}))]
#[case::no_framework(json!({"verification": {}, "claims": {"name": null}}))]
#[case::framework_as_text(json!({"verification": {"trust_framework": "gold"}, "claims": {"name": null}}))]
#[case::framework_with_members(json!({"verification": {"trust_framework": {"a": null}}, "claims": {"name": null}}))]
#[case::negative_age(json!({"verification": {"trust_framework": null, "time": {"max_age": -1}}, "claims": {"name": null}}))]
#[case::age_as_text(json!({"verification": {"trust_framework": null, "time": {"max_age": "1"}}, "claims": {"name": null}}))]
#[case::evidence_is_null(json!({"verification": {"trust_framework": null, "evidence": null}, "claims": {"name": null}}))]
#[case::evidence_is_empty(json!({"verification": {"trust_framework": null, "evidence": []}, "claims": {"name": null}}))]
#[case::evidence_without_type(json!({"verification": {"trust_framework": null, "evidence": [{}]}, "claims": {"name": null}}))]
#[case::evidence_of_any_type(json!({"verification": {"trust_framework": null, "evidence": [{"type": null}]}, "claims": {"name": null}}))]
#[case::evidence_of_several_types(json!({"verification": {"trust_framework": null, "evidence": [{"type": {"values": ["vouch"]}}]}, "claims": {"name": null}}))]
#[case::record_as_text(json!({"verification": {"trust_framework": null, "evidence": [{"type": {"value": "electronic_record"}, "record": "x"}]}, "claims": {"name": null}}))]
fn malformed(#[case] verified: Value) {
    assert_eq!(parse(verified.clone()), None);
    // One bad object spoils the list.
    let good = json!({"verification": {"trust_framework": null}, "claims": {"name": null}});
    if !verified.is_array() {
        assert_eq!(parse(json!([good, verified])), None);
    }
}

#[test]
fn too_much() {
    let wish = |claims: Value| json!({"verification": {"trust_framework": null}, "claims": claims});
    assert!(parse(Value::Array(vec![wish(json!({"name": null})); 10])).is_some());
    assert_eq!(parse(Value::Array(vec![wish(json!({"name": null})); 11])), None);
    let claims = |n: usize| Value::Object((0..n).map(|n| (format!("c{n}"), Value::Null)).collect());
    assert!(parse(wish(claims(100))).is_some());
    assert_eq!(parse(wish(claims(500))), None);
    // Over all objects together.
    assert_eq!(parse(Value::Array(vec![wish(claims(100)); 5])), None);
    assert_eq!(parse(wish(json!({"x".repeat(300): null}))), None);
    assert_eq!(parse(wish(json!({"name": {"value": "x".repeat(300)}}))), None);
    let mut deep = json!(null);
    for _ in 0..50 {
        deep = json!({"source": deep});
    }
    let evidence = json!([{"type": {"value": "electronic_record"}, "record": deep}]);
    assert_eq!(one(json!({"trust_framework": null, "evidence": evidence}), json!({"name": null})), None);
}

fn pattern() -> impl Strategy<Value = Value> {
    let text = || "[a-z]{0,5}".prop_map(Value::from);
    let leaf = prop_oneof![
        4 => Just(Value::Null),
        2 => Just(json!({})),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        1 => text(),
        2 => text().prop_map(|v| json!({"value": v})),
        2 => proptest::collection::vec(text(), 0..3).prop_map(|v| json!({"values": v, "essential": true})),
        1 => any::<u32>().prop_map(|age| json!({"max_age": age})),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let name = "type|record|source|name|value|values|max_age|time|[a-z]{0,4}";
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..4)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn parsing_never_panics(text in any::<String>(), asked in pattern()) {
        let _ = ClaimsRequest::parse(&text);
        let _ = VerifiedWishes::parse(&asked);
        let _ = parse(json!({"verification": asked.clone(), "claims": asked}));
    }

    /// What was read is said again in the same words, and is small to keep.
    #[test]
    fn what_is_read_reads_again(time in pattern(), record in pattern(), claim in pattern(), several in any::<bool>()) {
        let evidence = json!([{"type": {"value": "electronic_record"}, "record": record, "check_details": [time.clone()]}]);
        let mut asked = json!({"verification": {"trust_framework": null, "time": time, "evidence": evidence}, "claims": {"name": claim}});
        if several {
            asked = json!([asked]);
        }
        let text = json!({"userinfo": {"verified_claims": asked}, "id_token": {"name": null}}).to_string();
        if let Some(read) = ClaimsRequest::parse(&text) {
            let again = ClaimsRequest::parse(&read.to_json().unwrap());
            prop_assert_eq!(again.as_ref(), Some(&read));
            let bytes = postcard::to_allocvec(&read).unwrap();
            prop_assert!(bytes.len() <= text.len());
            prop_assert_eq!(postcard::from_bytes::<ClaimsRequest>(&bytes).unwrap(), read);
        }
    }
}
