//! The plain dialect.

use crate::visitor::{AN, BINH, CALLBACK, SECRET, Visitor, http, redeem, stand_in, userinfo, with};
use broker_jose::{Accept, Algorithm, KeySet, verify};
use data_encoding::BASE64URL_NOPAD;
use mock_vneid::MockVneid;
use serde_json::{Value, json};

async fn keys(vneid: &MockVneid) -> Value {
    http().get(format!("{}/jwks", vneid.issuer())).send().await.unwrap().json().await.unwrap()
}

/// The claims of an id_token, its signature checked against the published keys.
async fn claims(vneid: &MockVneid, token: &str) -> Value {
    let published = KeySet::parse(keys(vneid).await.to_string().as_bytes()).unwrap();
    let accept = Accept { algorithms: &[Algorithm::RS256], typ: None };
    Value::Object(verify(token, &published, &accept).unwrap().claims)
}

#[tokio::test]
async fn the_document_names_what_is_there() {
    let vneid = stand_in().await;
    let url = format!("{}/.well-known/openid-configuration", vneid.issuer());
    let document: Value = http().get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(document["issuer"], vneid.issuer());
    for name in ["authorization_endpoint", "jwks_uri", "end_session_endpoint"] {
        let status = http().get(document[name].as_str().unwrap()).send().await.unwrap().status();
        assert_ne!(status, 404, "{name}");
    }
    for name in ["token_endpoint", "userinfo_endpoint"] {
        let status =
            http().post(document[name].as_str().unwrap()).form(&[("a", "b")]).send().await.unwrap().status();
        assert_eq!(status, 401, "{name}");
    }
}

#[tokio::test]
async fn tokens_for_a_code() {
    let vneid = stand_in().await;
    let code = Visitor::of(&vneid).sign_in("oidc", "&nonce=n1", BINH).await["code"].clone();
    let (status, tokens) = redeem(&vneid, "oidc", &code, &[]).await;
    assert_eq!(status, 200);
    let said = claims(&vneid, tokens["id_token"].as_str().unwrap()).await;
    for (name, value) in [
        ("iss", json!(vneid.issuer())),
        ("aud", json!("broker")),
        ("azp", json!("broker")),
        ("nonce", json!("n1")),
        ("acr", json!("2")),
        ("citizenPid", json!(BINH)),
        ("fullName", json!("TRẦN THỊ BÌNH")),
        ("birthDate", json!("1990-07-25")),
        ("accountType", json!("personal")),
        ("accountLevel", json!(2)),
    ] {
        assert_eq!(said[name], value, "{name}");
    }
    assert_eq!(said["sid"], said["session_state"]);
    assert!(
        said["auth_time"].as_i64() <= said["iat"].as_i64() && said["exp"].as_i64() > said["iat"].as_i64()
    );
    let (status, info) = userinfo(&vneid, "oidc", tokens["access_token"].as_str().unwrap()).await;
    assert_eq!((status.as_u16(), &info["sub"], &info["citizenPid"]), (200, &said["sub"], &json!(BINH)));
    // A second time it is nothing.
    let (status, refused) = redeem(&vneid, "oidc", &code, &[]).await;
    assert_eq!((status.as_u16(), &refused["error"]), (400, &json!("invalid_grant")));
}

#[tokio::test]
async fn a_subject_stays_and_is_one_persons() {
    let vneid = stand_in().await;
    let mut subjects = Vec::new();
    for number in [BINH, BINH, "052189000004"] {
        let code = Visitor::of(&vneid).sign_in("oidc", "", number).await["code"].clone();
        let (_, tokens) = redeem(&vneid, "oidc", &code, &[]).await;
        subjects.push(claims(&vneid, tokens["id_token"].as_str().unwrap()).await["sub"].clone());
    }
    assert_eq!(subjects[0], subjects[1]);
    assert_ne!(subjects[0], subjects[2]);
}

#[tokio::test]
async fn claims_can_stand_in_userinfo_alone() {
    let vneid = stand_in().await;
    vneid.claims_in_id_token(false);
    let code = Visitor::of(&vneid).sign_in("oidc", "", BINH).await["code"].clone();
    let (_, tokens) = redeem(&vneid, "oidc", &code, &[]).await;
    let said = claims(&vneid, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(said.get("citizenPid"), None);
    assert_eq!(
        userinfo(&vneid, "oidc", tokens["access_token"].as_str().unwrap()).await.1["citizenPid"],
        BINH
    );
}

#[tokio::test]
async fn a_code_is_its_clients_at_its_place_for_its_time() {
    let vneid = with(|s| {
        let mut other = s.clients[0].clone();
        other.client_id = "other".to_owned();
        s.clients.push(other);
    })
    .await;
    let visitor = Visitor::of(&vneid);
    for (name, value) in
        [("redirect_uri", "http://localhost:7777/other"), ("client_id", "other"), ("code", "unknown")]
    {
        let code = visitor.sign_in("oidc", "&prompt=login", BINH).await["code"].clone();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("client_id", "broker"),
            ("client_secret", SECRET),
            ("redirect_uri", CALLBACK),
        ];
        form.iter_mut().filter(|f| f.0 == name).for_each(|f| f.1 = value);
        let sent = http().post(format!("{}/token", vneid.issuer())).form(&form).send().await.unwrap();
        assert_eq!(sent.status(), 400, "{name}");
        assert_eq!(sent.json::<Value>().await.unwrap()["error"], "invalid_grant", "{name}");
    }
    let code = visitor.sign_in("oidc", "&prompt=login", BINH).await["code"].clone();
    vneid.set_clock_offset(61);
    assert_eq!(redeem(&vneid, "oidc", &code, &[]).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn the_verifier_must_fit() {
    let vneid = stand_in().await;
    let verifier = "a-verifier-of-at-least-forty-three-characters-long";
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
    let more = format!(
        "&prompt=login&code_challenge_method=S256&code_challenge={}",
        BASE64URL_NOPAD.encode(hash.as_ref())
    );
    for (given, status) in [(Some(verifier), 200), (Some("another"), 400), (None, 400)] {
        let code = Visitor::of(&vneid).sign_in("oidc", &more, BINH).await["code"].clone();
        let form: Vec<_> = given.map(|v| ("code_verifier", v)).into_iter().collect();
        assert_eq!(redeem(&vneid, "oidc", &code, &form).await.0, status, "{given:?}");
    }
}

#[tokio::test]
async fn clients_prove_themselves() {
    let vneid = stand_in().await;
    let url = format!("{}/token", vneid.issuer());
    let form = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", CALLBACK)];
    let by_basic = |id: &str, secret: &str| http().post(&url).basic_auth(id, Some(secret)).form(&form).send();
    assert_eq!(
        by_basic("broker", SECRET).await.unwrap().status(),
        400,
        "the code is unknown, the client is known"
    );
    assert_eq!(by_basic("broker", "wrong").await.unwrap().status(), 401);
    assert_eq!(by_basic("unknown", SECRET).await.unwrap().status(), 401);
    assert_eq!(http().post(&url).form(&form).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn keys_rotate_and_the_old_one_stays_published() {
    let vneid = stand_in().await;
    let code = Visitor::of(&vneid).sign_in("oidc", "", BINH).await["code"].clone();
    let old = redeem(&vneid, "oidc", &code, &[]).await.1["id_token"].as_str().unwrap().to_owned();
    let kid = vneid.rotate_keys().unwrap();
    let published = keys(&vneid).await;
    assert!(published["keys"].as_array().unwrap().iter().any(|k| k["kid"] == kid));
    claims(&vneid, &old).await;
    let code = Visitor::of(&vneid).sign_in("oidc", "", BINH).await["code"].clone();
    let new = redeem(&vneid, "oidc", &code, &[]).await.1["id_token"].as_str().unwrap().to_owned();
    assert_ne!(old.split('.').next(), new.split('.').next());
    claims(&vneid, &new).await;
}

#[tokio::test]
async fn organizations_say_whom_they_are() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "").await;
    let otp = visitor.post(begun.next(), &[("username", AN), ("password", "Demo@1234")]).await;
    let choice = visitor.post(otp.next(), &[("otp", "000000")]).await;
    let code = visitor.post(choice.next(), &[("as", "0101234567")]).await.callback()["code"].clone();
    let (_, tokens) = redeem(&vneid, "oidc", &code, &[]).await;
    let said = claims(&vneid, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(said["accountType"], "organization");
    assert_eq!(
        (&said["taxCode"], &said["organizationName"]),
        (&json!("0101234567"), &json!("CÔNG TY TNHH SAO MAI"))
    );
    assert_eq!(said["citizenPid"], AN);
}

#[tokio::test]
async fn who_represents_organizations_may_bring_the_list() {
    let vneid = stand_in().await;
    vneid.list_organizations(true);
    let listed = json!([{"taxCode": "0101234567", "organizationName": "CÔNG TY TNHH SAO MAI"}]);
    for (number, expected) in [(AN, &listed), (BINH, &Value::Null)] {
        let code = Visitor::of(&vneid).sign_in("oidc", "", number).await["code"].clone();
        let (_, tokens) = redeem(&vneid, "oidc", &code, &[]).await;
        let said = claims(&vneid, tokens["id_token"].as_str().unwrap()).await;
        assert_eq!((&said["accountType"], &said["organizations"]), (&json!("personal"), expected));
        let (_, info) = userinfo(&vneid, "oidc", tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(&info["organizations"], expected);
    }
}

#[tokio::test]
async fn logout_ends_the_session_and_leads_back() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    visitor.sign_in("oidc", "", BINH).await;
    let out = visitor
        .get(&format!("/oidc/logout?client_id=broker&post_logout_redirect_uri={CALLBACK}&state=x"))
        .await;
    assert_eq!(out.location.as_deref(), Some(&*format!("{CALLBACK}?state=x")));
    assert!(visitor.begin("oidc", "").await.next().starts_with("/signin/"));
    let elsewhere =
        visitor.get("/oidc/logout?client_id=broker&post_logout_redirect_uri=https://evil.example/").await;
    assert!(elsewhere.location.is_none() && elsewhere.text.contains("vneid-logged-out"));
}

#[tokio::test]
async fn at_once_without_pages() {
    let vneid = stand_in().await;
    vneid.instant(Some((BINH, 3)));
    let code = Visitor::of(&vneid).begin("oidc", "").await.callback()["code"].clone();
    let (_, tokens) = redeem(&vneid, "oidc", &code, &[]).await;
    let said = claims(&vneid, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!((&said["citizenPid"], &said["acr"]), (&json!(BINH), &json!("3")));
    // Whom the client hints at, when there is such a person.
    let code = Visitor::of(&vneid).begin("oidc", "&login_hint=052189000004").await.callback()["code"].clone();
    let (_, tokens) = redeem(&vneid, "oidc", &code, &[]).await;
    assert_eq!(claims(&vneid, tokens["id_token"].as_str().unwrap()).await["citizenPid"], "052189000004");
    vneid.instant(None);
    assert!(Visitor::of(&vneid).begin("oidc", "").await.next().starts_with("/signin/"));
}
