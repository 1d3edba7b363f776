use crate::app::testing::Bench;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{any, post};
use broker_domain::audit::AuditKind;
use broker_domain::client::Client;
use broker_domain::clock::Clock;
use broker_domain::form::Form;
use broker_domain::ids::{EventId, SessionId};
use broker_domain::logout::LogoutNotice;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::OutboxCounts;
use broker_domain::subject::Subject;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a portal got, and the statuses it will answer, last one first.
#[derive(Clone, Default)]
struct Portal(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    /// Content type and body.
    got: Vec<(String, String)>,
    answers: Vec<u16>,
}

impl Portal {
    async fn start(&self) -> SocketAddr {
        let router = Router::new()
            .route("/logout", post(receive))
            .route("/elsewhere", post(|| async { Redirect::temporary("/logout") }))
            .route("/slow", any(|| async { tokio::time::sleep(Duration::from_secs(30)).await }))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    fn answers(&self, statuses: &[u16]) {
        self.0.lock().unwrap().answers = statuses.iter().rev().copied().collect();
    }

    fn got(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap().got.clone()
    }
}

async fn receive(State(portal): State<Portal>, headers: HeaderMap, body: String) -> impl IntoResponse {
    let mut inner = portal.0.lock().unwrap();
    inner.got.push((headers["content-type"].to_str().unwrap().to_owned(), body));
    StatusCode::from_u16(inner.answers.pop().unwrap_or(200)).unwrap()
}

async fn portal_client(bench: &Bench, id: &str, uri: &str) -> Client {
    let client = bench
        .register(json!({
            "client_id": id, "client_name": "Cổng", "redirect_uris": ["https://rp.example/cb"],
            "backchannel_logout_uri": uri, "id_token_signed_response_alg": "ES256",
        }))
        .await;
    bench.app.jobs().reload_if_changed().await.unwrap();
    client
}

async fn push(bench: &Bench, client: &Client) -> LogoutNotice {
    let broker = &bench.app.broker;
    let notice = LogoutNotice {
        id: EventId::generate(&*broker.entropy),
        client: client.id.clone(),
        subject: Subject::new("sub-1"),
        sid: SessionId::generate(&*broker.entropy),
        at: broker.clock.now(),
    };
    broker.stores.outbox.push(&[notice.clone().into()], None).await.unwrap();
    notice
}

async fn audited(bench: &Bench) -> Vec<(AuditKind, Option<String>)> {
    bench.app.jobs().drain_audit_fully().await.unwrap();
    let entries = bench.app.broker.stores.audit.entries(0, 100).await.unwrap();
    let kinds = [AuditKind::LogoutDelivered, AuditKind::LogoutGivenUp];
    entries
        .into_iter()
        .filter(|e| kinds.contains(&e.event.kind))
        .map(|e| (e.event.kind, e.event.note))
        .collect()
}

fn claims(bench: &Bench, body: &str) -> Value {
    let form = Form::parse(body.as_bytes()).unwrap();
    let token = form.get("logout_token").unwrap().to_owned();
    let verified = bench.app.broker.keyring.verify_own(&token, Some("logout+jwt")).unwrap();
    assert_eq!((verified.header.alg.as_str(), verified.header.typ.as_deref()), ("ES256", Some("logout+jwt")));
    Value::Object(verified.claims)
}

const LOCAL: &str = "[logout]\nprivate_hosts_allowed = [\"localhost\"]\ntimeout_secs = 1\nattempts = 3\n";

#[tokio::test]
async fn a_token_is_delivered_after_failures_by_the_back_off() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await.port();
    let client = portal_client(&bench, "portal", &format!("http://localhost:{port}/logout?x=1")).await;
    let notice = push(&bench, &client).await;
    portal.answers(&[503, 400, 204]);
    let jobs = bench.app.jobs();

    assert_eq!(jobs.deliver(OutboxKind::Logout).await.unwrap(), 1);
    assert_eq!(jobs.deliver(OutboxKind::Logout).await.unwrap(), 0);
    bench.clock.advance(1);
    assert_eq!(jobs.deliver(OutboxKind::Logout).await.unwrap(), 1);
    bench.clock.advance(4);
    assert_eq!(jobs.deliver(OutboxKind::Logout).await.unwrap(), 0);
    assert!(audited(&bench).await.is_empty());
    bench.clock.advance(1);
    assert_eq!(jobs.deliver(OutboxKind::Logout).await.unwrap(), 1);
    bench.clock.advance(10_000);
    assert_eq!(jobs.deliver(OutboxKind::Logout).await.unwrap(), 0);

    let got = portal.got();
    assert_eq!(got.len(), 3);
    let mut ids = Vec::new();
    for (kind, body) in &got {
        assert_eq!(kind, "application/x-www-form-urlencoded");
        let c = claims(&bench, body);
        let mut names: Vec<&str> = c.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"]);
        assert_eq!((&c["iss"], &c["aud"]), (&json!("http://localhost:8080"), &json!("portal")));
        assert_eq!((&c["sid"], &c["sub"]), (&json!(notice.sid.as_str()), &json!("sub-1")));
        assert_eq!(c["events"], json!({"http://schemas.openid.net/event/backchannel-logout": {}}));
        assert!(c["exp"].as_i64().unwrap() - c["iat"].as_i64().unwrap() == 120);
        ids.push(c["jti"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.first().unwrap(), notice.id.as_str());
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert_eq!(audited(&bench).await, [(AuditKind::LogoutDelivered, None)]);
    let counts = bench.app.broker.stores.outbox.counts(bench.clock.now()).await.unwrap();
    assert!(counts.iter().all(|(_, counts)| *counts == OutboxCounts::default()));
}

#[tokio::test]
async fn what_cannot_be_delivered_is_given_up_and_seen() {
    for (path, answers, why) in [
        ("/logout", vec![500, 500, 500], "answered 500"),
        ("/elsewhere", vec![], "answered 307"),
        ("/slow", vec![], "no answer in time"),
    ] {
        let bench = Bench::new(LOCAL).await;
        let portal = Portal::default();
        let port = portal.start().await.port();
        portal.answers(&answers);
        let client = portal_client(&bench, "portal", &format!("http://localhost:{port}{path}")).await;
        push(&bench, &client).await;
        for _ in 0..3 {
            assert_eq!(bench.app.jobs().deliver(OutboxKind::Logout).await.unwrap(), 1);
            bench.clock.advance(3600);
        }
        assert_eq!(bench.app.jobs().deliver(OutboxKind::Logout).await.unwrap(), 0);
        assert_eq!(audited(&bench).await, [(AuditKind::LogoutGivenUp, Some(why.to_owned()))]);
        bench.app.jobs().pulse().await.unwrap();
        let numbers = bench.app.metrics.render();
        assert!(numbers.contains("broker_outbox_given_up{kind=\"logout\"} 1"), "{numbers}");
        assert!(
            numbers.contains("broker_outbox_deliveries_total{kind=\"logout\",outcome=\"given_up\"} 1"),
            "{numbers}"
        );
    }
}

#[tokio::test]
async fn neighbours_are_not_called_unless_named() {
    let bench = Bench::new("[logout]\nattempts = 1\n").await;
    let portal = Portal::default();
    let port = portal.start().await.port();
    for host in ["localhost", "127.0.0.1"] {
        let client =
            portal_client(&bench, &host.replace('.', "-"), &format!("http://{host}:{port}/logout")).await;
        push(&bench, &client).await;
    }
    assert_eq!(bench.app.jobs().deliver(OutboxKind::Logout).await.unwrap(), 2);
    assert!(portal.got().is_empty());
    let audited = audited(&bench).await;
    assert_eq!(audited.len(), 2);
    assert!(
        audited.iter().all(|(_, why)| why.as_ref().unwrap().starts_with("the host's address is not public"))
    );
}

#[tokio::test]
async fn a_slow_portal_holds_up_no_other() {
    let bench = Bench::new("[logout]\nprivate_hosts_allowed = [\"localhost\"]\ntimeout_secs = 20\n").await;
    let portal = Portal::default();
    let port = portal.start().await.port();
    let slow = portal_client(&bench, "slow", &format!("http://localhost:{port}/slow")).await;
    let quick = portal_client(&bench, "quick", &format!("http://localhost:{port}/logout")).await;
    push(&bench, &slow).await;
    let (_, _, jobs) = {
        let notice_bench = &bench;
        push(notice_bench, &quick).await;
        bench.app.start_jobs()
    };
    let began = Instant::now();
    while portal.got().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(3), "held up");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(jobs);
}
