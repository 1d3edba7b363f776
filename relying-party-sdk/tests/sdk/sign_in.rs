//! Signing in: what is sent, and every answer that must be refused.

use crate::support::{Browser, CALLBACK, CLIENT, Op, SECRET, START, Site, bend, key, parameters};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::response::IntoResponse;
use broker_jose::{Algorithm, SigningKey};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use relying_party_sdk::{ClientAuth, Error, Level, LoginOptions, Prompt, TokenError};
use rstest::rstest;
use serde_json::{Value, json};

/// Signs in and says how that failed.
async fn failure(op: &Op, site: &Site, browser: &mut Browser) -> Error {
    let location = browser.begin("/login").await;
    let answer = op.authorize(&location);
    failure_of(site, browser, &answer).await
}

async fn failure_of(site: &Site, browser: &mut Browser, answer: &str) -> Error {
    let page = browser.get(&format!("/callback?{answer}&again=1")).await;
    assert!(page.status.is_client_error() || page.status.is_server_error(), "{}", page.status);
    assert!(browser.cookie("session").is_none(), "nobody is signed in");
    assert_eq!(site.store.len(), 0);
    assert_eq!(browser.get("/").await.body, "nobody");
    LAST.with(|last| last.borrow_mut().take()).expect("an error was shown")
}

thread_local! {
    static LAST: std::cell::RefCell<Option<Error>> = const { std::cell::RefCell::new(None) };
}

/// A portal that remembers the error that it showed; tests run on one thread each.
fn watching(op: &Op) -> Site {
    watching_with(op, |builder| builder.secret(SECRET, ClientAuth::Basic))
}

fn watching_with(
    op: &Op,
    change: impl FnOnce(relying_party_sdk::Builder) -> relying_party_sdk::Builder,
) -> Site {
    Site::with(op, change).showing(|error, _| {
        LAST.with(|last| *last.borrow_mut() = Some(error.clone()));
        (error.status(), "the portal's own page").into_response()
    })
}

#[tokio::test]
async fn a_citizen_signs_in() {
    let op = Op::start().await;
    let site = Site::new(&op);
    assert!(
        op.received("/.well-known/openid-configuration").is_empty(),
        "the portal starts without the broker"
    );
    let mut browser = site.browser();
    assert_eq!(browser.get("/").await.body, "nobody");

    let page = browser.get("/login?return_to=/private&ui_locales=vi").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.headers["cache-control"], "no-store");
    let location = page.location().to_owned();
    let asked = parameters(&location);
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["client_id"], CLIENT);
    assert_eq!(asked["redirect_uri"], CALLBACK);
    assert_eq!(asked["scope"], "openid profile");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["ui_locales"], "vi");
    assert!(location.contains("scope=openid%20profile"), "{location}");
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(asked[name].len(), 43, "{name}");
    }
    assert_ne!(asked["state"], asked["nonce"]);
    for name in ["acr_values", "prompt", "login_hint", "max_age"] {
        assert!(!asked.contains_key(name), "{name}");
    }

    let answer = op.authorize(&location);
    let page = browser.get(&format!("/callback?{answer}")).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/private"), "{}", page.body);
    let cookies = page.cookies();
    assert_eq!(cookies.len(), 1);
    assert!(cookies[0].contains("; Path=/; HttpOnly; SameSite=Lax"), "{cookies:?}");
    assert!(!cookies[0].contains("access-"), "tokens stay on the server");
    assert_eq!(browser.get("/private").await.body, "private page of citizen-1");
    assert_eq!(browser.get("/").await.body, "citizen-1 NGUYỄN VĂN AN");

    let sent = &op.received("/oauth2/token")[0];
    let basic = format!("Basic {}", BASE64.encode(b"portal:s3cret%2B%2F%3D%20%26%25"));
    assert_eq!(sent.headers[AUTHORIZATION], basic.as_str());
    assert_eq!(sent.headers["accept"], "application/json");
    assert!(!sent.body.contains("client_secret"));
    assert_eq!(op.received("/oauth2/userinfo")[0].method, "GET");
    assert_eq!(op.received("/.well-known/openid-configuration").len(), 1);
    assert_eq!(op.received("/oauth2/jwks").len(), 1);
}

#[tokio::test]
async fn the_session_id_changes_at_every_sign_in() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    let mut first = browser.clone();
    let before = browser.cookie("session").unwrap().clone();
    browser.sign_in(&op).await;
    assert_ne!(browser.cookie("session").unwrap(), &before);
    assert_eq!(site.store.len(), 1, "the old session has ended");
    assert_eq!(first.get("/").await.body, "nobody");
    // A session id that somebody planted before the sign-in is not taken over.
    let mut fixed = site.browser();
    let name = browser.jar.keys().find(|name| name.ends_with("session")).unwrap().clone();
    fixed.jar.insert(name.clone(), "a".repeat(43));
    fixed.sign_in(&op).await;
    assert_ne!(fixed.jar[&name], "a".repeat(43));
}

#[tokio::test]
async fn tabs_do_not_disturb_each_other() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    let one = browser.begin("/login?return_to=/private").await;
    let two = browser.begin("/login?return_to=/level3").await;
    let (one, two) = (op.authorize(&one), op.authorize(&two));
    assert_eq!(browser.get(&format!("/callback?{two}")).await.location(), "/level3");
    assert_eq!(browser.get(&format!("/callback?{one}")).await.location(), "/private");
}

#[rstest]
#[case(ClientAuth::Post, &["client_id=portal", "client_secret=s3cret%2B%2F%3D%20%26%25"])]
#[case(ClientAuth::None, &["client_id=portal"])]
#[tokio::test]
async fn clients_authenticate_as_registered(#[case] way: ClientAuth, #[case] expected: &[&str]) {
    let op = Op::start().await;
    let site = Site::with(
        &op,
        |builder| if way == ClientAuth::None { builder } else { builder.secret(SECRET, way) },
    );
    let mut browser = site.browser();
    assert_eq!(browser.sign_in(&op).await.status, StatusCode::SEE_OTHER);
    let sent = &op.received("/oauth2/token")[0];
    assert!(!sent.headers.contains_key(AUTHORIZATION));
    for part in expected {
        assert!(sent.body.contains(part), "{}", sent.body);
    }
    assert_eq!(sent.body.contains("client_secret"), way == ClientAuth::Post);
    assert!(sent.body.contains("code_verifier="));
}

#[tokio::test]
async fn options_of_a_sign_in_are_sent() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let options = LoginOptions {
        level: Some(Level::LoA3),
        prompt: Some(Prompt::SelectAccount),
        login_hint: Some("a&b=c".to_owned()),
        ui_locales: Some("vi en".to_owned()),
        max_age: Some(0),
        return_to: None,
    };
    let headers = axum::http::HeaderMap::new();
    let redirect = site.portal.relying_party().begin_login(&headers, options).await.unwrap();
    let asked = parameters(&redirect.location);
    assert_eq!(asked["acr_values"], "LoA3");
    assert_eq!(asked["prompt"], "select_account");
    assert_eq!(asked["login_hint"], "a&b=c");
    assert_eq!(asked["ui_locales"], "vi en");
    assert_eq!(asked["max_age"], "0");
}

#[rstest]
#[case("https://evil.example/")]
#[case("//evil.example")]
#[case("/%5Cevil.example")]
#[case("%2F%2Fevil.example")]
#[case("%2F%09%2Fevil.example")]
#[tokio::test]
async fn nobody_is_sent_elsewhere_after_signing_in(#[case] target: &str) {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    let location = browser.begin(&format!("/login?return_to={target}")).await;
    let answer = op.authorize(&location);
    assert_eq!(browser.get(&format!("/callback?{answer}")).await.location(), "/");
}

/// Sets members; `null` takes one away.
fn patched(patch: Value) -> impl Fn(&mut Value) + Send + Sync + 'static {
    move |value| {
        let members = value.as_object_mut().unwrap();
        for (name, new) in patch.as_object().unwrap() {
            if new.is_null() {
                members.remove(name)
            } else {
                members.insert(name.clone(), new.clone())
            };
        }
    }
}

#[rstest]
#[case::issuer(json!({ "iss": "https://evil.example" }))]
#[case::issuer_with_slash(json!({ "iss": "https://op.example/" }))]
#[case::no_issuer(json!({ "iss": null }))]
#[case::audience(json!({ "aud": "another-portal" }))]
#[case::no_audience(json!({ "aud": null }))]
#[case::more_audiences_without_azp(json!({ "aud": [CLIENT, "another-portal"], "azp": null }))]
#[case::azp(json!({ "azp": "another-portal" }))]
#[case::azp_no_text(json!({ "azp": 7 }))]
#[case::expired(json!({ "exp": START - 31 }))]
#[case::no_expiry(json!({ "exp": null }))]
#[case::endless(json!({ "exp": 1e300 }))]
#[case::endless_integer(json!({ "exp": u64::MAX }))]
#[case::from_the_future(json!({ "iat": START + 31 }))]
#[case::too_old(json!({ "iat": START - 3600 }))]
#[case::no_iat(json!({ "iat": null }))]
#[case::not_yet(json!({ "nbf": START + 60 }))]
#[case::nonce(json!({ "nonce": "another" }))]
#[case::no_nonce(json!({ "nonce": null }))]
#[case::at_hash(json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }))]
#[case::at_hash_no_text(json!({ "at_hash": 7 }))]
#[case::no_subject(json!({ "sub": null }))]
#[case::empty_subject(json!({ "sub": "" }))]
#[case::long_subject(json!({ "sub": "s".repeat(256) }))]
#[case::another_subject(json!({ "sub": "citizen-2" }))]
#[tokio::test]
async fn a_changed_id_token_is_refused(#[case] patch: Value) {
    let op = Op::start().await;
    op.script(|script| script.id_token = bend(patched(patch)));
    let site = watching(&op);
    let error = failure(&op, &site, &mut site.browser()).await;
    assert!(matches!(error, Error::IdToken(_) | Error::OtherSubject), "{error:?}");
}

#[rstest]
#[case::audience_in_a_list(json!({ "aud": [CLIENT] }))]
#[case::more_audiences_with_azp(json!({ "aud": [CLIENT, "another-portal"] }))]
#[case::without_azp(json!({ "azp": null }))]
#[case::without_at_hash(json!({ "at_hash": null }))]
#[case::clocks_apart(json!({ "iat": START + 20 }))]
#[tokio::test]
async fn a_good_id_token_is_taken(#[case] patch: Value) {
    let op = Op::start().await;
    op.script(|script| script.id_token = bend(patched(patch)));
    let site = Site::new(&op);
    assert_eq!(site.browser().sign_in(&op).await.status, StatusCode::SEE_OTHER);
}

#[rstest]
#[case("logout+jwt")]
#[case("at+jwt")]
#[case("application/dpop+jwt")]
#[tokio::test]
async fn another_kind_of_token_is_no_id_token(#[case] typ: &str) {
    let op = Op::start().await;
    op.script(|script| script.id_token_typ = Some(typ.to_owned()));
    let site = watching(&op);
    assert_eq!(failure(&op, &site, &mut site.browser()).await, Error::IdToken(TokenError::Type));
}

#[tokio::test]
async fn a_signature_of_somebody_else_is_refused() {
    let op = Op::start().await;
    let site = watching(&op);
    // The right name, another key.
    op.script(|script| script.signs = SigningKey::generate(Algorithm::ES256, "ec-1").unwrap());
    let error = failure(&op, &site, &mut site.browser()).await;
    assert_eq!(error, Error::IdToken(TokenError::Jose(broker_jose::JoseError::BadSignature)));
    // A name that nobody knows, also after asking again.
    op.script(|script| script.signs = SigningKey::generate(Algorithm::ES256, "unknown").unwrap());
    let error = failure(&op, &site, &mut site.browser()).await;
    assert_eq!(error, Error::IdToken(TokenError::Jose(broker_jose::JoseError::UnknownKey)));
}

#[rstest]
#[case::none(r#"{"alg":"none"}"#, false)]
#[case::none_with_kid(r#"{"alg":"none","kid":"ec-1"}"#, false)]
#[case::hmac(r#"{"alg":"HS256","kid":"ec-1"}"#, true)]
#[tokio::test]
async fn unsigned_and_symmetrically_signed_tokens_are_refused(#[case] header: &str, #[case] hmac: bool) {
    let op = Op::start().await;
    let site = watching(&op);
    let payload =
        json!({ "iss": op.issuer, "aud": CLIENT, "sub": "citizen-1", "iat": START, "exp": START + 600 });
    let signed = format!(
        "{}.{}",
        BASE64URL_NOPAD.encode(header.as_bytes()),
        BASE64URL_NOPAD.encode(payload.to_string().as_bytes())
    );
    let signature = if hmac {
        let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
        BASE64URL_NOPAD.encode(aws_lc_rs::hmac::sign(&secret, signed.as_bytes()).as_ref())
    } else {
        String::new()
    };
    op.script(|script| script.raw_id_token = Some(format!("{signed}.{signature}")));
    let error = failure(&op, &site, &mut site.browser()).await;
    assert_eq!(error, Error::IdToken(TokenError::Jose(broker_jose::JoseError::AlgorithmRefused)));
}

#[tokio::test]
async fn algorithms_can_be_narrowed() {
    let op = Op::start().await;
    let site = watching_with(&op, |builder| {
        builder.secret(SECRET, ClientAuth::Basic).algorithms(&[Algorithm::RS256])
    });
    let error = failure(&op, &site, &mut site.browser()).await;
    assert_eq!(error, Error::IdToken(TokenError::Jose(broker_jose::JoseError::AlgorithmRefused)));
    op.script(|script| {
        script.published = vec![key("rsa-1")];
        script.signs = key("rsa-1");
    });
    let site = watching_with(&op, |builder| {
        builder.secret(SECRET, ClientAuth::Basic).algorithms(&[Algorithm::RS256])
    });
    assert_eq!(site.browser().sign_in(&op).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn max_age_is_checked_here_too() {
    let op = Op::start().await;
    let site = Site::new(&op);
    op.clock.advance(1000);
    let relying_party = site.portal.relying_party().clone();
    let sign_in = async |max_age| {
        let options = LoginOptions { max_age: Some(max_age), ..LoginOptions::default() };
        let redirect = relying_party.begin_login(&axum::http::HeaderMap::new(), options).await.unwrap();
        let mut headers = axum::http::HeaderMap::new();
        let cookie = redirect.cookies[0].split_once(';').unwrap().0;
        headers.insert("cookie", cookie.parse().unwrap());
        relying_party.finish_login(&headers, &op.authorize(&redirect.location)).await
    };
    assert_eq!(sign_in(500).await, Err(Error::IdToken(TokenError::AuthTime)));
    assert!(sign_in(5000).await.is_ok());
}

#[rstest]
#[case::no_id_token(json!({ "id_token": null }))]
#[case::empty_id_token(json!({ "id_token": "" }))]
#[case::no_access_token(json!({ "access_token": null }))]
#[case::empty_access_token(json!({ "access_token": "" }))]
#[case::another_token_type(json!({ "token_type": "DPoP" }))]
#[case::no_token_type(json!({ "token_type": null }))]
#[case::another_access_token(json!({ "access_token": "access-of-somebody-else" }))]
#[tokio::test]
async fn a_bent_token_answer_is_refused(#[case] patch: Value) {
    let op = Op::start().await;
    op.script(|script| script.token = bend(patched(patch)));
    let site = watching(&op);
    let error = failure(&op, &site, &mut site.browser()).await;
    assert!(matches!(error, Error::Answer(..) | Error::IdToken(_)), "{error:?}");
}

#[rstest]
#[case::another_subject(json!({ "sub": "citizen-2" }))]
#[case::no_subject(json!({ "sub": null }))]
#[case::a_number(json!({ "sub": 1 }))]
#[tokio::test]
async fn userinfo_of_somebody_else_is_refused(#[case] patch: Value) {
    let op = Op::start().await;
    op.script(|script| script.userinfo = bend(patched(patch)));
    let site = watching(&op);
    assert_eq!(failure(&op, &site, &mut site.browser()).await, Error::OtherSubject);
}

#[tokio::test]
async fn userinfo_cannot_change_what_the_id_token_says_about_the_sign_in() {
    let op = Op::start().await;
    op.script(|script| {
        script.userinfo = bend(|claims| {
            claims["acr"] = json!("LoA4");
            claims["sid"] = json!("another");
            claims["email"] = json!("an@example.vn");
        });
    });
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.sign_in(&op).await;
    assert_eq!(browser.get("/level3").await.status, StatusCode::SEE_OTHER, "still level 2");
}

#[rstest]
#[case::page("/oauth2/userinfo", 200, "text/html", "<html>")]
#[case::not_json("/oauth2/userinfo", 200, "application/json", "no JSON")]
#[case::refused("/oauth2/userinfo", 401, "application/json", "{}")]
#[case::broken("/oauth2/userinfo", 500, "application/json", "{}")]
#[case::token_page("/oauth2/token", 200, "text/html", "<html>")]
#[case::token_broken("/oauth2/token", 502, "text/html", "<html>")]
#[case::token_error("/oauth2/token", 400, "application/json", r#"{"error":"invalid_grant"}"#)]
#[case::token_odd_error("/oauth2/token", 400, "application/json", "[]")]
#[case::keys("/oauth2/jwks", 200, "application/json", r#"{"keys":[]}"#)]
#[case::keys_gone("/oauth2/jwks", 404, "application/json", r#"{"keys":[]}"#)]
#[tokio::test]
async fn broken_answers_sign_nobody_in(
    #[case] path: &str,
    #[case] status: u16,
    #[case] content_type: &str,
    #[case] body: &str,
) {
    let op = Op::start().await;
    let status = StatusCode::from_u16(status).unwrap();
    op.script(|script| {
        script.instead.insert(path.to_owned(), (status, content_type.to_owned(), body.to_owned()))
    });
    let site = watching(&op);
    failure(&op, &site, &mut site.browser()).await;
}

#[rstest]
#[case("/.well-known/openid-configuration")]
#[case("/oauth2/jwks")]
#[case("/oauth2/token")]
#[case("/oauth2/userinfo")]
#[tokio::test]
async fn oversized_answers_and_redirects_are_refused(#[case] path: &str) {
    let op = Op::start().await;
    let big = format!("{{\"x\":\"{}\"}}", "y".repeat(300 * 1024));
    op.script(|script| {
        script.instead.insert(path.to_owned(), (StatusCode::OK, "application/json".to_owned(), big));
    });
    let site = watching(&op);
    let page = attempt(&op, &mut site.browser()).await;
    assert!(page.is_server_error() || page.is_client_error(), "{page}");

    op.script(|script| {
        script.instead.clear();
        script.redirect.insert(path.to_owned(), format!("{}/trap", op.issuer));
    });
    let site = watching(&op);
    attempt(&op, &mut site.browser()).await;
    assert!(op.received("/trap").is_empty(), "redirects are not followed");
    assert_eq!(site.store.len(), 0);
}

/// A sign-in that may fail at any step.
async fn attempt(op: &Op, browser: &mut Browser) -> StatusCode {
    let page = browser.get("/login").await;
    if page.status != StatusCode::SEE_OTHER {
        return page.status;
    }
    let answer = op.authorize(page.location());
    browser.get(&format!("/callback?{answer}")).await.status
}

#[tokio::test]
async fn an_answer_is_taken_once() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    let location = browser.begin("/login").await;
    let answer = op.authorize(&location);
    assert_eq!(browser.get(&format!("/callback?{answer}")).await.status, StatusCode::SEE_OTHER);
    let again = browser.get(&format!("/callback?{answer}")).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(op.received("/oauth2/token").len(), 1, "the code is not sent again");
    assert_eq!(browser.get("/").await.body, "citizen-1 NGUYỄN VĂN AN", "who is signed in stays so");
}

#[tokio::test]
async fn another_browsers_answer_is_refused_and_stays_good_for_its_own() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut victim = site.browser();
    let mut attacker = site.browser();
    let location = attacker.begin("/login").await;
    let answer = op.authorize(&location);
    // The attacker sends their own answer to the victim: with no cookie, and with a cookie of the victim's own.
    assert_eq!(victim.get(&format!("/callback?{answer}")).await.status, StatusCode::BAD_REQUEST);
    victim.begin("/login").await;
    assert_eq!(victim.get(&format!("/callback?{answer}")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(victim.get("/").await.body, "nobody");
    assert_eq!(op.received("/oauth2/token").len(), 0);
    assert_eq!(attacker.get(&format!("/callback?{answer}")).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn answers_without_a_good_state_are_refused() {
    let op = Op::start().await;
    let site = watching(&op);
    let mut browser = site.browser();
    let location = browser.begin("/login").await;
    let answer = op.authorize(&location);
    let state = parameters(&location)["state"].clone();
    let cut = answer.replace(&format!("&state={state}"), "");
    assert_eq!(failure_of(&site, &mut browser, &cut).await, Error::UnknownState);
    let changed = answer.replace(&state, &"A".repeat(43));
    assert_eq!(failure_of(&site, &mut browser, &changed).await, Error::UnknownState);
    for name in ["state", "code", "iss"] {
        let twice = format!("{answer}&{name}=x");
        assert!(matches!(failure_of(&site, &mut browser, &twice).await, Error::Callback(_)), "{name}");
    }
    assert_eq!(failure_of(&site, &mut browser, "").await, Error::UnknownState);
    // Half an hour later it is too late.
    op.clock.advance(30 * 60);
    assert_eq!(failure_of(&site, &mut browser, &answer).await, Error::UnknownState);
}

#[tokio::test]
async fn answers_of_another_issuer_are_refused_before_the_code_is_sent() {
    let op = Op::start().await;
    let site = watching(&op);
    let mut browser = site.browser();
    for issuer in ["https://evil.example", "", &format!("{}/", op.issuer)] {
        let location = browser.begin("/login").await;
        let answer = op.authorize(&location);
        let (kept, _) = answer.split_once("&iss=").unwrap();
        assert_eq!(failure_of(&site, &mut browser, &format!("{kept}&iss={issuer}")).await, Error::Issuer);
    }
    op.script(|script| script.answer_iss = false);
    let location = browser.begin("/login").await;
    let answer = op.authorize(&location);
    assert_eq!(failure_of(&site, &mut browser, &answer).await, Error::Issuer, "promised and missing");
    // An error of another issuer is no error of ours.
    op.script(|script| script.answer_iss = true);
    let location = browser.begin("/login").await;
    let answer = op.refuse(&location, "access_denied");
    let (kept, _) = answer.split_once("&iss=").unwrap();
    assert_eq!(failure_of(&site, &mut browser, &format!("{kept}&iss=x")).await, Error::Issuer);
    assert!(op.received("/oauth2/token").is_empty());
}

#[tokio::test]
async fn a_provider_that_does_not_name_itself_may_stay_silent() {
    let op = Op::start().await;
    op.script(|script| {
        script.answer_iss = false;
        script.discovery = bend(|document| {
            document.as_object_mut().unwrap().remove("authorization_response_iss_parameter_supported");
        });
    });
    let site = Site::new(&op);
    assert_eq!(site.browser().sign_in(&op).await.status, StatusCode::SEE_OTHER);
}

#[rstest]
#[case("access_denied", StatusCode::FORBIDDEN)]
#[case("unmet_authentication_requirements", StatusCode::FORBIDDEN)]
#[case("temporarily_unavailable", StatusCode::SERVICE_UNAVAILABLE)]
#[case("login_required", StatusCode::BAD_REQUEST)]
#[case("invalid_request", StatusCode::BAD_GATEWAY)]
#[tokio::test]
async fn refusals_become_the_portals_own_page(#[case] code: &str, #[case] status: StatusCode) {
    let op = Op::start().await;
    let site = watching(&op);
    let mut browser = site.browser();
    let location = browser.begin("/login").await;
    let answer = op.refuse(&location, code);
    let page = browser.get(&format!("/callback?{answer}")).await;
    assert_eq!((page.status, page.body.as_str()), (status, "the portal's own page"));
    assert_eq!(page.headers["cache-control"], "no-store");
    let error = LAST.with(|last| last.borrow_mut().take()).unwrap();
    assert_eq!(error, Error::Refused { code: code.to_owned(), description: Some("because".to_owned()) });
    // Without a page of its own the portal shows a plain one that repeats nothing of the query.
    let plain = Site::new(&op);
    let mut browser = plain.browser();
    let location = browser.begin("/login").await;
    let answer = op.refuse(&location, "%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    let page = browser.get(&format!("/callback?{answer}")).await;
    assert!(!page.body.contains("<script>"), "{}", page.body);
}

#[tokio::test]
async fn discovery_must_name_the_issuer_exactly() {
    let op = Op::start().await;
    type Change = fn(&mut Value);
    for change in [
        (|document| document["issuer"] = json!("https://evil.example")) as Change,
        |document| document["issuer"] = json!(format!("{}/", document["issuer"].as_str().unwrap())),
        |document| document["token_endpoint"] = json!("http://evil.example/token"),
        |document| document["authorization_endpoint"] = json!("javascript:alert(1)"),
        |document| document["jwks_uri"] = json!("file:///etc/passwd"),
        |document| drop(document.as_object_mut().unwrap().remove("jwks_uri")),
        |document| *document = json!([]),
    ] {
        op.script(|script| script.discovery = bend(change));
        let site = watching(&op);
        let page = site.browser().get("/login").await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    }
}

#[tokio::test]
async fn a_broker_that_comes_back_is_used_again() {
    let op = Op::start().await;
    let path = "/.well-known/openid-configuration";
    let down = (StatusCode::BAD_GATEWAY, "text/html".to_owned(), "down".to_owned());
    op.script(|script| script.instead.insert(path.to_owned(), down.clone()));
    let site = watching(&op);
    let mut browser = site.browser();
    for _ in 0..5 {
        assert_eq!(browser.get("/login").await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(op.received(path).len(), 1, "left alone for a moment");
    op.script(|script| script.instead.clear());
    op.clock.advance(2);
    assert_eq!(browser.get("/login").await.status, StatusCode::SEE_OTHER);
    // What is known stays in use while the broker is away.
    op.script(|script| script.instead.insert(path.to_owned(), down));
    op.clock.advance(7200);
    assert_eq!(browser.get("/login").await.status, StatusCode::SEE_OTHER);
    // Nobody listens at all.
    let nobody =
        relying_party_sdk::RelyingParty::builder("http://127.0.0.1:9", CLIENT, CALLBACK).build().unwrap();
    let error = nobody.begin_login(&axum::http::HeaderMap::new(), LoginOptions::default()).await;
    assert_eq!(error, Err(Error::Unreachable(relying_party_sdk::Endpoint::Discovery)));
}

#[tokio::test]
async fn new_keys_are_fetched_once_when_a_token_names_one() {
    let op = Op::start().await;
    let site = Site::new(&op);
    site.browser().sign_in(&op).await;
    op.script(|script| {
        script.published = vec![key("ec-1"), key("ec-2")];
        script.signs = key("ec-2");
    });
    assert_eq!(site.browser().sign_in(&op).await.status, StatusCode::SEE_OTHER);
    assert_eq!(op.received("/oauth2/jwks").len(), 2);
    // Unknown names, one after the other, do not make the portal hammer at the broker.
    op.script(|script| script.signs = SigningKey::generate(Algorithm::ES256, "unknown").unwrap());
    for _ in 0..5 {
        assert_ne!(site.browser().sign_in(&op).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(op.received("/oauth2/jwks").len(), 2);
    op.clock.advance(10);
    site.browser().sign_in(&op).await;
    assert_eq!(op.received("/oauth2/jwks").len(), 3);
}

#[tokio::test]
async fn many_sign_ins_at_once_ask_for_metadata_once() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (op, mut browser) = (op.clone(), site.browser());
            tokio::spawn(async move { browser.sign_in(&op).await.status })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), StatusCode::SEE_OTHER);
    }
    assert_eq!(op.received("/.well-known/openid-configuration").len(), 1);
    assert_eq!(op.received("/oauth2/jwks").len(), 1);
    assert_eq!(site.store.len(), 20);
}

#[tokio::test]
async fn odd_queries_are_refused_without_a_panic() {
    let op = Op::start().await;
    let site = Site::new(&op);
    let mut browser = site.browser();
    browser.begin("/login").await;
    for query in
        ["%", "%ff=%fe", "state=%00", "code=&state=&iss=", "&&&==&", "state=a;b&code=c", "state=%E1%BA"]
    {
        let page = browser.get(&format!("/callback?{query}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
    }
    for query in ["level=9", "level=x", "prompt=none", "return_to=%ff", "level=1&level=2"] {
        assert_eq!(browser.get(&format!("/login?{query}")).await.status, StatusCode::SEE_OTHER, "{query}");
    }
}
