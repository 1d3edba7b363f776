//! The check service of a portal.

use super::authority::Authority;
use super::server::{Does, Server};
use crate::config::CheckSettings;
use crate::outward::CheckService;
use broker_domain::clock::{MockClock, Timestamp};
use broker_domain::ids::Namespace;
use broker_domain::ports::{CheckFailure, PasswordCheck};
use broker_domain::secret::Secret;
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn service(all: Value) -> Result<(CheckService, Arc<MockClock>), String> {
    let clock = Arc::new(MockClock::at(Timestamp::from_secs(1_800_000_000)));
    let settings: CheckSettings = serde_json::from_value(all).unwrap();
    CheckService::new(Namespace::new("cong-thu"), &settings, clock.clone(), Arc::new(|_| {}))
        .map(|service| (service, clock))
        .map_err(|e| e.to_string())
}

fn plain(url: &str, more: Value) -> (CheckService, Arc<MockClock>) {
    let mut all = json!({"url": url, "http_on_loopback": true, "timeout_ms": 2000});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    service(all).unwrap()
}

async fn ask(service: &CheckService) -> Result<bool, CheckFailure> {
    service.check("nguyenvana", &Secret::new("Mật khẩu \"1\"")).await
}

#[tokio::test]
async fn the_question_and_its_answers() {
    let answers =
        [true, false].map(|valid| Does::Answer(200, json!({"valid": valid, "more": 1}).to_string()));
    let server = Server::that(answers.to_vec()).await;
    let (service, _) = plain(&server.url, json!({}));
    assert_eq!(ask(&service).await, Ok(true));
    assert_eq!(ask(&service).await, Ok(false));
    let seen = server.seen();
    assert!(seen[0].head.starts_with("POST /messages HTTP/1.1"), "{}", seen[0].head);
    assert_eq!(seen[0].body, json!({"user_name": "nguyenvana", "password": "Mật khẩu \"1\""}));
}

/// Whatever is not a clear answer is a failure, never a yes.
#[rstest]
#[case(200, "", CheckFailure::Malformed)]
#[case(200, "true", CheckFailure::Malformed)]
#[case(200, "{}", CheckFailure::Malformed)]
#[case(200, r#"{"valid": "true"}"#, CheckFailure::Malformed)]
#[case(200, r#"{"valid": 1}"#, CheckFailure::Malformed)]
#[case(200, r#"{"valid": null}"#, CheckFailure::Malformed)]
#[case(200, r#"{"valid": false, "valid": true}"#, CheckFailure::Malformed)]
#[case(200, r#"{"Valid": true}"#, CheckFailure::Malformed)]
#[case(200, r#"{"valid": true"#, CheckFailure::Malformed)]
#[case(200, r#"[{"valid": true}]"#, CheckFailure::Malformed)]
#[case(200, "<html>valid</html>", CheckFailure::Malformed)]
#[case(201, r#"{"valid": true}"#, CheckFailure::BadStatus)]
#[case(204, "", CheckFailure::BadStatus)]
#[case(302, r#"{"valid": true}"#, CheckFailure::BadStatus)]
#[case(400, r#"{"valid": true}"#, CheckFailure::BadStatus)]
#[case(401, r#"{"valid": true}"#, CheckFailure::Refused)]
#[case(403, r#"{"valid": true}"#, CheckFailure::Refused)]
#[case(404, r#"{"valid": true}"#, CheckFailure::BadStatus)]
#[case(429, r#"{"valid": true}"#, CheckFailure::Busy)]
#[case(500, r#"{"valid": true}"#, CheckFailure::BadStatus)]
#[case(503, r#"{"valid": true}"#, CheckFailure::Busy)]
#[tokio::test]
async fn nothing_else_is_a_yes(#[case] status: u16, #[case] body: &str, #[case] failure: CheckFailure) {
    let server = Server::that(vec![Does::Answer(status, body.to_owned())]).await;
    assert_eq!(ask(&plain(&server.url, json!({})).0).await, Err(failure));
    assert_eq!(server.seen().len(), 1, "an attempt may count at the portal: it is made once");
}

#[tokio::test]
async fn slow_broken_long_elsewhere_and_away() {
    let slow = Server::that(vec![Does::Late(Duration::from_secs(30))]).await;
    assert_eq!(ask(&plain(&slow.url, json!({"timeout_ms": 100})).0).await, Err(CheckFailure::TimedOut));
    let broken = Server::that(vec![Does::Hangs, Does::Answer(200, r#"{"valid": true}"#.to_owned())]).await;
    assert_eq!(ask(&plain(&broken.url, json!({})).0).await, Err(CheckFailure::Unreachable));
    assert_eq!(broken.seen().len(), 1);
    let long = Server::that(vec![Does::Long(8192)]).await;
    assert_eq!(ask(&plain(&long.url, json!({})).0).await, Err(CheckFailure::Malformed));
    let other = Server::that(vec![Does::Answer(200, r#"{"valid": true}"#.to_owned())]).await;
    let away = Server::that(vec![Does::Redirect(other.url.clone())]).await;
    assert_eq!(ask(&plain(&away.url, json!({})).0).await, Err(CheckFailure::BadStatus));
    assert!(other.seen().is_empty(), "the password went elsewhere");
    assert_eq!(ask(&plain("http://127.0.0.1:1/", json!({})).0).await, Err(CheckFailure::Unreachable));
}

#[tokio::test]
async fn a_circuit_opens_and_closes() {
    let ill = || Does::Answer(500, String::new());
    let server = Server::that(vec![ill(), ill(), Does::Answer(200, r#"{"valid": true}"#.to_owned())]).await;
    let breaker = json!({"breaker": {"failures": 2, "within_secs": 60, "open_secs": 15}});
    let (service, clock) = plain(&server.url, breaker);
    for _ in 0..2 {
        assert_eq!(ask(&service).await, Err(CheckFailure::BadStatus));
    }
    assert_eq!(ask(&service).await, Err(CheckFailure::CircuitOpen));
    clock.advance(16);
    assert_eq!(ask(&service).await, Ok(true));
}

/// Both sides show certificates, and each looks at the other's.
#[tokio::test]
async fn mutual_tls() {
    let folder = tempfile::tempdir().unwrap();
    let (portal, ours, stranger) =
        (Authority::new("Portals"), Authority::new("Authority of the broker"), Authority::new("Stranger"));
    let (url, called) = portal.serve("localhost", &ours);
    let portal_file = portal.file(folder.path(), "portal.pem");
    let files = |authority: &Authority, name: &str| {
        let (certificate, key) = authority.issue(folder.path(), name);
        json!({"url": url, "client_certificate": certificate, "client_key": key, "ca_files": [portal_file]})
    };
    let right = files(&ours, "broker");
    assert_eq!(ask(&service(right.clone()).unwrap().0).await, Ok(true));
    assert!(called.lock().unwrap()[0].contains("broker"), "{called:?}");

    // A certificate of ours that the portal does not know.
    assert_eq!(ask(&service(files(&stranger, "other")).unwrap().0).await, Err(CheckFailure::Unreachable));
    // A portal whose authority we do not know.
    let mut unknown = right.clone();
    unknown["ca_files"] = json!([stranger.file(folder.path(), "stranger.pem")]);
    assert_eq!(ask(&service(unknown).unwrap().0).await, Err(CheckFailure::Unreachable));
    // A portal of another name.
    let (elsewhere, _) = portal.serve("portal.example", &ours);
    let mut other = right.clone();
    other["url"] = json!(elsewhere);
    assert_eq!(ask(&service(other).unwrap().0).await, Err(CheckFailure::Unreachable));
    assert_eq!(called.lock().unwrap().len(), 1, "nothing was asked of anybody else");
}

#[test]
fn refusals_name_the_setting() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = Authority::new("Broker").issue(folder.path(), "broker");
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    let url = "https://portal.example/check";
    for (all, says) in [
        (json!({"url": url}), "client_certificate: is missing"),
        (
            json!({"url": url, "client_certificate": "/nowhere.crt", "client_key": key}),
            "client_certificate: /nowhere.crt",
        ),
        (
            json!({"url": url, "client_certificate": certificate, "client_key": "/nowhere.key"}),
            "client_key: /nowhere.key",
        ),
        (json!({"url": url, "client_certificate": certificate, "client_key": empty}), "client_certificate: "),
        (
            json!({"url": url, "client_certificate": certificate, "client_key": key, "ca_files": [empty]}),
            "ca_files: ",
        ),
        (
            json!({"url": "http://portal.example/check", "http_on_loopback": true}),
            "url: http://portal.example/check must be an https",
        ),
        (json!({"url": "http://localhost/check"}), "url: http://localhost/check must be an https"),
        (json!({"url": "x"}), "url: x must be an https"),
    ] {
        let error = service(all.clone()).err().unwrap_or_else(|| panic!("{all} stands"));
        assert!(error.starts_with(says), "{error}");
    }
    let whole = json!({"url": url, "client_certificate": certificate, "client_key": key});
    assert!(service(whole).is_ok());
}
