use super::*;
use crate::level::Level;
use crate::person::AccountKind;
use crate::secret::Secret;
use UpstreamFailure::*;
use proptest::prelude::*;
use rstest::rstest;

fn id_token(changes: Value) -> IdToken {
    let mut claims = citizen(json!({
        "iss": ISSUER, "aud": "broker", "azp": "broker", "sub": "s-1", "sid": "session-1", "acr": "LoA2", "nonce": "nonce-1",
        "iat": NOW.secs(), "exp": NOW.secs() + 300, "auth_time": NOW.secs() - 5, "at_hash": "hash-1",
    }));
    for (name, value) in map(changes) {
        match value {
            Value::Null => claims.remove(&name),
            value => claims.insert(name, value),
        };
    }
    IdToken { claims, at_hash: Some("hash-1".to_owned()) }
}

fn tokens(id_token: Option<&str>) -> Input {
    Input::Tokens(Ok(TokenAnswer {
        access_token: Some(Secret::new("access-1")),
        id_token: id_token.map(Secret::new),
    }))
}

fn start(rules: Rules, fresh: bool, query: &str) -> (Exchange, Action) {
    Exchange::start(Arc::new(rules), binding(fresh), query)
}

/// Up to the point where the id_token is to be verified.
fn until_verifying(rules: Rules, fresh: bool) -> Exchange {
    let (mut exchange, action) = start(rules, fresh, "code=c-1&state=state-1");
    assert_eq!(action, Action::Metadata);
    let action = exchange.advance(Input::Metadata(Ok(shared_metadata())), NOW);
    assert_eq!(action, Action::Redeem { code: Secret::new("c-1"), encrypt_key: None });
    let action = exchange.advance(tokens(Some("x.y.z")), NOW);
    assert!(matches!(action, Action::Verify { .. }));
    exchange
}

fn with_token(rules: Rules, fresh: bool, changes: Value) -> Action {
    until_verifying(rules, fresh).advance(Input::Verified(Ok(id_token(changes))), NOW)
}

fn finished(action: Action) -> Result<Box<Arrival>, UpstreamFailure> {
    match action {
        Action::Finish(result) => result.map_err(|r| r.failure),
        other => panic!("not finished: {other:?}"),
    }
}

#[test]
fn an_id_token_that_says_all() {
    let arrival = finished(with_token(rules(Dialect::Oidc), true, json!({}))).unwrap();
    assert_eq!((arrival.subject.as_str(), arrival.sid.as_deref()), ("s-1", Some("session-1")));
    assert_eq!((arrival.issuer.as_str(), arrival.level), (ISSUER, Level::LoA2));
    assert_eq!(arrival.auth_time, NOW.plus_secs(-5));
    assert_eq!(arrival.profile.personal_number.as_str(), "001085000001");
}

#[test]
fn a_person_who_may_act_for_organizations() {
    let list = json!({"organizations": [
        {"taxCode": "0101234567", "organizationName": "SAO MAI"},
        {"taxCode": "0109999999", "organizationName": "SAO HÔM"},
    ]});
    let person = finished(with_token(rules(Dialect::Oidc), true, list.clone())).unwrap();
    assert!(person.has_choice());
    assert_eq!((person.profile.kind, &person.profile.organization), (AccountKind::Citizen, &None));
    let acting = person.acting_for(1).unwrap();
    assert_eq!(acting.subject, "org:0109999999:001085000001");
    assert_eq!(acting.profile.kind, AccountKind::Organization);
    assert_eq!(acting.profile.organization.as_ref().map(|o| o.name.as_str()), Some("SAO HÔM"));
    // All else is the person's: who acts, how they were authenticated, and the session there.
    assert_eq!(acting.profile.personal_number, person.profile.personal_number);
    assert_eq!(
        (acting.level, acting.auth_time, &acting.sid, &acting.issuer),
        (person.level, person.auth_time, &person.sid, &person.issuer)
    );
    // Chosen once: nothing is left to choose.
    assert_eq!((acting.has_choice(), acting.acting_for(0)), (false, None));
    assert_eq!(person.acting_for(2), None);
    let alone = person.clone().as_themselves();
    assert_eq!((alone.subject.as_str(), alone.has_choice()), ("s-1", false));
    // An organization's own account brings no list.
    let own = json!({"accountType": "organization", "taxCode": "0101234567", "organizationName": "SAO MAI"});
    let mut both = map(list);
    both.extend(map(own));
    assert!(!finished(with_token(rules(Dialect::Oidc), true, Value::Object(both))).unwrap().has_choice());
}

#[rstest]
#[case::no_nonce(json!({"nonce": null}), WrongNonce)]
#[case::another_nonce(json!({"nonce": "nonce-2"}), WrongNonce)]
#[case::nonce_of_another_type(json!({"nonce": 1}), WrongNonce)]
#[case::another_party(json!({"azp": "other"}), WrongAudience)]
#[case::party_of_another_type(json!({"azp": ["broker"]}), WrongAudience)]
#[case::another_access_token(json!({"at_hash": "hash-2"}), SubjectMismatch)]
#[case::no_subject(json!({"sub": null}), BadClaims)]
#[case::empty_subject(json!({"sub": ""}), BadClaims)]
#[case::endless_subject(json!({"sub": "s".repeat(256)}), BadClaims)]
#[case::subject_as_number(json!({"sub": 7}), BadClaims)]
#[case::authenticated_in_the_future(json!({"auth_time": NOW.secs() + 31}), ClockSkew)]
#[case::unreadable_auth_time(json!({"auth_time": "yesterday"}), BadClaims)]
#[case::huge_auth_time(json!({"auth_time": 1e300}), BadClaims)]
#[case::unknown_level(json!({"acr": "0"}), UnknownLevel)]
#[case::contradiction(json!({"birthDate": "1990-01-01"}), ContradictoryClaims)]
#[case::bad_date(json!({"birthDate": "1985-00-12"}), BadClaims)]
fn an_id_token_is_refused(#[case] changes: Value, #[case] failure: UpstreamFailure) {
    for fresh in [false, true] {
        assert_eq!(finished(with_token(rules(Dialect::Oidc), fresh, changes.clone())), Err(failure));
    }
}

#[rstest]
#[case::as_usual(json!({}))]
#[case::no_party(json!({"azp": null}))]
#[case::no_hash(json!({"at_hash": null}))]
#[case::old_name_of_the_session(json!({"sid": null, "session_state": "session-1"}))]
#[case::fraction(json!({"auth_time": 1_799_999_995.5}))]
fn an_id_token_is_taken(#[case] changes: Value) {
    let arrival = finished(with_token(rules(Dialect::Oidc), true, changes)).unwrap();
    assert_eq!(arrival.sid.as_deref(), Some("session-1"));
    assert_eq!(arrival.auth_time, NOW.plus_secs(-5));
}

/// The citizen was away for 60 s. VNeID's clock may be wrong: only what lies between its own two moments counts.
#[rstest]
#[case::on_time(0, 5, true)]
#[case::at_the_very_start(0, 60, true)]
#[case::rounded(0, 65, true)]
#[case::before(0, 66, false)]
#[case::long_before(0, 3600, false)]
#[case::clock_ahead_and_before(30, 70, false)]
#[case::clock_ahead(30, 55, true)]
#[case::clock_behind(-30, 55, true)]
#[case::clock_behind_and_before(-30, 70, false)]
fn freshness(#[case] skew: i64, #[case] age: i64, #[case] taken: bool) {
    let times = json!({"iat": NOW.secs() + skew, "auth_time": NOW.secs() + skew - age});
    let result = finished(with_token(rules(Dialect::Oidc), true, times.clone()));
    assert_eq!(result.err(), (!taken).then_some(NotFresh));
    let arrival = finished(with_token(rules(Dialect::Oidc), false, times)).unwrap();
    assert!(arrival.auth_time <= NOW, "nobody was authenticated in the future");
}

#[test]
fn without_auth_time_nothing_is_fresh() {
    let silent = json!({"auth_time": null});
    assert_eq!(finished(with_token(rules(Dialect::Oidc), true, silent.clone())), Err(NotFresh));
    let arrival = finished(with_token(rules(Dialect::Oidc), false, silent)).unwrap();
    assert_eq!(arrival.auth_time, NOW);
}

#[test]
fn userinfo_is_asked_for_what_is_missing() {
    let mut exchange = until_verifying(rules(Dialect::Oidc), false);
    let short = id_token(json!({"citizenPid": null, "phoneNumber": "0900000001"}));
    let action = exchange.advance(Input::Verified(Ok(short)), NOW);
    assert_eq!(action, Action::Userinfo { access_token: Secret::new("access-1") });
    let more = citizen(json!({"sub": "s-1", "phoneNumber": "0900000002", "acr": "LoA4"}));
    let arrival = finished(exchange.advance(Input::Userinfo(Ok(more)), NOW)).unwrap();
    assert_eq!(arrival.profile.phone.as_deref(), Some("0900000001"), "what is signed comes first");
    assert_eq!(arrival.level, Level::LoA2);
}

#[rstest]
#[case::of_somebody_else(json!({"sub": "s-2"}))]
#[case::of_nobody(json!({"sub": null}))]
fn userinfo_of_another(#[case] changes: Value) {
    let rules = Rules { userinfo: UserinfoRule::Always, ..rules(Dialect::Oidc) };
    let mut exchange = until_verifying(rules, false);
    let action = exchange.advance(Input::Verified(Ok(id_token(json!({})))), NOW);
    assert!(matches!(action, Action::Userinfo { .. }));
    assert_eq!(finished(exchange.advance(Input::Userinfo(Ok(citizen(changes))), NOW)), Err(SubjectMismatch));
}

#[test]
fn a_level_that_is_missing_is_asked_for_too() {
    let missing = json!({"acr": null, "accountLevel": null});
    assert!(matches!(with_token(rules(Dialect::Oidc), false, missing.clone()), Action::Userinfo { .. }));
    let mut lenient = rules(Dialect::Oidc);
    lenient.levels.otherwise = Some(Level::LoA1);
    assert_eq!(finished(with_token(lenient, false, missing)).unwrap().level, Level::LoA1);
}

#[test]
fn keys_are_fetched_again_once() {
    for why in [UnknownKey, BadSignature] {
        let verified = || Input::Verified(Err(Unverified::MaybeNewKey(why.into())));
        let mut exchange = until_verifying(rules(Dialect::Oidc), false);
        assert_eq!(exchange.advance(verified(), NOW), Action::RefreshKeys);
        assert!(matches!(exchange.advance(Input::Keys(Ok(())), NOW), Action::Verify { .. }));
        assert_eq!(finished(exchange.advance(verified(), NOW)), Err(why));
        // They cannot be fetched.
        let mut exchange = until_verifying(rules(Dialect::Oidc), false);
        assert_eq!(exchange.advance(verified(), NOW), Action::RefreshKeys);
        let away = exchange.advance(Input::Keys(Err(Unreachable.into())), NOW);
        assert_eq!(finished(away), Err(if why == UnknownKey { Unreachable } else { why }));
    }
}

#[rstest]
#[case("code=c&iss=https%3A%2F%2Fvneid.example", true, None)]
#[case("code=c&iss=https%3A%2F%2Fvneid.example", false, None)]
#[case("code=c", false, None)]
#[case("code=c", true, Some(WrongIssuer))]
#[case("code=c&iss=https%3A%2F%2Fevil.example", false, Some(WrongIssuer))]
#[case("code=c&iss=https%3A%2F%2Fvneid.example%2F", true, Some(WrongIssuer))]
fn who_answers(#[case] query: &str, #[case] said: bool, #[case] failure: Option<UpstreamFailure>) {
    let (mut exchange, _) = start(rules(Dialect::Oidc), false, query);
    let metadata = metadata(json!({"authorization_response_iss_parameter_supported": said})).unwrap();
    match (exchange.advance(Input::Metadata(Ok(Arc::new(metadata))), NOW), failure) {
        (Action::Redeem { .. }, None) => {}
        (action, failure) => assert_eq!(finished(action).err(), failure),
    }
}

#[test]
fn an_error_of_another_issuer_is_a_mix_up() {
    let foreign = "error=access_denied&iss=https%3A%2F%2Fevil.example";
    assert_eq!(finished(start(rules(Dialect::Oidc), false, foreign).1), Err(WrongIssuer));
    assert_eq!(finished(start(rules(Dialect::Oidc), false, "error=access_denied").1), Err(Denied));
}

#[test]
fn oidc_without_id_token() {
    let (mut exchange, _) = start(rules(Dialect::Oidc), false, "code=c");
    exchange.advance(Input::Metadata(Ok(shared_metadata())), NOW);
    assert_eq!(finished(exchange.advance(tokens(None), NOW)), Err(NoIdToken));
}

#[test]
fn the_sealed_dialect() {
    let (mut exchange, action) = start(rules(Dialect::Sealed), true, "code=a+b&encrypt_key=k+1");
    assert_eq!(action, Action::OpenCode { code: Secret::new("a+b"), encrypt_key: Secret::new("k+1") });
    let action = exchange.advance(Input::Code(Ok(Secret::new("plain"))), NOW);
    assert_eq!(action, Action::Redeem { code: Secret::new("plain"), encrypt_key: Some(Secret::new("k+1")) });
    assert_eq!(
        exchange.advance(tokens(None), NOW),
        Action::Userinfo { access_token: Secret::new("access-1") }
    );
    let arrival = finished(exchange.advance(Input::Userinfo(Ok(citizen(json!({})))), NOW)).unwrap();
    assert_eq!((arrival.subject.as_str(), arrival.sid), ("pid:001085000001", None));
    assert_eq!((arrival.level, arrival.auth_time), (Level::LoA2, NOW));
}

#[test]
fn the_sealed_dialect_says_no_time() {
    let strict = Rules { trust_freshness: false, ..rules(Dialect::Sealed) };
    let (mut exchange, action) = start(strict, true, "code=plain");
    assert!(matches!(action, Action::Redeem { encrypt_key: None, .. }));
    exchange.advance(tokens(None), NOW);
    assert_eq!(finished(exchange.advance(Input::Userinfo(Ok(citizen(json!({})))), NOW)), Err(NotFresh));
}

#[test]
fn failures_of_actions_end_it() {
    let (mut exchange, _) = start(rules(Dialect::Sealed), false, "code=c");
    assert_eq!(finished(exchange.advance(Input::Tokens(Err(TimedOut.into())), NOW)), Err(TimedOut));
    assert_eq!(finished(exchange.advance(tokens(None), NOW)), Err(ErrorAnswer), "it stays over");
}

proptest! {
    /// In any order of answers: no panic, and nobody arrives without the token having been redeemed and verified.
    #[test]
    fn out_of_order_nobody_arrives(order in proptest::collection::vec(0u8..6, 0..8), sealed: bool) {
        let dialect = if sealed { Dialect::Sealed } else { Dialect::Oidc };
        let (mut exchange, mut action) = start(rules(dialect), false, "code=c");
        for what in order {
            let (input, fits) = match what {
                0 => (Input::Metadata(Ok(shared_metadata())), action == Action::Metadata),
                1 => (Input::Code(Ok(Secret::new("c"))), matches!(action, Action::OpenCode { .. })),
                2 => (tokens(Some("x.y.z")), matches!(action, Action::Redeem { .. })),
                3 => (Input::Verified(Ok(id_token(json!({})))), matches!(action, Action::Verify { .. })),
                4 => (Input::Keys(Ok(())), action == Action::RefreshKeys),
                _ => (Input::Userinfo(Ok(citizen(json!({"sub": "s-1"})))), matches!(action, Action::Userinfo { .. })),
            };
            action = exchange.advance(input, NOW);
            prop_assert!(fits || matches!(action, Action::Finish(Err(_))));
        }
    }

    /// Whatever an id_token says: no panic, and nobody arrives by one that does not hold our nonce.
    #[test]
    fn no_nonce_nobody(values in proptest::collection::vec(super::claiming::value(), 8), nonce: bool, fresh: bool) {
        let names = ["sub", "azp", "at_hash", "iat", "auth_time", "sid", "acr", "citizenPid"];
        let mut changes: Map<String, Value> = names.iter().map(|n| (*n).to_owned()).zip(values).collect();
        if !nonce { changes.insert("nonce".to_owned(), json!("nonce-2")); }
        let action = with_token(rules(Dialect::Oidc), fresh, Value::Object(changes));
        prop_assert!(nonce || matches!(action, Action::Finish(Err(_))));
    }
}
