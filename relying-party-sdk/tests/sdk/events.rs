//! Events of the broker: verified, taken once, pushed or fetched.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use relying_party_sdk::events::{EventHandler, EventReceiver, PortalEvent, ReceivedEvent, Taken};
use relying_party_sdk::web::event_routes;
use relying_party_sdk::{Error, StoreError};
use rstest::rstest;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::dossiers::Dossiers;
use crate::support::{Op, Site, key};

const LINKED: &str = "urn:identity-broker:event:account-linked";
const ALIAS: &str = "urn:identity-broker:event:subject-alias";
const UNLINKED: &str = "urn:identity-broker:event:account-unlinked";
const DISABLED: &str = "https://schemas.openid.net/secevent/risc/event-type/account-disabled";

/// Remembers what it was told, and fails when it is told to.
#[derive(Default)]
struct Heard {
    events: Mutex<Vec<ReceivedEvent>>,
    fails: Mutex<bool>,
}

impl Heard {
    fn count(&self) -> usize {
        self.events.lock().unwrap().len()
    }

    fn fail(&self, fails: bool) {
        *self.fails.lock().unwrap() = fails;
    }
}

#[async_trait]
impl EventHandler for Heard {
    async fn handle(&self, event: &ReceivedEvent) -> Result<(), StoreError> {
        if *self.fails.lock().unwrap() {
            return Err(StoreError("away".to_owned()));
        }
        self.events.lock().unwrap().push(event.clone());
        Ok(())
    }
}

fn receiver(op: &Op) -> (Arc<Heard>, EventReceiver) {
    let heard = Arc::new(Heard::default());
    let site = Site::new(op);
    (heard.clone(), EventReceiver::new(site.portal.relying_party(), heard))
}

fn linked() -> Value {
    json!({ LINKED: { "tech_id": "bd-2002" } })
}

async fn post(router: &Router, headers: &[(&str, &str)], body: String) -> (StatusCode, Value) {
    let mut request = Request::post("/events");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

const TOKEN_TYPE: (&str, &str) = ("content-type", "application/secevent+jwt");

#[tokio::test]
async fn each_event_is_read() {
    let op = Op::start().await;
    let (heard, receiver) = receiver(&op);
    let (subject, tech_id) = ("citizen-1".to_owned(), "bd-2002".to_owned());
    let cases = [
        (linked(), PortalEvent::AccountLinked { subject: subject.clone(), tech_id: tech_id.clone() }),
        (
            json!({ ALIAS: { "alias": "bd-2002" } }),
            PortalEvent::SubjectAlias { subject: subject.clone(), alias: tech_id.clone() },
        ),
        (
            json!({ UNLINKED: { "tech_id": "bd-2002", "reason": "mistake" } }),
            PortalEvent::AccountUnlinked { subject: subject.clone(), tech_id, reason: "mistake".to_owned() },
        ),
        (
            json!({ DISABLED: { "status": "deceased" } }),
            PortalEvent::AccountDisabled { subject, status: Some("deceased".to_owned()) },
        ),
        (json!({ "urn:new": {} }), PortalEvent::Unknown { uri: "urn:new".to_owned() }),
    ];
    for (n, (events, read)) in cases.into_iter().enumerate() {
        let token = op.event_token(&format!("jti-{n}"), events, |_| ());
        assert_eq!(receiver.receive(&token).await.unwrap(), Taken::New);
        let last = heard.events.lock().unwrap().last().unwrap().clone();
        assert_eq!((last.id, last.at), (format!("jti-{n}"), crate::support::START - 5));
        assert_eq!(last.events, [read]);
    }
}

#[rstest]
#[case(json!({ "iss": "https://evil.example" }), "invalid_issuer")]
#[case(json!({ "aud": "somebody" }), "invalid_audience")]
#[case(json!({ "aud": null }), "invalid_request")]
#[case(json!({ "jti": null }), "invalid_request")]
#[case(json!({ "iat": null }), "invalid_request")]
#[case(json!({ "sub_id": null }), "invalid_request")]
#[case(json!({ "sub_id": { "format": "email", "email": "a@b.example" } }), "invalid_request")]
#[case(json!({ "sub_id": { "format": "iss_sub", "iss": "https://evil.example", "sub": "citizen-1" } }), "invalid_request")]
#[case(json!({ "events": {} }), "invalid_request")]
#[case(json!({ "events": { LINKED: {} } }), "invalid_request")]
#[case(json!({ "events": { LINKED: "bd-2002" } }), "invalid_request")]
#[tokio::test]
async fn what_is_not_right_is_refused(#[case] bent: Value, #[case] word: &str) {
    let op = Op::start().await;
    let (heard, receiver) = receiver(&op);
    let token = op.event_token("jti-1", linked(), |claims| {
        for (member, value) in bent.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.remove(member)),
                value => drop(claims.insert(member.clone(), value.clone())),
            }
        }
    });
    assert!(matches!(receiver.receive(&token).await, Err(Error::Event(_))), "{bent}");
    let router = event_routes(&receiver, "/events");
    let (status, body) = post(&router, &[TOKEN_TYPE], token).await;
    assert_eq!((status, body["err"].as_str()), (StatusCode::BAD_REQUEST, Some(word)), "{bent}");
    assert_eq!(heard.count(), 0);
}

#[tokio::test]
async fn other_tokens_and_keys_are_refused() {
    let op = Op::start().await;
    let (heard, receiver) = receiver(&op);
    let now = crate::support::START;
    let claims = json!({
        "iss": op.issuer, "aud": crate::support::CLIENT, "iat": now, "jti": "j",
        "sub_id": { "format": "iss_sub", "iss": op.issuer, "sub": "citizen-1" }, "events": linked(),
    });
    for typ in [None, Some("JWT"), Some("logout+jwt")] {
        let token = key("ec-1").sign(typ, &claims).unwrap();
        assert!(matches!(receiver.receive(&token).await, Err(Error::Event(_))));
    }
    let router = event_routes(&receiver, "/events");
    let forged = key("ec-2").sign(Some("secevent+jwt"), &claims).unwrap();
    let (status, body) = post(&router, &[TOKEN_TYPE], forged).await;
    assert_eq!((status, body["err"].as_str()), (StatusCode::BAD_REQUEST, Some("invalid_key")));
    // Clocks that differ are no fault of the event: it comes again.
    for off in [-700, 300] {
        let token = op.event_token("jti-1", linked(), |c| {
            c.insert("iat".to_owned(), json!(now + off));
        });
        assert_eq!(post(&router, &[TOKEN_TYPE], token).await.0, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(heard.count(), 0);
}

#[tokio::test]
async fn a_push_is_taken_once_however_often_it_comes() {
    let op = Op::start().await;
    let (heard, receiver) = receiver(&op);
    let router = event_routes(&receiver, "/events");
    let token = op.event_token("jti-1", linked(), |_| ());
    heard.fail(true);
    assert_eq!(post(&router, &[TOKEN_TYPE], token.clone()).await.0, StatusCode::SERVICE_UNAVAILABLE);
    heard.fail(false);
    let posts: Vec<_> = (0..8)
        .map(|_| {
            let (router, token) = (router.clone(), token.clone());
            tokio::spawn(async move { post(&router, &[TOKEN_TYPE], token).await.0 })
        })
        .collect();
    for posted in posts {
        assert_eq!(posted.await.unwrap(), StatusCode::ACCEPTED);
    }
    // Sent again later, it is signed again.
    op.clock.advance(3600);
    let again = op.event_token("jti-1", linked(), |_| ());
    assert_eq!(receiver.receive(&again).await.unwrap(), Taken::Before);
    assert_eq!(heard.count(), 1);
}

#[tokio::test]
async fn only_the_broker_pushes() {
    let op = Op::start().await;
    let (heard, receiver) = receiver(&op);
    let router = event_routes(&receiver.bearer("the-token-of-the-broker"), "/events");
    let token = op.event_token("jti-1", linked(), |_| ());
    for authorization in [None, Some("Bearer another"), Some("Basic the-token-of-the-broker"), Some("Bearer")]
    {
        let mut headers = vec![TOKEN_TYPE];
        headers.extend(authorization.map(|value| ("authorization", value)));
        let (status, body) = post(&router, &headers, token.clone()).await;
        assert_eq!((status, body["err"].as_str()), (StatusCode::BAD_REQUEST, Some("authentication_failed")));
    }
    let right = ("authorization", "bearer the-token-of-the-broker");
    assert_eq!(
        post(&router, &[right, ("content-type", "text/plain")], token.clone()).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(post(&router, &[right, TOKEN_TYPE], token).await.0, StatusCode::ACCEPTED);
    assert_eq!(heard.count(), 1);
    assert_eq!(
        post(&router, &[right, TOKEN_TYPE], "x".repeat(40_000)).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn what_waits_is_fetched_and_acknowledged() {
    let op = Op::start().await;
    let (heard, receiver) = receiver(&op);
    let good = |id: &'static str| (id, op.event_token(id, linked(), |_| ()));
    let bad = op.event_token("jti-2", linked(), |c| {
        c.insert("aud".to_owned(), json!("somebody"));
    });
    op.events_wait(&[good("jti-1"), ("jti-2", bad), good("jti-3")]);
    assert_eq!(receiver.poll().await.unwrap(), 2);
    assert_eq!(heard.count(), 2);
    assert!(op.script(|script| script.waiting.is_empty()));
    let asked = op.received("/oauth2/events/poll");
    assert!(asked.iter().all(|one| one.headers["authorization"].to_str().unwrap().starts_with("Basic ")));
    assert!(asked.iter().any(|one| one.body.contains("invalid_audience")));
    assert_eq!(receiver.poll().await.unwrap(), 0);

    // What cannot be stored now stays, and what was taken before it is acknowledged.
    op.events_wait(&[good("jti-4"), good("jti-5")]);
    heard.fail(true);
    assert!(matches!(receiver.poll().await, Err(Error::Store(_))));
    heard.fail(false);
    assert_eq!(receiver.poll().await.unwrap(), 2);
    assert_eq!(heard.count(), 4);
}

#[tokio::test]
async fn the_sample_moves_its_dossiers_over() {
    let folder = std::env::temp_dir().join(format!("dossiers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (first, state) = (folder.join("first.json"), folder.join("state.json"));
    let dossiers = json!([
        { "owner": "bd-2002", "number": "H09-1", "title": "Giấy phép", "title#en": "Permit", "handed_in": "2023-03-09" },
        { "owner": "other", "number": "H09-2", "title": "Giấy phép", "title#en": "Permit", "handed_in": "2023-03-10" },
    ]);
    std::fs::write(&first, dossiers.to_string()).unwrap();
    let open = || Arc::new(Dossiers::open(Some(&first), Some(state.clone())).unwrap());
    let op = Op::start().await;
    let site = Site::new(&op);
    let kept = open();
    let receiver = EventReceiver::new(site.portal.relying_party(), kept.clone());
    assert!(kept.of("citizen-1").is_empty());
    for (id, events) in [("jti-1", linked()), ("jti-2", json!({ ALIAS: { "alias": "bd-2002" } }))] {
        receiver.receive(&op.event_token(id, events, |_| ())).await.unwrap();
        let moved = kept.of("citizen-1");
        assert_eq!((moved.len(), moved[0].moved_from.as_deref()), (1, Some("bd-2002")));
    }
    assert_eq!(open().of("citizen-1").len(), 1, "a restart forgets nothing");
    let ended = json!({ UNLINKED: { "tech_id": "bd-2002", "reason": "mistake" } });
    receiver.receive(&op.event_token("jti-3", ended, |_| ())).await.unwrap();
    assert!(kept.of("citizen-1").is_empty());
    assert_eq!((kept.of("bd-2002").len(), kept.of("other").len()), (1, 1));
    std::fs::remove_dir_all(folder).unwrap();
}
