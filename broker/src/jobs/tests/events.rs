use super::portals::{self, register};
use crate::app::testing::Bench;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{any, post};
use broker_domain::audit::AuditKind;
use broker_domain::ids::EventId;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{OutboxFilter, OutboxState, Queued};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a portal got, and what it will answer, last one first.
#[derive(Clone, Default)]
struct Portal(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    got: Vec<(HeaderMap, String)>,
    answers: Vec<(u16, &'static str)>,
}

impl Portal {
    async fn start(&self) -> u16 {
        let router = Router::new()
            .route("/events", post(receive))
            .route("/elsewhere", post(|| async { Redirect::temporary("/events") }))
            .route("/slow", any(|| async { tokio::time::sleep(Duration::from_secs(30)).await }))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        port
    }

    fn answers(&self, answers: &[(u16, &'static str)]) {
        self.0.lock().unwrap().answers = answers.iter().rev().copied().collect();
    }

    fn got(&self) -> Vec<(HeaderMap, String)> {
        self.0.lock().unwrap().got.clone()
    }
}

async fn receive(State(portal): State<Portal>, headers: HeaderMap, body: String) -> impl IntoResponse {
    let mut inner = portal.0.lock().unwrap();
    inner.got.push((headers, body));
    let (status, body) = inner.answers.pop().unwrap_or((202, ""));
    (StatusCode::from_u16(status).unwrap(), body)
}

const LOCAL: &str = "[logout]\nprivate_hosts_allowed = [\"localhost\"]\n[events]\ntimeout_secs = 1\nstuck_after_secs = 3600\n";

/// The ids of events that wait.
async fn put(bench: &Bench, client: &str, count: i64) -> Vec<EventId> {
    portals::put(bench, client, count).await.into_iter().map(|outgoing| outgoing.id).collect()
}

async fn waiting(bench: &Bench) -> Vec<Queued> {
    bench.app.broker.stores.outbox.list(&OutboxFilter::default(), 100).await.unwrap()
}

async fn deliver(bench: &Bench) -> usize {
    bench.app.jobs().deliver_fully(OutboxKind::Event).await.unwrap()
}

#[tokio::test]
async fn a_token_is_pushed_as_the_standard_says() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    register(&bench, "portal", &format!("http://localhost:{port}/events")).await;
    let ids = put(&bench, "portal", 3).await;
    assert_eq!(deliver(&bench).await, 3);
    assert!(waiting(&bench).await.is_empty());
    let got = portal.got();
    for ((headers, body), id) in got.iter().zip(&ids) {
        assert_eq!(headers["content-type"], "application/secevent+jwt");
        assert_eq!(headers["accept"], "application/json");
        assert_eq!(headers["authorization"], "Bearer the-token-of-this-portal");
        let verified = bench.app.broker.keyring.verify_own(body, Some("secevent+jwt")).unwrap();
        assert_eq!(verified.header.alg, "ES256");
        assert_eq!(verified.claims["jti"], id.as_str());
        assert!(verified.claims.get("exp").is_none() && verified.claims.get("sub").is_none());
    }
    bench.app.jobs().drain_audit_fully().await.unwrap();
    let entries = bench.app.broker.stores.audit.entries(0, 100).await.unwrap();
    let told = entries.into_iter().filter(|e| e.event.kind == AuditKind::EventsDelivered);
    let notes: Vec<String> = told.filter_map(|e| e.event.note).collect();
    assert_eq!(notes, ids.iter().map(|id| format!("{id} pushed")).collect::<Vec<_>>());
}

#[tokio::test]
async fn nothing_but_202_is_an_acknowledgement() {
    for (path, answers, why) in [
        ("/events", vec![(200, "")], "answered 200"),
        ("/events", vec![(500, "")], "answered 500"),
        ("/events", vec![(400, "no JSON")], "answered 400"),
        ("/events", vec![(400, r#"{"err": "invalid_key"}"#)], "refused: invalid_key"),
        ("/events", vec![(400, r#"{"err": "<script>"}"#)], "refused: other"),
        ("/events", vec![(401, "")], "answered 401"),
        ("/elsewhere", vec![], "answered 307"),
        ("/slow", vec![], "no answer in time"),
    ] {
        let bench = Bench::new(LOCAL).await;
        let portal = Portal::default();
        let port = portal.start().await;
        portal.answers(&answers);
        register(&bench, "portal", &format!("http://localhost:{port}{path}")).await;
        put(&bench, "portal", 2).await;
        assert_eq!(deliver(&bench).await, 1, "{why}");
        let left = waiting(&bench).await;
        assert_eq!((left.len(), left[0].attempts, left[1].attempts), (2, 1, 0), "{why}");
        assert_eq!(left[0].error.as_deref(), Some(why));
        assert_eq!(left[0].state, OutboxState::Waiting);
        if path == "/events" {
            bench.clock.advance(1);
            assert_eq!(deliver(&bench).await, 2, "{why}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_for_good_waits_and_holds_up_nothing() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    portal.answers(&[(400, r#"{"err": "invalid_audience", "description": "geheim"}"#)]);
    register(&bench, "portal", &format!("http://localhost:{port}/events")).await;
    let ids = put(&bench, "portal", 3).await;
    assert_eq!(deliver(&bench).await, 3);
    bench.clock.advance(1_000_000);
    assert_eq!(deliver(&bench).await, 0);
    let left = waiting(&bench).await;
    assert_eq!((left.len(), &left[0].outgoing.id, left[0].state), (1, &ids[0], OutboxState::Refused));
    assert_eq!(left[0].error.as_deref(), Some("refused: invalid_audience"));
    bench
        .app
        .broker
        .stores
        .outbox
        .retry(&OutboxFilter::default(), bench.app.broker.clock.now())
        .await
        .unwrap();
    assert_eq!(deliver(&bench).await, 1);
    assert!(waiting(&bench).await.is_empty());
}

#[tokio::test]
async fn it_is_tried_for_ever_and_seen_when_it_is_stuck() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    portal.answers(&[(503, ""); 30]);
    register(&bench, "portal", &format!("http://localhost:{port}/events")).await;
    put(&bench, "portal", 1).await;
    for n in 1..=30 {
        assert_eq!(deliver(&bench).await, 1, "attempt {n}");
        bench.clock.advance(3600);
    }
    bench.app.jobs().pulse().await.unwrap();
    let numbers = bench.app.metrics.render();
    assert!(
        numbers.contains("broker_outbox_waiting{kind=\"event\"} 1")
            && numbers.contains("broker_outbox_stuck{kind=\"event\"} 1")
    );
    assert!(
        numbers.contains("broker_outbox_deliveries_total{kind=\"event\",outcome=\"failed\"} 30"),
        "{numbers}"
    );
    assert_eq!(deliver(&bench).await, 1);
    assert!(waiting(&bench).await.is_empty());
}

#[tokio::test]
async fn neighbours_are_not_called() {
    let bench = Bench::new("").await;
    let portal = Portal::default();
    let port = portal.start().await;
    for (id, host) in [("by-name", "localhost"), ("by-address", "127.0.0.1")] {
        register(&bench, id, &format!("http://{host}:{port}/events")).await;
        put(&bench, id, 1).await;
    }
    assert_eq!(deliver(&bench).await, 2);
    assert!(portal.got().is_empty());
    assert!(waiting(&bench).await.iter().all(|w| w.error.as_deref().unwrap().contains("not public")));
}

#[tokio::test]
async fn a_portal_that_is_down_holds_up_no_other() {
    let bench = Bench::new(LOCAL).await;
    let portal = Portal::default();
    let port = portal.start().await;
    register(&bench, "down", "http://localhost:1/events").await;
    register(&bench, "up", &format!("http://localhost:{port}/events")).await;
    put(&bench, "down", 40).await;
    put(&bench, "up", 40).await;
    assert_eq!(deliver(&bench).await, 41);
    assert_eq!(portal.got().len(), 40);
    // Switched off, it is not told; switched on again, it is.
    let mut down = (*bench.app.broker.registry.find("down").unwrap()).clone();
    down.disabled_at = Some(bench.app.broker.clock.now());
    bench.app.broker.stores.registrations.replace(&down).await.unwrap();
    bench.app.jobs().reload_if_changed().await.unwrap();
    bench.clock.advance(100_000);
    assert_eq!(deliver(&bench).await, 0);
    assert_eq!(waiting(&bench).await.len(), 40);
}
