use super::super::*;
use super::samples::*;
use crate::authorization::ClaimsRequest;
use crate::claims::{Claims, Mark, Marked, Source};
use crate::clock::Timestamp;
use crate::ids::AccountId;
use crate::level::Level;
use crate::person::{BirthDate, Gender, Name, OldNumber, PersonalNumber, TaxCode};
use crate::scope::ScopeSet;
use crate::session::Holder;
use crate::token::Login;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Map, Value, json};

const BEFORE: Timestamp = Timestamp::from_secs(1_700_000_000);

fn answered(login: Login, verified: Value) -> Map<String, Value> {
    let login = asking(login, json!({"verified_claims": verified}));
    userinfo(&login, &client("standard"), &ScopeSet::parse("openid").unwrap(), NOW)
}

fn verified(login: Login, asked: Value) -> Value {
    answered(login, asked).get("verified_claims").cloned().unwrap_or_default()
}

fn asked(verification: Value, claims: Value) -> Value {
    json!({"verification": verification, "claims": claims})
}

/// All the verification data that we have.
fn everything() -> Value {
    json!({"trust_framework": null, "assurance_level": null, "time": null, "evidence": [{
        "type": {"value": "electronic_record"}, "time": null, "check_details": null, "record": null}]})
}

/// VNeID said name and all, the population database confirmed the old number, the citizen typed in the e-mail.
fn mixed() -> Login {
    let mut login = login();
    login.claims.old_number =
        Some(Marked::verified(OldNumber::parse("171234567").unwrap(), Source::PopulationDatabase, BEFORE));
    login.claims.email = Some(Marked::new("c@example.vn".to_owned(), Mark::Yellow));
    login
}

#[test]
fn the_shortest_request() {
    let claims = json!({"given_name": null, "family_name": null});
    assert_eq!(
        verified(login(), asked(json!({"trust_framework": null}), claims)),
        json!({"verification": {"trust_framework": "vn_eid_69_2024"}, "claims": {"given_name": "CƯỜNG", "family_name": "LÊ"}})
    );
}

#[test]
fn each_object_speaks_of_one_source_and_one_time() {
    let claims = json!({"name": null, "old_number": null, "email": null, "birthdate": {}});
    assert_eq!(
        verified(mixed(), asked(everything(), claims)),
        json!([
            {"verification": {"trust_framework": "vn_eid_69_2024", "assurance_level": "level_2", "time": "2027-01-15T08:00:00Z",
                "evidence": [{"type": "electronic_record", "time": "2027-01-15T08:00:00Z",
                    "check_details": [{"check_method": "auth", "organization": "VNeID", "time": "2027-01-15T08:00:00Z"}],
                    "record": {"type": "vn_eid_account", "source": {"name": "VNeID", "country_code": "VNM"}}}]},
                "claims": {"name": "LÊ VĂN CƯỜNG", "birthdate": "1975-11-02"}},
            {"verification": {"trust_framework": "vn_eid_69_2024", "time": "2023-11-14T22:13:20Z",
                "evidence": [{"type": "electronic_record", "time": "2023-11-14T22:13:20Z",
                    "check_details": [{"check_method": "data", "organization": "CSDL Quốc gia về Dân cư", "time": "2023-11-14T22:13:20Z"}],
                    "record": {"type": "population_register", "source": {"name": "CSDL Quốc gia về Dân cư", "country_code": "VNM"}}}]},
                "claims": {"old_number": "171234567"}},
        ])
    );
}

#[test]
fn plain_claims_stand_beside() {
    let both = json!({"email": null, "email_verified": null, "name": null,
        "verified_claims": asked(json!({"trust_framework": null}), json!({"name": null, "email": null}))});
    let login = asking(mixed(), both);
    let all = userinfo(&login, &client("standard"), &ScopeSet::parse("openid phone").unwrap(), NOW);
    assert_eq!(
        Value::Object(all),
        json!({"sub": "sub-1", "name": "LÊ VĂN CƯỜNG", "email": "c@example.vn", "email_verified": false,
            "phone_number": "0912345678", "phone_number_verified": true,
            "verified_claims": {"verification": {"trust_framework": "vn_eid_69_2024"}, "claims": {"name": "LÊ VĂN CƯỜNG"}}})
    );
}

#[test]
fn the_id_token_has_its_own() {
    let request = json!({"id_token": {"verified_claims": asked(json!({"trust_framework": null}), json!({"gender": null}))}});
    let request = ClaimsRequest::parse(&request.to_string()).unwrap();
    let login = Login { id_token_claims: request.id_token, ..login() };
    let claims = id_token(&login, &client("standard"), NOW);
    assert_eq!(claims["verified_claims"]["claims"], json!({"gender": "male"}));
    assert!(
        !userinfo(&login, &client("standard"), &ScopeSet::parse("openid").unwrap(), NOW)
            .contains_key("verified_claims")
    );
}

/// What is asked of VNeID's verification, made now minus a minute, at level 2: whether the object is given.
#[rstest]
#[case::any(json!({"trust_framework": null}), true)]
#[case::this_framework(json!({"trust_framework": {"value": "vn_eid_69_2024"}}), true)]
#[case::another_framework(json!({"trust_framework": {"value": "de_aml"}}), false)]
#[case::essential_or_not(json!({"trust_framework": {"value": "de_aml", "essential": true}}), false)]
#[case::one_of_frameworks(json!({"trust_framework": {"values": ["de_aml", "vn_eid_69_2024"]}}), true)]
#[case::none_of_frameworks(json!({"trust_framework": {"values": ["de_aml", "eidas"]}}), false)]
#[case::of_no_framework(json!({"trust_framework": {"values": []}}), false)]
#[case::a_number(json!({"trust_framework": {"value": 1}}), false)]
#[case::level(json!({"trust_framework": null, "assurance_level": {"value": "level_2"}}), true)]
#[case::another_level(json!({"trust_framework": null, "assurance_level": {"value": "level_1"}}), false)]
#[case::young_enough(json!({"trust_framework": null, "time": {"max_age": 60}}), true)]
#[case::too_old(json!({"trust_framework": null, "time": {"max_age": 59}}), false)]
#[case::this_moment(json!({"trust_framework": null, "time": {"value": "2027-01-15T07:59:00Z"}}), true)]
#[case::no_moment(json!({"trust_framework": {"max_age": 60}}), false)]
#[case::evidence(json!({"trust_framework": null, "evidence": [{"type": {"value": "electronic_record"}}]}), true)]
#[case::other_evidence(json!({"trust_framework": null, "evidence": [{"type": {"value": "document"}}]}), false)]
#[case::one_evidence_or_the_other(
    json!({"trust_framework": null, "evidence": [{"type": {"value": "document"}}, {"type": {"value": "electronic_record"}}]}), true)]
#[case::this_record(json!({"trust_framework": null, "evidence": [
    {"type": {"value": "electronic_record"}, "record": {"type": {"values": ["vn_eid_account", "population_register"]}}}]}), true)]
#[case::another_record(json!({"trust_framework": null, "evidence": [
    {"type": {"value": "electronic_record"}, "record": {"type": {"value": "population_register"}}}]}), false)]
#[case::source_in_this_country(json!({"trust_framework": null, "evidence": [
    {"type": {"value": "electronic_record"}, "record": {"source": {"country_code": {"value": "VNM"}}}}]}), true)]
#[case::source_elsewhere(json!({"trust_framework": null, "evidence": [
    {"type": {"value": "electronic_record"}, "record": {"source": {"country_code": {"value": "DEU"}}}}]}), false)]
#[case::checked_so(json!({"trust_framework": null, "evidence": [
    {"type": {"value": "electronic_record"}, "check_details": [{"check_method": {"value": "data"}}, {"check_method": {"value": "auth"}}]}]}), true)]
#[case::checked_otherwise(json!({"trust_framework": null, "evidence": [
    {"type": {"value": "electronic_record"}, "check_details": [{"check_method": {"value": "vpip"}}]}]}), false)]
#[case::what_we_do_not_say(json!({"trust_framework": null, "verification_process": null, "evidence": [
    {"type": {"value": "electronic_record"}, "record": {"created_at": null}}]}), true)]
#[case::what_we_do_not_say_and_must_be(json!({"trust_framework": null, "verification_process": {"value": "x"}}), false)]
#[case::age_of_what_we_do_not_say(json!({"trust_framework": null, "evidence": [
    {"type": {"value": "electronic_record"}, "record": {"created_at": {"max_age": 60}}}]}), false)]
fn limits_of_the_verification(#[case] verification: Value, #[case] met: bool) {
    let mut login = login();
    login.auth_time = NOW.plus_secs(-60);
    login.claims = Claims::proven(&person(), login.auth_time);
    let claims = json!({"name": {"essential": true}});
    assert_eq!(!verified(login, asked(verification, claims)).is_null(), met);
}

/// Of evidence exactly what is asked for is said, and what it would be none without.
#[test]
fn evidence_is_a_template() {
    let evidence = json!([{"type": {"value": "electronic_record"}, "record": {"source": {"name": null}}, "check_details": [{"time": null}]}]);
    let answer = verified(
        login(),
        asked(json!({"trust_framework": null, "evidence": evidence}), json!({"name": null})),
    );
    assert_eq!(
        answer["verification"],
        json!({"trust_framework": "vn_eid_69_2024", "evidence": [{"type": "electronic_record",
            "record": {"type": "vn_eid_account", "source": {"name": "VNeID"}},
            "check_details": [{"check_method": "auth", "time": "2027-01-15T08:00:00Z"}]}]})
    );
}

/// What is asked of claims: which are given, if any.
#[rstest]
#[case::unknown_ones(json!({"nickname": null, "no.such/claim": {"essential": true}, "name": null}), &["name"])]
#[case::only_unknown_ones(json!({"nickname": null}), &[])]
#[case::not_verifiable_ones(json!({"account_type": null, "locale": null, "email_verified": null, "sub": null}), &[])]
#[case::yellow(json!({"email": {"essential": true}}), &[])]
#[case::no_data(json!({"passport_number": null, "gender": null}), &["gender"])]
#[case::this_value(json!({"gender": {"value": "male"}}), &["gender"])]
#[case::another_value(json!({"gender": {"value": "female"}, "name": null}), &["name"])]
#[case::one_of_values(json!({"birthdate": {"values": ["1975-11-02", "1975-11-03"]}}), &["birthdate"])]
#[case::only_another_value(json!({"gender": {"value": "female", "essential": true}}), &[])]
#[case::an_object_is_no_text(json!({"address": {"value": "Thanh Hoá"}, "phone_number": null}), &["phone_number"])]
#[case::young(json!({"birthdate": {"max_age": 1_700_000_000}}), &["birthdate"])]
#[case::old(json!({"birthdate": {"max_age": 1_000_000_000}}), &[])]
fn limits_of_claims(#[case] claims: Value, #[case] given: &[&str]) {
    let mut login = mixed();
    login.claims.old_number = None;
    let answer = verified(login, asked(json!({"trust_framework": null}), claims));
    let names: Vec<&str> =
        answer["claims"].as_object().into_iter().flat_map(|c| c.keys().map(String::as_str)).collect();
    assert_eq!(names, given);
    // Nothing is given rather than an empty object.
    assert_eq!(answer.is_null(), given.is_empty());
}

/// Each object of a list is looked at by itself (5.6).
#[test]
fn lists_are_answered_by_lists() {
    let eid = asked(json!({"trust_framework": {"value": "vn_eid_69_2024"}}), json!({"name": null}));
    let other = asked(json!({"trust_framework": {"value": "gold"}}), json!({"name": null}));
    let more =
        asked(json!({"trust_framework": null, "time": null}), json!({"name": null, "old_number": null}));
    assert_eq!(verified(mixed(), json!([eid, other, more])).as_array().map(Vec::len), Some(3));
    assert_eq!(verified(mixed(), json!([eid])).as_array().map(Vec::len), Some(1));
    assert_eq!(verified(mixed(), json!([other])), Value::Null);
}

#[test]
fn a_wish_reaches_as_far_as_the_scopes_of_its_client() {
    let claims = json!({"name": null, "personal_number": null, "address": null});
    let login = asking(login(), json!({"verified_claims": asked(json!({"trust_framework": null}), claims)}));
    let mut client = client("standard");
    client.metadata.scope = Some("openid profile".to_owned());
    let all = userinfo(&login, &client, &ScopeSet::parse("openid").unwrap(), NOW);
    assert_eq!(all["verified_claims"]["claims"], json!({"name": "LÊ VĂN CƯỜNG"}));
}

/// What stands behind a green claim that a portal had: who is trusted, and by what framework.
#[rstest]
#[case(Some("VNeID"), Some(("vn_eid_69_2024", "vn_eid_account")))]
#[case(Some("CSDL Quốc gia về Dân cư"), Some(("vn_eid_69_2024", "population_register")))]
#[case(Some("CSDL quốc gia về đăng ký doanh nghiệp"), Some(("vn_national_database_47_2024", "business_register")))]
#[case(Some("Cơ sở dữ liệu quốc gia về Bảo hiểm"), Some(("vn_national_database_47_2024", "social_insurance_register")))]
#[case::a_portal(Some("Cổng Dịch vụ công"), None)]
#[case::the_user(Some("Người dùng"), None)]
#[case::nobody(None, None)]
fn imported_claims(#[case] source: Option<&str>, #[case] expected: Option<(&str, &str)>) {
    let mut login = login();
    let passport = Marked {
        value: "B1234567".to_owned(),
        mark: Mark::Green,
        source: source.map(Source::named),
        verified_at: Some(BEFORE),
    };
    login.claims.passport = Some(passport);
    let answer = verified(login.clone(), asked(everything(), json!({"passport_number": null})));
    let said = &answer["verification"];
    assert_eq!(said["trust_framework"].as_str(), expected.map(|e| e.0));
    assert_eq!(said["evidence"][0]["record"]["type"].as_str(), expected.map(|e| e.1));
    // Of what was verified before nobody knows the level of the account.
    assert!(said.get("assurance_level").is_none());
    if let (Some((framework, record)), Some(name)) = (expected, source) {
        assert!(TRUST_FRAMEWORKS.contains(&framework) && RECORDS.contains(&record));
        assert_eq!(
            said["evidence"][0]["record"]["source"]["name"].as_str(),
            Some(Source::named(name).name())
        );
        assert_eq!(said["time"], "2023-11-14T22:13:20Z");
    }
    // When it was verified is not always known: then no time is said, and none can be asked for.
    login.claims.passport.as_mut().unwrap().verified_at = None;
    let answer = verified(login.clone(), asked(everything(), json!({"passport_number": null})));
    assert_eq!((answer.is_null(), answer["verification"].get("time")), (expected.is_none(), None));
    let aged = json!({"trust_framework": null, "time": {"max_age": 1_000_000_000}});
    assert!(verified(login, asked(aged, json!({"passport_number": null}))).is_null());
}

/// The level of the account, as far as the sign-in shows it.
#[rstest]
#[case::one_factor(Level::LoA1, true, Some("level_1"))]
#[case::two_factors(Level::LoA2, true, Some("level_2"))]
#[case::biometrics(Level::LoA4, true, Some("level_2"))]
#[case::an_account_of_before(Level::LoA2, false, None)]
fn levels_of_accounts(#[case] reached: Level, #[case] by_vneid: bool, #[case] level: Option<&str>) {
    let mut login = Login { reached, level: Level::LoA1, ..login() };
    if !by_vneid {
        login.holder = Holder::Account(AccountId::new("a"));
    }
    let answer = verified(login, asked(everything(), json!({"name": null})));
    assert_eq!(answer["verification"]["assurance_level"].as_str(), level);
}

#[test]
fn organizations_and_who_acts_for_them() {
    let mut login = acting();
    login.claims.business_code = Some(Marked::verified(
        "0101234567".to_owned(),
        Source::named("CSDL quốc gia về đăng ký doanh nghiệp"),
        BEFORE,
    ));
    let claims = json!({"tax_code": null, "organization_name": null, "business_code": null, "representative_name": null,
        "representative_number": null});
    let answer = verified(login, asked(json!({"trust_framework": null, "assurance_level": null}), claims));
    assert_eq!(
        answer,
        json!([
            // VNeID gives levels to persons alone.
            {"verification": {"trust_framework": "vn_eid_69_2024"}, "claims": {"tax_code": "0101234567",
                "organization_name": "CÔNG TY TNHH SAO MAI", "representative_name": "LÊ VĂN CƯỜNG", "representative_number": "038075000003"}},
            {"verification": {"trust_framework": "vn_national_database_47_2024"}, "claims": {"business_code": "0101234567"}},
        ])
    );
}

fn marked<T: Clone + std::fmt::Debug + 'static>(value: T) -> impl Strategy<Value = Option<Marked<T>>> {
    let source = prop_oneof![
        Just(Some(Source::Vneid)),
        Just(Some(Source::PopulationDatabase)),
        Just(Some(Source::Other("CSDL quốc gia về Bảo hiểm".into()))),
        Just(Some(Source::Other("x".into()))),
        Just(None),
    ];
    let at = prop_oneof![Just(None), Just(Some(NOW)), Just(Some(BEFORE))];
    proptest::option::of((any::<bool>(), source, at).prop_map(move |(green, source, verified_at)| Marked {
        value: value.clone(),
        mark: if green { Mark::Green } else { Mark::Yellow },
        source,
        verified_at,
    }))
}

proptest! {
    /// No yellow value ever stands within verified claims, and no claim in an object whose source or time is not its own.
    #[test]
    fn nothing_yellow_is_verified(
        name in marked(Name::parse("LÊ VĂN CƯỜNG").unwrap()),
        number in marked(PersonalNumber::parse("038075000003").unwrap()),
        birth in marked(BirthDate::Day(1975, 11, 2)),
        gender in marked(Gender::Male),
        (phone, email, passport) in (marked("0912345678".to_owned()), marked("c@example.vn".to_owned()), marked("B1234567".to_owned())),
        tax in marked(TaxCode::parse("0101234567").unwrap()),
        several in any::<bool>(),
    ) {
        let mut login = acting();
        login.claims = Claims { full_name: name, personal_number: number, birth_date: birth, gender, phone, email, passport, tax_code: tax,
            ..Claims::default() };
        let wanted: Map<String, Value> = CLAIMS.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
        let wish = asked(everything(), Value::Object(wanted));
        let answer = verified(login.clone(), if several { json!([wish.clone(), wish]) } else { wish });
        let objects = match answer { Value::Null => vec![], Value::Array(all) => all, one => vec![one] };
        let known = &login.claims;
        let facts = |name: &str| match name {
            "name" | "family_name" | "middle_name" | "given_name" | "representative_name" =>
                known.full_name.as_ref().map(|c| (c.mark, c.source.clone(), c.verified_at)),
            "personal_number" | "representative_number" => known.personal_number.as_ref().map(|c| (c.mark, c.source.clone(), c.verified_at)),
            "birthdate" => known.birth_date.as_ref().map(|c| (c.mark, c.source.clone(), c.verified_at)),
            "gender" => known.gender.as_ref().map(|c| (c.mark, c.source.clone(), c.verified_at)),
            "phone_number" => known.phone.as_ref().map(|c| (c.mark, c.source.clone(), c.verified_at)),
            "email" => known.email.as_ref().map(|c| (c.mark, c.source.clone(), c.verified_at)),
            "passport_number" => known.passport.as_ref().map(|c| (c.mark, c.source.clone(), c.verified_at)),
            "tax_code" => known.tax_code.as_ref().map(|c| (c.mark, c.source.clone(), c.verified_at)),
            _ => None,
        };
        for object in &objects {
            let source = object["verification"]["evidence"][0]["record"]["source"]["name"].as_str().unwrap();
            let time = object["verification"].get("time").and_then(Value::as_str).and_then(Timestamp::parse_rfc3339);
            let claims = object["claims"].as_object().unwrap();
            prop_assert!(!claims.is_empty());
            for name in claims.keys() {
                prop_assert!(VERIFIABLE.contains(&name.as_str()), "{}", name);
                let (mark, own, at) = facts(name).unwrap();
                prop_assert_eq!((mark, own.as_ref().map(Source::name), at), (Mark::Green, Some(source), time), "{}", name);
            }
        }
    }
}
