//! What follows a sign-in: levels, ends, refreshing, signing out, the broker's word that a session has ended.

use std::sync::Arc;

use crate::support::{Browser, CLIENT, Op, START, Site, bend, key, parameters};
use axum::http::{HeaderMap, StatusCode};
use broker_jose::{Algorithm, SigningKey};
use relying_party_sdk::{Current, Error, SessionStore, TokenError};
use rstest::rstest;
use serde_json::{Map, Value, json};

async fn current(site: &Site, browser: &Browser) -> Option<Current> {
    let jar: Vec<String> = browser.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut headers = HeaderMap::new();
    headers.insert("cookie", jar.join("; ").parse().unwrap());
    site.portal.relying_party().current(&headers).await.unwrap()
}

#[tokio::test]
async fn pages_for_citizens_send_others_to_the_sign_in_and_back() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    let page = browser.get("/private?a=1&b=x%20y").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let login = page.location().to_owned();
    assert!(login.starts_with("/login?return_to="), "{login}");
    let location = browser.begin(&login).await;
    let answer = op.authorize(&location);
    assert_eq!(browser.get(&format!("/callback?{answer}")).await.location(), "/private?a=1&b=x%20y");
    // What changes something is not repeated after a sign-in.
    let mut stranger = site.browser();
    assert_eq!(stranger.post("/private", &[], String::new()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stranger.post("/level3", &[], String::new()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_higher_level_is_asked_for_and_reached() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    assert_eq!(browser.post("/level3", &[], String::new()).await.status, StatusCode::FORBIDDEN);
    let page = browser.get("/level3").await;
    assert_eq!(page.location(), "/login?return_to=%2Flevel3&level=3");
    let location = browser.begin(page.location()).await;
    assert_eq!(parameters(&location)["acr_values"], "LoA3");
    op.script(|script| script.acr = Some("LoA3".to_owned()));
    let answer = op.authorize(&location);
    assert_eq!(browser.get(&format!("/callback?{answer}")).await.location(), "/level3");
    assert_eq!(browser.get("/level3").await.body, "level LoA3 for citizen-1");
    assert_eq!(browser.post("/level3", &[], String::new()).await.status, StatusCode::OK);
    // Straight from outside, too.
    let mut direct = site.browser();
    assert_eq!(direct.get("/level3").await.location(), "/login?return_to=%2Flevel3&level=3");
}

#[rstest]
#[case(Some("LoA2"))]
#[case(Some("LoA1"))]
#[case(Some("high"))]
#[case(None)]
#[tokio::test]
async fn a_level_that_is_not_reached_ends_in_a_page_and_not_in_a_circle(#[case] acr: Option<&str>) {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    op.script(|script| script.acr = acr.map(str::to_owned));
    let login = browser.get("/level3").await.location().to_owned();
    let location = browser.begin(&login).await;
    let answer = op.authorize(&location);
    let page = browser.get(&format!("/callback?{answer}")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/").await.body, "citizen-1 NGUYỄN VĂN AN", "still signed in as before");
    // The same when the broker says so itself.
    let location = browser.begin(&login).await;
    let answer = op.refuse(&location, "unmet_authentication_requirements");
    assert_eq!(browser.get(&format!("/callback?{answer}")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/private").await.status, StatusCode::OK);
}

#[tokio::test]
async fn sessions_end_when_idle_and_in_any_case() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    // Seen every 20 minutes, until eight hours are over.
    for _ in 0..23 {
        op.clock.advance(20 * 60);
        assert_eq!(browser.get("/private").await.status, StatusCode::OK);
    }
    op.clock.advance(20 * 60);
    assert_eq!(browser.get("/").await.body, "nobody");
    assert_eq!(site.store.len(), 0);
    browser.sign_in(&op).await;
    op.clock.advance(30 * 60);
    assert_eq!(browser.get("/").await.body, "nobody", "idle");
}

#[tokio::test]
async fn tokens_are_renewed_when_they_are_about_to_end() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let relying_party = site.portal.relying_party();
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    let before = current(&site, &browser).await.unwrap();
    assert_eq!(relying_party.fresh(&before).await.unwrap(), before, "good for a while");
    op.clock.advance(571);
    let after = relying_party.fresh(&before).await.unwrap();
    assert_ne!(after.session.tokens, before.session.tokens);
    assert_ne!(after.session.tokens.refresh_token, before.session.tokens.refresh_token, "rotated");
    assert_ne!(after.session.tokens.id_token, before.session.tokens.id_token);
    assert_eq!(after.session.subject, before.session.subject);
    assert_eq!(after.session.claims["name"], "NGUYỄN VĂN AN");
    assert_eq!(current(&site, &browser).await.unwrap().session.tokens, after.session.tokens, "kept");
    let forced = relying_party.refresh(&after).await.unwrap();
    assert_ne!(forced.session.tokens, after.session.tokens);
    let sent = op.received("/oauth2/token");
    assert!(sent[1].body.contains("grant_type=refresh_token&refresh_token=refresh-"), "{}", sent[1].body);
}

#[tokio::test]
async fn many_requests_refresh_once() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    let before = current(&site, &browser).await.unwrap();
    op.clock.advance(590);
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let (relying_party, before) = (site.portal.relying_party().clone(), before.clone());
            tokio::spawn(
                async move { relying_party.fresh(&before).await.unwrap().session.tokens.access_token },
            )
        })
        .collect();
    let mut tokens = std::collections::BTreeSet::new();
    for task in tasks {
        tokens.insert(task.await.unwrap());
    }
    assert_eq!(tokens.len(), 1);
    assert_eq!(op.received("/oauth2/token").len(), 2, "the refresh token was used once");
}

#[tokio::test]
async fn a_refused_refresh_ends_the_session() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    let before = current(&site, &browser).await.unwrap();
    let refused =
        (StatusCode::BAD_REQUEST, "application/json".to_owned(), r#"{"error":"invalid_grant"}"#.to_owned());
    op.script(|script| script.instead.insert("/oauth2/token".to_owned(), refused));
    assert_eq!(site.portal.relying_party().refresh(&before).await, Err(Error::NotSignedIn));
    assert_eq!(browser.get("/").await.body, "nobody");
}

#[rstest]
#[case(json!({ "sub": "citizen-2" }), TokenError::Subject)]
#[case(json!({ "auth_time": START + 5 }), TokenError::AuthTime)]
#[tokio::test]
async fn a_refresh_for_somebody_else_is_refused(#[case] patch: Value, #[case] expected: TokenError) {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    let before = current(&site, &browser).await.unwrap();
    op.script(|script| {
        script.id_token = bend(move |claims| {
            for (name, value) in patch.as_object().unwrap() {
                claims[name] = value.clone();
            }
        });
    });
    assert_eq!(site.portal.relying_party().refresh(&before).await, Err(Error::IdToken(expected)));
}

#[tokio::test]
async fn what_has_ended_meanwhile_does_not_come_back_by_a_refresh() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    let before = current(&site, &browser).await.unwrap();
    browser.post("/logout", &[], String::new()).await;
    assert_eq!(site.portal.relying_party().refresh(&before).await, Err(Error::NotSignedIn));
    assert_eq!(site.store.len(), 0);
    // Nor without a refresh token.
    op.script(|script| script.refresh_tokens = false);
    browser.sign_in(&op).await;
    let before = current(&site, &browser).await.unwrap();
    assert_eq!(site.portal.relying_party().refresh(&before).await, Err(Error::NoRefreshToken));
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_broker() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    let id_token = current(&site, &browser).await.unwrap().session.tokens.id_token;
    let mut thief = browser.clone();
    assert_eq!(browser.get("/logout").await.status, StatusCode::METHOD_NOT_ALLOWED, "a link cannot sign out");
    let page = browser.post("/logout", &[("sec-fetch-site", "same-origin")], String::new()).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.location().starts_with(&format!("{}/oidc/logout?", op.issuer)));
    let sent = parameters(page.location());
    assert_eq!(sent["id_token_hint"], id_token);
    assert_eq!(sent["post_logout_redirect_uri"], "http://localhost:8001/");
    assert_eq!(sent["client_id"], CLIENT);
    assert!(browser.cookie("session").is_none());
    assert_eq!(thief.get("/").await.body, "nobody", "the session is gone, not only the cookie");

    let jar: Vec<String> = browser.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut headers = HeaderMap::new();
    headers.insert("cookie", jar.join("; ").parse().unwrap());
    let relying_party = site.portal.relying_party();
    assert!(relying_party.is_logout_answer(&headers, &format!("state={}", sent["state"])));
    assert!(!relying_party.is_logout_answer(&headers, "state=other"));
    assert!(!relying_party.is_logout_answer(&headers, ""));
    // Nobody to sign out: home.
    assert_eq!(browser.post("/logout", &[], String::new()).await.location(), "/");
}

#[rstest]
#[case(&[("sec-fetch-site", "cross-site")])]
#[case(&[("sec-fetch-site", "same-site")])]
#[case(&[("sec-fetch-site", "same-site"), ("origin", "http://localhost:8001")])]
#[case(&[("origin", "http://localhost:8002")])]
#[case(&[("origin", "https://evil.example")])]
#[tokio::test]
async fn forms_of_other_sites_do_not_sign_out(#[case] headers: &[(&str, &str)]) {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    assert_eq!(browser.post("/logout", headers, String::new()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/private").await.status, StatusCode::OK);
    let own = browser.post("/logout", &[("origin", "http://localhost:8001")], String::new()).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_out_works_without_the_broker() {
    let op = Op::start().await;
    let site = Site::new(&op);
    op.script(|script| {
        script.discovery =
            bend(|document| drop(document.as_object_mut().unwrap().remove("end_session_endpoint")));
    });
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    assert_eq!(browser.post("/logout", &[], String::new()).await.location(), "/");
    assert_eq!(site.store.len(), 0);
}

/// Two citizens, one of them in two of the broker's sessions.
async fn three_sessions(op: &Op, site: &Site) -> [Browser; 3] {
    let mut browsers = [site.browser(), site.browser(), site.browser()];
    for (browser, (subject, sid)) in
        browsers.iter_mut().zip([("citizen-1", "sid-1"), ("citizen-1", "sid-2"), ("citizen-2", "sid-3")])
    {
        op.script(|script| {
            script.id_token = bend(move |claims| {
                claims["sub"] = json!(subject);
                claims["sid"] = json!(sid);
            });
            script.userinfo = bend(move |claims| claims["sub"] = json!(subject));
        });
        assert_eq!(browser.sign_in(op).await.status, StatusCode::SEE_OTHER);
    }
    browsers
}

async fn tell(site: &Site, token: &str) -> StatusCode {
    let form = format!("logout_token={token}");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let page = site.browser().post("/backchannel-logout", &headers, form).await;
    assert_eq!(page.headers["cache-control"], "no-store");
    page.status
}

#[rstest]
#[case::one_session(json!({}), 2)]
#[case::by_sid_alone(json!({ "sub": null }), 2)]
#[case::all_of_a_citizen(json!({ "sid": null }), 1)]
#[case::sid_of_somebody_else(json!({ "sid": "sid-3" }), 3)]
#[case::nobody_here(json!({ "sub": "citizen-9", "sid": null }), 3)]
#[case::audience_in_a_list(json!({ "aud": [CLIENT] }), 2)]
#[tokio::test]
async fn the_broker_ends_sessions(#[case] patch: Value, #[case] left: usize) {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browsers = three_sessions(&op, &site).await;
    let token = op.logout_token(|claims| apply(claims, &patch));
    assert_eq!(tell(&site, &token).await, StatusCode::OK);
    assert_eq!(site.store.len(), left);
    assert_eq!(browsers[2].get("/private").await.status, StatusCode::OK, "the other citizen notices nothing");
}

fn apply(claims: &mut Map<String, Value>, patch: &Value) {
    for (name, value) in patch.as_object().unwrap() {
        if value.is_null() {
            claims.remove(name)
        } else {
            claims.insert(name.clone(), value.clone())
        };
    }
}

#[rstest]
#[case::issuer(json!({ "iss": "https://evil.example" }))]
#[case::audience(json!({ "aud": "another-portal" }))]
#[case::no_audience(json!({ "aud": null }))]
#[case::expired(json!({ "exp": START - 31 }))]
#[case::no_expiry(json!({ "exp": null }))]
#[case::no_iat(json!({ "iat": null }))]
#[case::future(json!({ "iat": START + 60 }))]
#[case::nonce(json!({ "nonce": "n" }))]
#[case::no_jti(json!({ "jti": null }))]
#[case::empty_jti(json!({ "jti": "" }))]
#[case::numeric_jti(json!({ "jti": 7 }))]
#[case::no_events(json!({ "events": null }))]
#[case::another_event(json!({ "events": { "https://example.com/event": {} } }))]
#[case::event_no_object(json!({ "events": { "http://schemas.openid.net/event/backchannel-logout": true } }))]
#[case::events_a_list(json!({ "events": ["http://schemas.openid.net/event/backchannel-logout"] }))]
#[case::names_nobody(json!({ "sub": null, "sid": null }))]
#[case::numeric_sid(json!({ "sid": 7 }))]
#[case::empty_subject(json!({ "sub": "" }))]
#[tokio::test]
async fn bent_logout_tokens_end_nothing(#[case] patch: Value) {
    let op = Op::start().await;
    let site = Site::new(&op);
    site.browser().sign_in(&op).await;
    let token = op.logout_token(|claims| apply(claims, &patch));
    assert_eq!(tell(&site, &token).await, StatusCode::BAD_REQUEST);
    assert_eq!(site.store.len(), 1);
}

#[tokio::test]
async fn logout_tokens_are_used_once() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let token = op.logout_token(|_| ());
    assert_eq!(tell(&site, &token).await, StatusCode::OK);
    site.browser().sign_in(&op).await;
    assert_eq!(tell(&site, &token).await, StatusCode::BAD_REQUEST);
    assert_eq!(site.store.len(), 1, "a session begun since is not ended by it");
    op.clock.advance(149);
    assert_eq!(tell(&site, &token).await, StatusCode::BAD_REQUEST, "remembered until it has expired");
    op.clock.advance(10);
    assert_eq!(tell(&site, &token).await, StatusCode::BAD_REQUEST, "expired");
    assert_eq!(site.store.len(), 1);
}

#[tokio::test]
async fn what_is_no_logout_token_ends_nothing() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    let id_token = current(&site, &browser).await.unwrap().session.tokens.id_token;
    assert_eq!(tell(&site, &id_token).await, StatusCode::BAD_REQUEST);
    // The right claims, without the type or under another key.
    let good = op.logout_token(|_| ());
    let claims = good.split('.').nth(1).unwrap();
    let claims: Value =
        serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    for typ in [None, Some("JWT"), Some("at+jwt")] {
        assert_eq!(tell(&site, &key("ec-1").sign(typ, &claims).unwrap()).await, StatusCode::BAD_REQUEST);
    }
    let stranger = SigningKey::generate(Algorithm::ES256, "ec-1").unwrap();
    assert_eq!(
        tell(&site, &stranger.sign(Some("logout+jwt"), &claims).unwrap()).await,
        StatusCode::BAD_REQUEST
    );
    for text in ["", "x", "a.b.c", "%00"] {
        assert_eq!(tell(&site, text).await, StatusCode::BAD_REQUEST);
    }
    assert_eq!(tell(&site, &format!("{good}&logout_token={good}")).await, StatusCode::BAD_REQUEST);
    let big = browser.post("/backchannel-logout", &[], "x".repeat(100_000)).await;
    assert_eq!(big.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(site.store.len(), 1);
    assert_eq!(tell(&site, &good).await, StatusCode::OK);
}

#[tokio::test]
async fn a_logout_token_that_cannot_be_checked_now_may_come_again() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let down = (StatusCode::BAD_GATEWAY, "text/html".to_owned(), "down".to_owned());
    op.script(|script| script.instead.insert("/oauth2/jwks".to_owned(), down));
    let token = op.logout_token(|_| ());
    assert_eq!(tell(&site, &token).await, StatusCode::SERVICE_UNAVAILABLE);
    op.script(|script| script.instead.clear());
    op.clock.advance(5);
    assert_eq!(tell(&site, &token).await, StatusCode::OK);
}

#[tokio::test]
async fn unknown_keys_in_logout_tokens_do_not_make_the_portal_hammer_at_the_broker() {
    let op = Op::start().await;
    let site = Site::new(&op);
    site.browser().sign_in(&op).await;
    for number in 0..20 {
        let stranger = SigningKey::generate(Algorithm::ES256, &format!("unknown-{number}")).unwrap();
        let token = stranger.sign(Some("logout+jwt"), &json!({})).unwrap();
        assert_eq!(tell(&site, &token).await, StatusCode::BAD_REQUEST);
    }
    assert_eq!(op.received("/oauth2/jwks").len(), 2);
}

/// A store that has fallen over.
struct Broken;

#[async_trait::async_trait]
impl SessionStore for Broken {
    async fn insert(
        &self,
        _: &str,
        _: relying_party_sdk::Session,
    ) -> Result<(), relying_party_sdk::StoreError> {
        Err(fallen())
    }
    async fn get(
        &self,
        _: &str,
    ) -> Result<Option<relying_party_sdk::Session>, relying_party_sdk::StoreError> {
        Err(fallen())
    }
    async fn update(
        &self,
        _: &str,
        _: relying_party_sdk::Session,
    ) -> Result<bool, relying_party_sdk::StoreError> {
        Err(fallen())
    }
    async fn remove(
        &self,
        _: &str,
    ) -> Result<Option<relying_party_sdk::Session>, relying_party_sdk::StoreError> {
        Err(fallen())
    }
    async fn end(
        &self,
        _: &relying_party_sdk::EndedSessions,
        _: i64,
    ) -> Result<Option<usize>, relying_party_sdk::StoreError> {
        Err(fallen())
    }
    async fn insert_attempt(
        &self,
        _: &str,
        _: relying_party_sdk::LoginAttempt,
        _: i64,
    ) -> Result<(), relying_party_sdk::StoreError> {
        Err(fallen())
    }
    async fn take_attempt(
        &self,
        _: &str,
    ) -> Result<Option<relying_party_sdk::LoginAttempt>, relying_party_sdk::StoreError> {
        Err(fallen())
    }
}

fn fallen() -> relying_party_sdk::StoreError {
    relying_party_sdk::StoreError("fallen over".to_owned())
}

#[tokio::test]
async fn a_broken_store_is_a_page_and_asks_the_broker_to_come_again() {
    let op = Op::start().await;
    let site = Site::with(&op, |builder| builder.store(Arc::new(Broken)));
    let mut browser = site.browser();
    assert_eq!(browser.get("/login").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let working = Site::with(&op, |builder| builder);
    let mut visitor = working.browser();
    visitor.sign_in(&op).await;
    browser.jar = visitor.jar;
    assert_eq!(browser.get("/").await.status, StatusCode::SERVICE_UNAVAILABLE, "not silently signed out");
    assert_eq!(tell(&site, &op.logout_token(|_| ())).await, StatusCode::SERVICE_UNAVAILABLE);
}
