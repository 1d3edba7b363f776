//! Portals of the former national sign-on: what they send, byte for byte.

use crate::support::{Op, START, Site, bend};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use relying_party_sdk::{ClientAuth, Legacy};
use rstest::rstest;
use serde_json::{Value, json};

const STATE: &str = "dHJhbmctY2h1Kw+/5A/Zz8/Zg==";
const OLD_SECRET: &str = "old-secret_1.2";

async fn portal() -> (Op, Site) {
    let op = Op::start().await;
    op.script(|script| {
        script.claims = json!({
            "TechID": "dvcqg-1001", "LoaiTaiKhoan": 1, "HoVaTen": "NGUYỄN VĂN AN", "SoDinhDanh": "001085000001",
            "loAs": ["LoA1", "LoA2"],
        })
        .as_object()
        .unwrap()
        .clone();
        script.answer_iss = false;
    });
    let site = Site::with(&op, |builder| {
        builder
            .secret(OLD_SECRET, ClientAuth::Post)
            .legacy(Legacy { state: STATE.to_owned(), acr_values: Some("LoA1".to_owned()) })
    });
    (op, site)
}

#[tokio::test]
async fn everything_is_sent_as_old_portals_send_it() {
    let (op, site) = portal().await;
    let mut browser = site.browser();
    let location = browser.begin("/login").await;
    let expected = format!(
        "{}/oauth2/authorize?response_type=code&client_id=portal&redirect_uri=http://localhost:8001/callback\
         &scope=openid&acr_values=LoA1&state={STATE}",
        op.issuer
    );
    assert_eq!(location, expected);

    // The broker gives the state back such that the portal reads its own bytes: encoded, or as it came.
    for state in [STATE.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"), STATE.to_owned()] {
        browser.begin("/login").await;
        let answer = op.authorize(&location);
        let code = answer.split('&').next().unwrap().to_owned();
        let page = browser.get(&format!("/callback?{code}&state={state}")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    }
    assert_eq!(browser.get("/").await.body, "citizen-1 NGUYỄN VĂN AN");

    let sent = &op.received("/oauth2/token")[0];
    assert!(!sent.headers.contains_key(AUTHORIZATION));
    assert!(sent.body.starts_with("grant_type=authorization_code&code=code-"));
    let end = "&redirect_uri=http://localhost:8001/callback&client_id=portal&client_secret=old-secret_1.2";
    assert!(sent.body.ends_with(end), "{}", sent.body);
    // "Validate token": the token itself is shown, and asked about.
    let validated = &op.received("/oauth2/introspect")[0];
    let token = validated.headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
    assert_eq!(validated.body, format!("token={token}&state=0"));
    assert_eq!(validated.headers["content-type"], "application/x-www-form-urlencoded");
    let asked = &op.received("/oauth2/userinfo")[0];
    assert_eq!((asked.method.as_str(), asked.body.as_str()), ("POST", ""));
    assert_eq!(asked.headers["content-type"], "application/json");
}

#[tokio::test]
async fn levels_and_signing_out_work_for_old_portals() {
    let (op, site) = portal().await;
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    let login = browser.get("/level3").await.location().to_owned();
    assert!(browser.begin(&login).await.contains("&acr_values=LoA3&"));
    let page = browser.post("/logout", &[], String::new()).await;
    let (_, query) = page.location().split_once("/oidc/logout?").unwrap();
    assert!(query.contains("&post_logout_redirect_uri=http://localhost:8001/&state="), "{query}");
    // Old portals name their callback as the place to return to.
    assert_eq!(browser.get("/callback").await.location(), "/");
    assert_eq!(browser.get(&format!("/callback?state={STATE}")).await.location(), "/");
}

#[tokio::test]
async fn old_portals_refuse_bent_answers_all_the_same() {
    let (op, site) = portal().await;
    let mut browser = site.browser();
    let location = browser.begin("/login").await;
    let answer = op.authorize(&location);
    // The state is the same for everybody; the browser's cookie is not.
    assert_eq!(site.browser().get(&format!("/callback?{answer}")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        browser.get(&format!("/callback?{answer}&iss=https://evil.example")).await.status,
        StatusCode::BAD_GATEWAY
    );
    let location = browser.begin("/login").await;
    let answer = op.authorize(&location);
    assert_eq!(browser.get(&format!("/callback?{answer}")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&format!("/callback?{answer}")).await.status, StatusCode::BAD_REQUEST);
}

#[rstest]
#[case::of_another_client(json!({"client_id": "somebody-else"}))]
#[case::of_nobody(json!({"client_id": null}))]
#[case::ended(json!({"exp": START}))]
#[case::ends_never(json!({"exp": null}))]
#[case::dead(json!({"active": false}))]
#[tokio::test]
async fn a_token_that_does_not_validate_signs_nobody_in(#[case] changes: Value) {
    let (op, site) = portal().await;
    op.script(|script| {
        script.introspection = bend(move |answer| {
            let changes = changes.as_object().unwrap().clone();
            answer.as_object_mut().unwrap().extend(changes);
        });
    });
    let mut browser = site.browser();
    let location = browser.begin("/login").await;
    let answer = op.authorize(&location);
    assert_eq!(browser.get(&format!("/callback?{answer}")).await.status, StatusCode::BAD_GATEWAY);
    assert_eq!(browser.get("/").await.body, "nobody");
    assert!(op.received("/oauth2/userinfo").is_empty());
}

#[tokio::test]
async fn only_old_portals_validate() {
    let op = Op::start().await;
    Site::new(&op).browser().sign_in(&op).await;
    assert!(op.received("/oauth2/introspect").is_empty());
}
