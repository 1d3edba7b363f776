//! The plain dialect against the stand-in, fault by fault.

use crate::at_vneid::AtVneid;
use crate::{ask, binding};
use broker_domain::level::Level;
use broker_domain::person::Gender;
use broker_domain::upstream::Ask;
use broker_domain::upstream::UpstreamFailure::{self, *};
use mock_vneid::{Endpoint, Fault};
use serde_json::json;

#[tokio::test]
async fn somebody_signs_in() {
    let at = AtVneid::plain(json!({})).await;
    let arrival = at.sign_in(true).await.unwrap();
    assert_eq!(arrival.issuer, at.mock.issuer());
    assert_eq!((arrival.upstream.as_str(), arrival.level), ("vneid", Level::LoA2));
    assert!(!arrival.subject.is_empty() && arrival.sid.is_some());
    assert_eq!(arrival.profile.full_name.as_str(), "NGUYỄN VĂN AN");
    assert_eq!(arrival.profile.gender, Some(Gender::Male));
    assert_eq!(arrival.profile.phone.as_deref(), Some("0912000001"));
    assert_eq!(at.count("/userinfo"), 0, "the id_token says it all");
    let token = at.mock.requests().into_iter().find(|seen| seen.path.ends_with("/token")).unwrap();
    assert_eq!(token.authorization.as_deref(), Some("Basic"));
}

#[tokio::test]
async fn credentials_in_the_form() {
    let at = AtVneid::plain(json!({"token_auth": "post"})).await;
    at.sign_in(false).await.unwrap();
    let token = at.mock.requests().into_iter().find(|seen| seen.path.ends_with("/token")).unwrap();
    assert_eq!((token.authorization, token.form["client_id"].as_str()), (None, "broker"));
}

#[tokio::test]
async fn the_request_carries_what_was_asked_for() {
    let at = AtVneid::plain(json!({})).await;
    let wanted = Ask {
        level: Some(Level::LoA3),
        fresh: true,
        ui_locales: vec!["en".into(), "vi".into()],
        login_hint: Some("052189000004".into()),
    };
    let arrival = {
        let binding = binding(true);
        let query = at.send(&wanted, &binding).await.unwrap();
        at.complete(&query, &binding).await.unwrap()
    };
    assert_eq!(arrival.profile.personal_number.as_str(), "052189000004");
    let query = at.mock.requests().into_iter().find(|s| s.path.ends_with("/authorize")).unwrap().query;
    for part in [
        "scope=openid&",
        "prompt=login",
        "max_age=0",
        "acr_values=3+4",
        "ui_locales=en+vi",
        "code_challenge_method=S256",
        "nonce=nonce-",
    ] {
        assert!(query.contains(part), "{part} in {query}");
    }
}

#[tokio::test]
async fn claims_from_userinfo() {
    let at = AtVneid::plain(json!({})).await;
    at.mock.claims_in_id_token(false);
    let arrival = at.sign_in(false).await.unwrap();
    assert_eq!(arrival.profile.personal_number.as_str(), "001085000001");
    assert_eq!(at.count("/userinfo"), 1);
    let always = AtVneid::plain(json!({"userinfo": "always"})).await;
    always.sign_in(false).await.unwrap();
    assert_eq!(always.count("/userinfo"), 1);
}

#[tokio::test]
async fn each_fault_has_its_failure() {
    let cases: Vec<(Endpoint, Fault, UpstreamFailure)> = vec![
        (Endpoint::Token, Fault::WrongNonce, WrongNonce),
        (Endpoint::Token, Fault::WrongIssuer, WrongIssuer),
        (Endpoint::Token, Fault::WrongAudience, WrongAudience),
        (Endpoint::Token, Fault::UnknownKey, UnknownKey),
        (Endpoint::Token, Fault::BadSignature, BadSignature),
        (Endpoint::Token, Fault::AlgNone, BadSignature),
        (Endpoint::Token, Fault::ExpiredToken, Expired),
        (Endpoint::Token, Fault::ClockSkew { secs: 3600 }, ClockSkew),
        (Endpoint::Token, Fault::ClockSkew { secs: -3600 }, Expired),
        (Endpoint::Token, Fault::StaleAuthentication, NotFresh),
        (Endpoint::Token, Fault::MissingIdToken, NoIdToken),
        (Endpoint::Token, Fault::CodeRefused, CodeRefused),
        (Endpoint::Token, Fault::ClientRefused, ClientRefused),
        (Endpoint::Token, Fault::Status { status: 403 }, AddressRefused),
        (Endpoint::Token, Fault::OtherClaim { claim: "fullName".into(), value: json!("😀") }, BadClaims),
        (
            Endpoint::Token,
            Fault::OtherClaim { claim: "birthDate".into(), value: json!("1985-00-12") },
            BadClaims,
        ),
        (
            Endpoint::Token,
            Fault::OtherClaim { claim: "gender".into(), value: json!("Nữ") },
            ContradictoryClaims,
        ),
        (Endpoint::Token, Fault::Level { level: "9".into() }, UnknownLevel),
        (Endpoint::Token, Fault::Garbage, Malformed),
        (Endpoint::Token, Fault::OversizedBody, TooLarge),
        (Endpoint::Token, Fault::Status { status: 500 }, BadStatus),
        (Endpoint::Token, Fault::Status { status: 502 }, BadStatus),
        (Endpoint::Token, Fault::Status { status: 503 }, Busy),
        (Endpoint::Token, Fault::Status { status: 302 }, BadStatus),
        (Endpoint::Token, Fault::Cut, Unreachable),
        (Endpoint::Token, Fault::Delay { ms: 1500 }, TimedOut),
        (Endpoint::Jwks, Fault::Cut, Unreachable),
        (Endpoint::Jwks, Fault::Garbage, Malformed),
        (
            Endpoint::Callback,
            Fault::CallbackError { error: "access_denied".into(), description: None },
            Denied,
        ),
        (
            Endpoint::Callback,
            Fault::CallbackError {
                error: "access_denied".into(),
                description: Some("the account is locked".into()),
            },
            AccountLocked,
        ),
        (
            Endpoint::Callback,
            Fault::CallbackError { error: "login_required".into(), description: None },
            LoginRequired,
        ),
        (
            Endpoint::Callback,
            Fault::CallbackError { error: "temporarily_unavailable".into(), description: None },
            Busy,
        ),
        (
            Endpoint::Callback,
            Fault::CallbackError { error: "server_error".into(), description: None },
            ErrorAnswer,
        ),
        (Endpoint::Callback, Fault::MissingCode, NoCode),
        (Endpoint::Callback, Fault::WrongCode, CodeRefused),
        (Endpoint::Discovery, Fault::WrongIssuer, BadMetadata),
        (Endpoint::Discovery, Fault::Garbage, Malformed),
        (Endpoint::Discovery, Fault::OversizedBody, TooLarge),
        (Endpoint::Discovery, Fault::Status { status: 404 }, BadStatus),
        (Endpoint::Discovery, Fault::Status { status: 503 }, Busy),
    ];
    let vneid = AtVneid::plain(json!({})).await;
    for (endpoint, fault, failure) in cases {
        let at = vneid.anew(json!({"total_timeout_ms": 700}));
        at.mock.fault(endpoint, fault.clone(), None);
        assert_eq!(at.sign_in(true).await.unwrap_err(), failure, "{fault:?}");
        at.mock.clear_faults();
        at.sign_in(true).await.unwrap();
    }
}

#[tokio::test]
async fn faults_of_userinfo() {
    let cases: Vec<(Fault, UpstreamFailure)> = vec![
        (Fault::OtherSubject, SubjectMismatch),
        (Fault::MissingClaim { claim: "citizenPid".into() }, BadClaims),
        (Fault::Garbage, Malformed),
        (Fault::Status { status: 401 }, ErrorAnswer),
        (Fault::Cut, Unreachable),
        (Fault::Status { status: 500 }, BadStatus),
        (Fault::Status { status: 503 }, Busy),
        (Fault::OversizedBody, TooLarge),
    ];
    let vneid = AtVneid::plain(json!({})).await;
    vneid.mock.claims_in_id_token(false);
    for (fault, failure) in cases {
        let at = vneid.anew(json!({}));
        at.mock.fault(Endpoint::Userinfo, fault.clone(), None);
        assert_eq!(at.sign_in(false).await.unwrap_err(), failure, "{fault:?}");
    }
}

#[tokio::test]
async fn a_code_works_once() {
    let at = AtVneid::plain(json!({})).await;
    let binding = binding(false);
    let query = at.send(&ask(false), &binding).await.unwrap();
    at.complete(&query, &binding).await.unwrap();
    assert_eq!(at.complete(&query, &binding).await.unwrap_err(), CodeRefused);
}

#[tokio::test]
async fn an_answer_to_another_attempt_is_refused() {
    let at = AtVneid::plain(json!({})).await;
    let (mine, theirs) = (binding(false), binding(false));
    let query = at.send(&ask(false), &theirs).await.unwrap();
    // PKCE stops it at VNeID; without, the nonce does.
    assert_eq!(at.complete(&query, &mine).await.unwrap_err(), CodeRefused);
    let at = AtVneid::plain(json!({"pkce": false})).await;
    let query = at.send(&ask(false), &theirs).await.unwrap();
    assert_eq!(at.complete(&query, &mine).await.unwrap_err(), WrongNonce);
}

#[tokio::test]
async fn clocks_that_differ_by_half_a_minute() {
    let at = AtVneid::plain(json!({})).await;
    for offset in [30, -30] {
        at.mock.set_clock_offset(offset);
        at.sign_in(true).await.unwrap();
    }
}

#[tokio::test]
async fn organizations() {
    // VNeID gives an organization's account no level of its own.
    let at = AtVneid::plain(json!({})).await;
    for (claim, value) in [
        ("accountType", json!("organization")),
        ("organizationName", json!("CÔNG TY TNHH SAO MAI")),
        ("taxCode", json!("0101234567")),
    ] {
        at.mock.fault(Endpoint::Token, Fault::OtherClaim { claim: claim.into(), value }, None);
    }
    let arrival = at.sign_in(false).await.unwrap();
    assert_eq!(arrival.profile.organization.unwrap().tax_code.as_str(), "0101234567");
}

#[tokio::test]
async fn a_person_who_may_act_for_an_organization() {
    let at = AtVneid::plain(json!({})).await;
    at.mock.list_organizations(true);
    let person = at.sign_in(false).await.unwrap();
    assert_eq!(person.organizations.len(), 1);
    let acting = person.acting_for(0).unwrap();
    assert_eq!(acting.subject, "org:0101234567:001085000001");
    assert_eq!(acting.profile.organization.unwrap().name, "CÔNG TY TNHH SAO MAI");
}

#[tokio::test]
async fn leaving() {
    let at = AtVneid::plain(json!({})).await;
    let url = at.upstream.end_session_url("http://localhost:8080/bye").await.unwrap();
    assert!(
        url.starts_with(&format!(
            "{}/logout?client_id=broker&post_logout_redirect_uri=http%3A%2F%2F",
            at.mock.issuer()
        )),
        "{url}"
    );
    let away = AtVneid::plain(json!({"issuer": "http://localhost:1/oidc"})).await;
    assert_eq!(away.upstream.end_session_url("http://localhost:8080/bye").await, None);
}
