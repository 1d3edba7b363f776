//! The sealed dialect against the stand-in, fault by fault.

use crate::at_vneid::{AtVneid, PAIR};
use crate::{ask, binding};
use broker_domain::level::Level;
use broker_domain::upstream::UpstreamFailure::{self, *};
use mock_vneid::{Endpoint, Fault, generate_key_pair};
use rstest::rstest;
use serde_json::json;

#[rstest]
#[case::code_in_the_clear(false)]
#[case::encrypted_code(true)]
#[tokio::test]
async fn somebody_signs_in(#[case] encrypted: bool) {
    let at = AtVneid::sealed(encrypted, json!({})).await;
    let binding = binding(true);
    let query = at.send(&ask(true), &binding).await.unwrap();
    assert_eq!(query.contains("encrypt_key="), encrypted);
    let arrival = at.complete(&query, &binding).await.unwrap();
    assert_eq!(
        (arrival.issuer.as_str(), arrival.subject.as_str()),
        ("https://vneid.example", "pid:001085000001")
    );
    assert_eq!((arrival.sid, arrival.level), (None, Level::LoA2));
    let token = at.mock.requests().into_iter().find(|seen| seen.path == "/sealed/token").unwrap();
    assert!(token.content_type.unwrap().starts_with("application/x-www-form-urlencoded"));
    assert_eq!(token.form.contains_key("encrypt_key"), encrypted);
    assert!(token.form["code"].ends_with("=="), "plus and equals signs have survived");
    let sent = at.mock.requests().into_iter().find(|seen| seen.path == "/sealed/authorize").unwrap().query;
    assert!(!sent.contains("nonce="));
}

#[tokio::test]
async fn a_person_who_may_act_for_an_organization() {
    let at = AtVneid::sealed(true, json!({})).await;
    at.mock.list_organizations(true);
    let person = at.sign_in(false).await.unwrap();
    assert_eq!((person.subject.as_str(), person.organizations.len()), ("pid:001085000001", 1));
    assert_eq!(person.acting_for(0).unwrap().subject, "org:0101234567:001085000001");
}

#[tokio::test]
async fn encrypt_key_goes_as_it_came() {
    let at = AtVneid::sealed(true, json!({})).await;
    let binding = binding(false);
    let query = at.send(&ask(false), &binding).await.unwrap();
    at.complete(&query, &binding).await.unwrap();
    let token = at.mock.requests().into_iter().find(|seen| seen.path == "/sealed/token").unwrap();
    assert!(query.contains(&format!("encrypt_key={}", token.form["encrypt_key"])));
}

#[tokio::test]
async fn each_fault_has_its_failure() {
    let cases: Vec<(Endpoint, Fault, UpstreamFailure)> = vec![
        (Endpoint::Token, Fault::BadPadding, SealBroken),
        (Endpoint::Userinfo, Fault::BadPadding, SealBroken),
        (Endpoint::Callback, Fault::BadPadding, SealBroken),
        (Endpoint::Callback, Fault::WrongCode, SealBroken),
        (Endpoint::Callback, Fault::MissingCode, NoCode),
        (
            Endpoint::Callback,
            Fault::CallbackError { error: "access_denied".into(), description: None },
            Denied,
        ),
        (Endpoint::Userinfo, Fault::MissingClaim { claim: "citizenPid".into() }, BadClaims),
        (
            Endpoint::Userinfo,
            Fault::OtherClaim { claim: "birthDate".into(), value: json!("1990-01-01") },
            ContradictoryClaims,
        ),
        (Endpoint::Userinfo, Fault::Level { level: "7".into() }, UnknownLevel),
        (Endpoint::Userinfo, Fault::MissingClaim { claim: "accountLevel".into() }, UnknownLevel),
        (Endpoint::Token, Fault::MissingClaim { claim: "access_token".into() }, Malformed),
        (Endpoint::Token, Fault::CodeRefused, CodeRefused),
        (Endpoint::Token, Fault::ClientRefused, ClientRefused),
        (Endpoint::Token, Fault::Status { status: 401 }, AddressRefused),
        (Endpoint::Userinfo, Fault::Status { status: 401 }, AddressRefused),
        (Endpoint::Token, Fault::Garbage, Malformed),
        (Endpoint::Userinfo, Fault::Garbage, Malformed),
        (Endpoint::Userinfo, Fault::OversizedBody, TooLarge),
        (Endpoint::Token, Fault::Cut, Unreachable),
        (Endpoint::Token, Fault::Delay { ms: 1500 }, TimedOut),
        (Endpoint::Token, Fault::Status { status: 415 }, BadStatus),
        (Endpoint::Token, Fault::Status { status: 500 }, BadStatus),
        (Endpoint::Userinfo, Fault::Status { status: 503 }, Busy),
    ];
    let vneid = AtVneid::sealed(true, json!({})).await;
    for (endpoint, fault, failure) in cases {
        let at = vneid.anew(json!({"total_timeout_ms": 700}));
        at.mock.fault(endpoint, fault.clone(), None);
        assert_eq!(at.sign_in(false).await.unwrap_err(), failure, "{fault:?}");
        at.mock.clear_faults();
        at.sign_in(false).await.unwrap();
    }
}

#[tokio::test]
async fn a_code_that_does_not_open_is_not_redeemed() {
    let at = AtVneid::sealed(true, json!({})).await;
    at.mock.fault(Endpoint::Callback, Fault::BadPadding, None);
    for _ in 0..8 {
        assert_eq!(at.sign_in(false).await.unwrap_err(), SealBroken);
    }
    assert_eq!(at.count("/token"), 0, "nor does it count against the upstream");
}

#[tokio::test]
async fn a_code_of_another_attempt() {
    // There is no nonce: PKCE is sent, but this VNeID does not look at it. State and browser, which the caller checks, bind alone.
    let at = AtVneid::sealed(false, json!({})).await;
    let (mine, theirs) = (binding(false), binding(false));
    let query = at.send(&ask(false), &theirs).await.unwrap();
    at.complete(&query, &mine).await.unwrap();
    assert_eq!(at.complete(&query, &mine).await.unwrap_err(), CodeRefused);
}

#[tokio::test]
async fn freshness_that_cannot_be_proven() {
    let strict = AtVneid::sealed(false, json!({"trust_freshness": false})).await;
    assert_eq!(strict.sign_in(true).await.unwrap_err(), NotFresh);
    strict.sign_in(false).await.unwrap();
}

#[tokio::test]
async fn the_key_before_serves_during_a_rotation() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("previous.pem");
    std::fs::write(&file, &PAIR.private_pem).unwrap();
    let next = generate_key_pair().unwrap().private_pem;
    let rotated =
        AtVneid::sealed(true, json!({"private_key": next, "previous_private_key_file": file})).await;
    rotated.sign_in(false).await.unwrap();
    let too_early = AtVneid::sealed(true, json!({"private_key": next})).await;
    assert_eq!(too_early.sign_in(false).await.unwrap_err(), SealBroken);
}

#[tokio::test]
async fn leaving_needs_configuration() {
    let at = AtVneid::sealed(false, json!({})).await;
    assert_eq!(at.upstream.end_session_url("http://localhost:8080/bye").await, None);
    let at =
        AtVneid::sealed(false, json!({"end_session_endpoint": "https://vneid.example/logout?a=b"})).await;
    let url = at.upstream.end_session_url("http://localhost:8080/bye").await.unwrap();
    assert!(url.starts_with("https://vneid.example/logout?a=b&client_id=broker&"), "{url}");
}
