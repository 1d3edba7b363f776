//! The gateway for text messages.

use super::server::{Does, Server};
use crate::config::SmsSettings;
use crate::outward::{NoMessenger, SmsGateway};
use broker_domain::clock::{MockClock, Timestamp};
use broker_domain::ids::EventId;
use broker_domain::ports::{Messenger, MessengerFailure};
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn settings(url: &str, more: Value) -> SmsSettings {
    let mut all = json!({
        "gateway": url, "token": "a-token", "sender": "DVC", "system_authorities": false, "timeout_ms": 2000,
    });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}

fn gateway(url: &str, more: Value) -> (SmsGateway, Arc<MockClock>) {
    let clock = Arc::new(MockClock::at(Timestamp::from_secs(1_800_000_000)));
    (SmsGateway::new(&settings(url, more), clock.clone(), Arc::new(|_| {})).unwrap(), clock)
}

fn id() -> EventId {
    EventId::new("message-1")
}

fn good() -> Does {
    Does::Answer(202, "{}".to_owned())
}

#[tokio::test]
async fn a_message_is_handed_over() {
    let server = Server::that(vec![good()]).await;
    let (gateway, _) = gateway(&server.url, json!({}));
    gateway.send(&id(), "0912 000 001", "Mã xác nhận: 123456").await.unwrap();
    gateway.send(&id(), "+84912000001", "Mã xác nhận: 654321").await.unwrap();
    let seen = server.seen();
    let (head, body) = (&seen[0].head, &seen[0].body);
    assert!(
        head.starts_with("POST /messages HTTP/1.1") && head.contains("authorization: Bearer a-token"),
        "{head}"
    );
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(
        *body,
        json!({"to": "+84912000001", "text": "Mã xác nhận: 123456", "sender": "DVC", "id": "message-1"})
    );
}

#[rstest]
#[case(200, None)]
#[case(202, None)]
#[case(204, None)]
#[case(302, Some(MessengerFailure::BadStatus))]
#[case(400, Some(MessengerFailure::NotTaken))]
#[case(422, Some(MessengerFailure::NotTaken))]
#[case(401, Some(MessengerFailure::Refused))]
#[case(403, Some(MessengerFailure::Refused))]
#[case(404, Some(MessengerFailure::BadStatus))]
#[case(429, Some(MessengerFailure::Busy))]
#[case(500, Some(MessengerFailure::BadStatus))]
#[tokio::test]
async fn statuses(#[case] status: u16, #[case] failure: Option<MessengerFailure>) {
    let server = Server::that(vec![Does::Answer(status, String::new())]).await;
    let sent = gateway(&server.url, json!({})).0.send(&id(), "0912000001", "x").await;
    assert_eq!(sent.err(), failure);
    assert_eq!(server.seen().len(), 1, "it is not sent twice");
}

/// A broken connection and a gateway that is away for a moment: once more, under the same id.
#[rstest]
#[case(Does::Hangs)]
#[case(Does::Answer(503, String::new()))]
#[case(Does::Answer(502, String::new()))]
#[tokio::test]
async fn a_second_try_is_the_same_message(#[case] first: Does) {
    let server = Server::that(vec![first, good()]).await;
    gateway(&server.url, json!({})).0.send(&id(), "0912000001", "x").await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].body, seen[1].body);
}

#[tokio::test]
async fn it_has_its_time() {
    let server = Server::that(vec![Does::Late(Duration::from_secs(30))]).await;
    let sent = gateway(&server.url, json!({"timeout_ms": 100})).0.send(&id(), "0912000001", "x").await;
    assert_eq!(sent, Err(MessengerFailure::TimedOut));
}

#[tokio::test]
async fn nobody_there_a_long_answer_and_a_redirect() {
    let closed = gateway("http://127.0.0.1:1/", json!({})).0.send(&id(), "0912000001", "x").await;
    assert_eq!(closed, Err(MessengerFailure::Unreachable));
    let long = Server::that(vec![Does::Long(1024 * 1024)]).await;
    assert_eq!(
        gateway(&long.url, json!({})).0.send(&id(), "0912000001", "x").await,
        Err(MessengerFailure::Malformed)
    );
    let other = Server::that(vec![good()]).await;
    let away = Server::that(vec![Does::Redirect(other.url.clone())]).await;
    assert_eq!(
        gateway(&away.url, json!({})).0.send(&id(), "0912000001", "x").await,
        Err(MessengerFailure::BadStatus)
    );
    assert!(other.seen().is_empty(), "the token went elsewhere");
}

#[tokio::test]
async fn no_number_no_call() {
    let server = Server::that(vec![good()]).await;
    let (gateway, _) = gateway(&server.url, json!({}));
    for number in ["", "an@example.vn", "12345"] {
        assert_eq!(gateway.send(&id(), number, "x").await, Err(MessengerFailure::BadNumber));
    }
    assert!(server.seen().is_empty());
    assert_eq!(NoMessenger.send(&id(), "0912000001", "x").await, Err(MessengerFailure::NotConfigured));
}

/// After failures in a row nobody waits for it; after a while one call is let through.
#[tokio::test]
async fn a_circuit_opens_and_closes() {
    let ill = || Does::Answer(500, String::new());
    let server = Server::that(vec![ill(), ill(), good()]).await;
    let breaker = json!({"breaker": {"failures": 2, "within_secs": 60, "open_secs": 15}});
    let (gateway, clock) = gateway(&server.url, breaker);
    for _ in 0..2 {
        assert_eq!(gateway.send(&id(), "0912000001", "x").await, Err(MessengerFailure::BadStatus));
    }
    assert_eq!(gateway.send(&id(), "0912000001", "x").await, Err(MessengerFailure::CircuitOpen));
    assert_eq!(server.seen().len(), 2);
    clock.advance(16);
    gateway.send(&id(), "0912000001", "x").await.unwrap();
    gateway.send(&id(), "0912000001", "x").await.unwrap();
}

#[rstest]
#[case(json!({"token": null}), "token: is missing")]
#[case(json!({"token_file": "/nowhere"}), "token: stands beside token_file")]
#[case(json!({"token": null, "token_file": "/nowhere"}), "token_file: /nowhere")]
#[case(json!({"gateway": "http://sms.example/"}), "gateway: http://sms.example/ must be an https address")]
#[case(json!({"gateway": "http://localhost/", "http_on_loopback": false}), "gateway: ")]
#[case(json!({"ca_files": ["/nowhere.pem"]}), "ca_files: /nowhere.pem")]
fn refusals_name_the_setting(#[case] more: Value, #[case] says: &str) {
    let clock = Arc::new(MockClock::default());
    let made = SmsGateway::new(&settings("https://sms.example/", more), clock, Arc::new(|_| {}));
    let error = made.err().unwrap().to_string();
    assert!(error.starts_with(says) && !error.contains("a-token"), "{error}");
}
