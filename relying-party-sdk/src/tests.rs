//! Tests of the small parts; whole sign-ins against a provider are in `tests/`.

use std::sync::Arc;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

use crate::cookies::{Cookies, Purpose};
use crate::query::Parameters;
use crate::settings::{is_local, secure_url};
use crate::{
    ClientAuth, EndedSessions, Error, ErrorKind, Legacy, Level, LoginAttempt, Mark, MemoryStore,
    RelyingParty, Session, SessionStore, SettingsError, Tokens, mark,
};

#[rstest]
#[case("/", true)]
#[case("/a/b?x=1&y=/..//z", true)]
#[case("/%2F%2Fevil.example", true)]
#[case("", false)]
#[case("a", false)]
#[case("//evil.example", false)]
#[case("/\\evil.example", false)]
#[case("\\\\evil.example", false)]
#[case("/\t/evil.example", false)]
#[case("/\n/evil.example", false)]
#[case("/a\\b", false)]
#[case("/a b", false)]
#[case("https://evil.example", false)]
#[case("javascript:alert(1)", false)]
fn only_paths_of_this_portal_are_returned_to(#[case] path: &str, #[case] local: bool) {
    assert_eq!(is_local(path), local);
}

#[rstest]
#[case("https://op.example", true)]
#[case("https://op.example/realm", true)]
#[case("http://localhost:8080", true)]
#[case("http://127.0.0.1:8080", true)]
#[case("http://[::1]:8080", true)]
#[case("http://op.example", false)]
#[case("http://localhost.evil.example", false)]
#[case("https://op.example/#part", false)]
#[case("https://user@op.example", false)]
#[case("ftp://op.example", false)]
#[case("op.example", false)]
fn urls_are_secure_or_loopback(#[case] url: &str, #[case] good: bool) {
    assert_eq!(secure_url(url).is_ok(), good);
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    let base = || RelyingParty::builder("https://op.example", "portal", "https://portal.example/callback");
    assert!(base().secret("s", ClientAuth::Basic).build().is_ok());
    assert!(base().build().is_ok(), "a public client");
    let issuer =
        |text: &str| RelyingParty::builder(text, "portal", "https://portal.example/callback").build();
    assert!(matches!(issuer("http://op.example"), Err(SettingsError::Issuer(_))));
    assert!(matches!(issuer("https://op.example?x=1"), Err(SettingsError::Issuer(_))));
    let redirect = |text: &str| RelyingParty::builder("https://op.example", "portal", text).build();
    assert!(matches!(redirect("http://portal.example/callback"), Err(SettingsError::RedirectUri(_))));
    let bye = base().post_logout_redirect_uri("nowhere").build();
    assert!(matches!(bye, Err(SettingsError::PostLogoutRedirectUri(_))));
    let nameless = RelyingParty::builder("https://op.example", "", "https://portal.example/callback").build();
    assert_eq!(nameless.err(), Some(SettingsError::ClientId));
    assert!(matches!(base().secret("", ClientAuth::Post).build(), Err(SettingsError::ClientSecret(_))));
    assert!(matches!(base().secret("s", ClientAuth::None).build(), Err(SettingsError::ClientSecret(_))));
    let legacy = Legacy { state: "x".to_owned(), acr_values: None };
    assert!(matches!(base().legacy(legacy).build(), Err(SettingsError::ClientSecret(_))));
    let foreign = base().paths(|paths| paths.home = "//evil.example".to_owned()).build();
    assert!(matches!(foreign, Err(SettingsError::Path(_))));
    assert_eq!(base().roots(b"no certificate").build().err(), Some(SettingsError::Roots));
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let portal = RelyingParty::builder("https://op.example", "portal", "https://portal.example/callback")
        .secret("very-secret-value", ClientAuth::Basic)
        .build()
        .unwrap();
    assert!(!format!("{portal:?}").contains("very-secret-value"));
    let shown = format!("{:?}", session("citizen-7", "sid-7", 10));
    assert!(!shown.contains("citizen-7") && !shown.contains("secret-token") && !shown.contains("NGUYỄN"));
}

#[test]
fn cookies_of_two_portals_on_one_host_differ() {
    let (one, other) = (Cookies::new(false, "one"), Cookies::new(false, "other"));
    assert_ne!(one.name(Purpose::Session), other.name(Purpose::Session));
    assert_ne!(one.name(Purpose::Session), one.name(Purpose::Browser));
    let secure = Cookies::new(true, "one");
    assert!(secure.name(Purpose::Session).starts_with("__Host-"));
    let set = secure.set(Purpose::Session, "value");
    for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(set.contains(attribute), "{set}");
    }
    assert!(!one.set(Purpose::Session, "value").contains("Secure"));
    assert!(one.clear(Purpose::Session).contains("Max-Age=0"));
}

#[test]
fn a_cookie_that_comes_twice_is_none() {
    let cookies = Cookies::new(false, "portal");
    let name = cookies.name(Purpose::Session);
    let value = "a".repeat(43);
    let read = |text: String| {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(&text).unwrap());
        cookies.read(&headers, Purpose::Session)
    };
    assert_eq!(read(format!("x=1; {name}={value}; y=2")), Some(value.clone()));
    assert_eq!(read(format!("{name}={value}; {name}={}", "b".repeat(43))), None);
    assert_eq!(read(format!("{name}=short")), None);
    assert_eq!(read(format!("{name}={}", "ü".repeat(43))), None);
    assert_eq!(read(format!("X{name}={value}")), None);
}

#[rstest]
#[case("a=1&b=2", Ok(Some("1")))]
#[case("b=2", Ok(None))]
#[case("a=", Ok(None))]
#[case("a=1&a=1", Err(()))]
#[case("a=&a=1", Err(()))]
#[case("%61=x+y%2B", Ok(Some("x y+")))]
fn parameters_come_once(#[case] text: &str, #[case] expected: Result<Option<&str>, ()>) {
    let parameters = Parameters::parse(text.as_bytes());
    assert_eq!(parameters.get("a").map_err(|_| ()), expected);
}

#[rstest]
#[case("name", Mark::Verified)]
#[case("email", Mark::SelfDeclared)]
#[case("phone_number", Mark::Verified)]
#[case("address", Mark::Missing)]
#[case("birthdate", Mark::Missing)]
#[case("gender", Mark::Missing)]
#[case("LoaiTaiKhoan", Mark::Verified)]
fn marks_say_what_stands_behind_a_claim(#[case] name: &str, #[case] expected: Mark) {
    let claims = json!({
        "name": "NGUYỄN VĂN AN", "email": "an@example.vn", "email_verified": false, "phone_number": "0912345678",
        "phone_number_verified": true, "birthdate": null, "gender": " ", "LoaiTaiKhoan": 1,
    });
    assert_eq!(mark(claims.as_object().unwrap(), name), expected);
}

#[test]
fn levels_have_an_order_and_a_name() {
    for level in Level::ALL {
        assert_eq!(level.as_str().parse(), Ok(level));
        assert_eq!(Level::from_number(level.number()), level);
    }
    assert!(Level::LoA2 < Level::LoA3);
    assert!("loa3".parse::<Level>().is_err() && "".parse::<Level>().is_err());
}

#[test]
fn errors_say_what_the_citizen_can_do() {
    let refused = |code: &str| Error::Refused { code: code.to_owned(), description: None };
    assert_eq!(refused("access_denied").kind(), ErrorKind::Cancelled);
    assert_eq!(refused("unmet_authentication_requirements").kind(), ErrorKind::LevelNotReached);
    assert_eq!(refused("temporarily_unavailable").kind(), ErrorKind::TryLater);
    assert_eq!(refused("login_required").kind(), ErrorKind::StartAgain);
    assert_eq!(refused("unauthorized_client").kind(), ErrorKind::Broken);
    assert_eq!(refused("access_denied").status(), 403);
    assert_eq!(Error::UnknownState.status(), 400);
    assert_eq!(Error::NotSignedIn.status(), 401);
}

fn session(subject: &str, sid: &str, expires_at: i64) -> Session {
    Session {
        subject: subject.to_owned(),
        sid: Some(sid.to_owned()),
        acr: None,
        auth_time: None,
        claims: json!({ "name": "NGUYỄN VĂN AN" }).as_object().cloned().unwrap_or_default(),
        tokens: Tokens {
            access_token: "secret-token".to_owned(),
            access_expires_at: None,
            refresh_token: Some("secret-token".to_owned()),
            id_token: "secret-token".to_owned(),
        },
        signed_in_at: 0,
        last_seen: 0,
        expires_at,
    }
}

fn ended(token_id: &str, subject: Option<&str>, sid: Option<&str>) -> EndedSessions {
    EndedSessions {
        token_id: token_id.to_owned(),
        remember_until: 100,
        subject: subject.map(str::to_owned),
        sid: sid.map(str::to_owned),
    }
}

#[tokio::test]
async fn the_memory_store_keeps_its_contract() {
    let store = MemoryStore::new();
    assert!(store.is_empty());
    store.insert("a", session("s1", "x", 10)).await.unwrap();
    store.insert("b", session("s1", "y", 10)).await.unwrap();
    store.insert("c", session("s2", "x", 10)).await.unwrap();
    assert_eq!(store.len(), 3);
    assert_eq!(store.get("a").await.unwrap().unwrap().subject, "s1");
    assert!(store.get("z").await.unwrap().is_none());
    assert!(store.update("a", session("s1", "x", 20)).await.unwrap());
    assert_eq!(store.get("a").await.unwrap().unwrap().expires_at, 20);
    assert!(!store.update("z", session("s1", "x", 20)).await.unwrap(), "what is gone stays away");
    assert!(store.get("z").await.unwrap().is_none());

    assert_eq!(store.end(&ended("t1", Some("s1"), Some("y")), 1).await.unwrap(), Some(1));
    assert_eq!(store.end(&ended("t1", Some("s1"), None), 1).await.unwrap(), None, "used before");
    assert_eq!(store.end(&ended("t2", None, Some("x")), 1).await.unwrap(), Some(2));
    assert_eq!(store.end(&ended("t3", None, Some("x")), 1).await.unwrap(), Some(0));
    assert_eq!(store.end(&ended("t1", None, Some("x")), 100).await.unwrap(), Some(0), "forgotten by then");
    store.insert("a", session("s1", "x", 10)).await.unwrap();
    assert_eq!(store.end(&ended("t4", None, None), 1).await.unwrap(), Some(0), "naming nobody ends nothing");
    assert!(store.remove("a").await.unwrap().is_some());
    assert!(store.remove("a").await.unwrap().is_none());
}

fn attempt(expires_at: i64) -> LoginAttempt {
    LoginAttempt {
        nonce: None,
        code_verifier: None,
        level: None,
        max_age: None,
        return_to: "/".to_owned(),
        expires_at,
    }
}

#[tokio::test]
async fn attempts_are_taken_once_and_cannot_fill_the_memory() {
    let store = MemoryStore::new();
    store.insert_attempt("k", attempt(10), 0).await.unwrap();
    store.insert_attempt("k", attempt(20), 0).await.unwrap();
    store.insert_attempt("other", attempt(30), 15).await.unwrap();
    assert_eq!(
        store.take_attempt("k").await.unwrap(),
        Some(attempt(20)),
        "the later one outlives the earlier one's end"
    );
    assert_eq!(store.take_attempt("k").await.unwrap(), None);
    for n in 0..10_050 {
        store.insert_attempt(&format!("n{n}"), attempt(1_000), 50).await.unwrap();
    }
    assert_eq!(store.take_attempt("n0").await.unwrap(), None, "the oldest gave way");
    assert!(store.take_attempt("n10049").await.unwrap().is_some());
}

#[tokio::test]
async fn one_of_many_takes_an_attempt() {
    let store = Arc::new(MemoryStore::new());
    store.insert_attempt("k", attempt(10), 0).await.unwrap();
    let racers: Vec<_> = (0..16)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.take_attempt("k").await.is_ok_and(|taken| taken.is_some()) })
        })
        .collect();
    let mut winners = 0;
    for racer in racers {
        winners += usize::from(racer.await.unwrap());
    }
    assert_eq!(winners, 1);
}

proptest! {
    #[test]
    fn what_is_local_stays_here(path in "[/\\\\a-z.:?#@%\t\n ]{0,12}") {
        if is_local(&path) {
            let base = url::Url::parse("https://portal.example/page").unwrap();
            let joined = base.join(&path).unwrap();
            prop_assert_eq!(joined.host_str(), Some("portal.example"));
        }
    }

    #[test]
    fn any_cookie_header(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(value) = HeaderValue::from_bytes(&bytes) {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, value);
            let _ = Cookies::new(false, "portal").read(&headers, Purpose::Session);
        }
    }

    #[test]
    fn any_query(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Parameters::parse(&bytes).get("state").map_err(|_| ());
    }
}
