//! Each fault does what it says, as often as told.

use crate::visitor::{BINH, Visitor, http, redeem, stand_in, userinfo};
use broker_jose::{Accept, Algorithm, KeySet, verify};
use data_encoding::BASE64URL_NOPAD;
use mock_vneid::{Endpoint, Fault, MockVneid};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

async fn id_token(vneid: &MockVneid) -> String {
    let code = Visitor::of(vneid).sign_in("oidc", "&nonce=n1", BINH).await["code"].clone();
    let (status, tokens) = redeem(vneid, "oidc", &code, &[]).await;
    assert_eq!(status, 200);
    tokens["id_token"].as_str().unwrap_or("").to_owned()
}

fn part(token: &str, n: usize) -> Value {
    let text = BASE64URL_NOPAD.decode(token.split('.').nth(n).unwrap().as_bytes()).unwrap();
    serde_json::from_slice(&text).unwrap()
}

async fn is_signed(vneid: &MockVneid, token: &str) -> bool {
    let keys: Value =
        http().get(format!("{}/jwks", vneid.issuer())).send().await.unwrap().json().await.unwrap();
    let accept = Accept { algorithms: &[Algorithm::RS256], typ: None };
    verify(token, &KeySet::parse(keys.to_string().as_bytes()).unwrap(), &accept).is_ok()
}

#[tokio::test]
async fn faults_of_the_token() {
    let vneid = stand_in().await;
    let whole = id_token(&vneid).await;
    assert!(is_signed(&vneid, &whole).await);
    type Check = fn(&Value, i64) -> bool;
    let cases: [(Fault, Check); 9] = [
        (Fault::WrongNonce, |c, _| c["nonce"] == "another-nonce"),
        (Fault::WrongIssuer, |c, _| c["iss"] == "https://somebody-else.example"),
        (Fault::WrongAudience, |c, _| c["aud"] == "somebody-else" && c["azp"] == "somebody-else"),
        (Fault::ExpiredToken, |c, now| c["exp"].as_i64().unwrap() < now - 1800),
        (Fault::ClockSkew { secs: 600 }, |c, now| c["iat"].as_i64().unwrap() > now + 500),
        (Fault::StaleAuthentication, |c, now| c["auth_time"].as_i64().unwrap() < now - 3500),
        (Fault::Level { level: "9".to_owned() }, |c, _| c["acr"] == "9"),
        (Fault::MissingClaim { claim: "citizenPid".to_owned() }, |c, _| c.get("citizenPid").is_none()),
        (Fault::OtherClaim { claim: "fullName".to_owned(), value: json!("AI KHÁC") }, |c, _| {
            c["fullName"] == "AI KHÁC"
        }),
    ];
    for (fault, check) in cases {
        vneid.fault(Endpoint::Token, fault.clone(), Some(1));
        let token = id_token(&vneid).await;
        let now = part(&whole, 1)["iat"].as_i64().unwrap();
        assert!(check(&part(&token, 1), now), "{fault:?}: {}", part(&token, 1));
        assert!(is_signed(&vneid, &token).await, "{fault:?}");
    }
    vneid.fault(Endpoint::Token, Fault::AlgNone, Some(1));
    let token = id_token(&vneid).await;
    assert!(part(&token, 0)["alg"] == "none" && token.ends_with('.'));
    vneid.fault(Endpoint::Token, Fault::BadSignature, Some(1));
    assert!(!is_signed(&vneid, &id_token(&vneid).await).await);
    vneid.fault(Endpoint::Token, Fault::UnknownKey, Some(1));
    assert!(!is_signed(&vneid, &id_token(&vneid).await).await);
    vneid.fault(Endpoint::Token, Fault::MissingIdToken, Some(1));
    assert_eq!(id_token(&vneid).await, "");
    vneid.fault(Endpoint::Token, Fault::RotatedKeys, Some(1));
    let rotated = id_token(&vneid).await;
    assert_ne!(part(&rotated, 0)["kid"], part(&whole, 0)["kid"]);
    assert!(is_signed(&vneid, &rotated).await);
    assert!(is_signed(&vneid, &id_token(&vneid).await).await, "each struck once");
}

#[tokio::test]
async fn faults_of_any_endpoint() {
    let vneid = stand_in().await;
    let jwks = format!("{}/jwks", vneid.issuer());
    vneid.fault(Endpoint::Jwks, Fault::Status { status: 503 }, Some(2));
    for status in [503, 503, 200] {
        assert_eq!(http().get(&jwks).send().await.unwrap().status(), status);
    }
    vneid.fault(Endpoint::Jwks, Fault::Cut, Some(1));
    let cut = http().get(&jwks).send().await;
    assert!(match cut {
        Err(_) => true,
        Ok(answer) => answer.bytes().await.is_err(),
    });
    vneid.fault(Endpoint::Jwks, Fault::Garbage, Some(1));
    assert!(http().get(&jwks).send().await.unwrap().json::<Value>().await.is_err());
    vneid.fault(Endpoint::Jwks, Fault::OversizedBody, Some(1));
    assert!(http().get(&jwks).send().await.unwrap().bytes().await.unwrap().len() > 8_000_000);
    vneid.fault(Endpoint::Jwks, Fault::Delay { ms: 300 }, None);
    let began = Instant::now();
    http().get(&jwks).send().await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(300));
    vneid.clear_faults();
    vneid.fault(Endpoint::Discovery, Fault::WrongIssuer, Some(1));
    let document = format!("{}/.well-known/openid-configuration", vneid.issuer());
    let said: Value = http().get(document).send().await.unwrap().json().await.unwrap();
    assert_ne!(said["issuer"], vneid.issuer());
}

#[tokio::test]
async fn faults_of_the_callback() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    visitor.sign_in("oidc", "", BINH).await;
    let strike = async |fault| {
        vneid.fault(Endpoint::Callback, fault, Some(1));
        visitor.begin("oidc", "").await.callback()
    };
    assert_ne!(strike(Fault::WrongState).await["state"], "s1");
    assert!(!strike(Fault::MissingCode).await.contains_key("code"));
    let code = strike(Fault::WrongCode).await["code"].clone();
    assert_eq!(redeem(&vneid, "oidc", &code, &[]).await.1["error"], "invalid_grant");
    let error = Fault::CallbackError {
        error: "temporarily_unavailable".to_owned(),
        description: Some("a & b".to_owned()),
    };
    let back = strike(error).await;
    assert_eq!(
        (back["error"].as_str(), back["error_description"].as_str()),
        ("temporarily_unavailable", "a & b")
    );
}

#[tokio::test]
async fn refusals_of_the_token_endpoint_and_another_subject() {
    let vneid = stand_in().await;
    for (fault, dialect, status, error) in [
        (Fault::CodeRefused, "oidc", 400, "invalid_grant"),
        (Fault::ClientRefused, "oidc", 401, "invalid_client"),
        (Fault::CodeRefused, "sealed", 400, "invalid_grant"),
        (Fault::ClientRefused, "sealed", 400, "invalid_client"),
    ] {
        let code = Visitor::of(&vneid).sign_in("oidc", "", BINH).await["code"].clone();
        vneid.fault(Endpoint::Token, fault, Some(1));
        let (got, said) = redeem(&vneid, dialect, &code, &[]).await;
        assert_eq!((got.as_u16(), &said["error"]), (status, &json!(error)), "{dialect}");
    }
    let code = Visitor::of(&vneid).sign_in("oidc", "", BINH).await["code"].clone();
    let tokens = redeem(&vneid, "oidc", &code, &[]).await.1;
    vneid.fault(Endpoint::Userinfo, Fault::OtherSubject, Some(1));
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(userinfo(&vneid, "oidc", access).await.1["sub"], "somebody-else");
    assert_ne!(userinfo(&vneid, "oidc", access).await.1["sub"], "somebody-else");
}

#[tokio::test]
async fn faults_are_set_by_the_control_api_too() {
    let vneid = stand_in().await;
    let url = format!("{}/control/faults", vneid.base_url());
    let set = json!({"endpoint": "jwks", "fault": {"kind": "status", "status": 500}});
    assert_eq!(http().post(&url).json(&set).send().await.unwrap().status(), 200);
    let all: Value = http().get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!((&all[0]["fault"]["kind"], &all[0]["times"]), (&json!("status"), &Value::Null));
    assert_eq!(http().get(format!("{}/jwks", vneid.issuer())).send().await.unwrap().status(), 500);
    assert_eq!(http().delete(&url).send().await.unwrap().status(), 200);
    assert_eq!(http().get(format!("{}/jwks", vneid.issuer())).send().await.unwrap().status(), 200);
    let unknown = json!({"endpoint": "jwks", "fault": {"kind": "earthquake"}});
    assert_eq!(http().post(&url).json(&unknown).send().await.unwrap().status(), 422);
}
