//! Calls: what is tried again and what never, limits, and the circuit breaker.

use crate::at_vneid::AtVneid;
use crate::{REDIRECT, ask, binding, now};
use broker_domain::clock::Timestamp;
use broker_domain::ports::Upstream;
use broker_domain::upstream::Health;
use broker_domain::upstream::UpstreamFailure::{self, *};
use mock_vneid::{Endpoint, Fault};
use rstest::rstest;
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn questions_are_asked_once_more() {
    let vneid = AtVneid::plain(json!({})).await;
    vneid.mock.claims_in_id_token(false);
    for fault in [502, 503, 504].map(|status| Fault::Status { status }).into_iter().chain([Fault::Cut]) {
        let at = vneid.anew(json!({}));
        for endpoint in [Endpoint::Discovery, Endpoint::Jwks, Endpoint::Userinfo] {
            at.mock.fault(endpoint, fault.clone(), Some(1));
        }
        at.sign_in(false).await.unwrap();
        assert_eq!(
            (at.count("/openid-configuration"), at.count("/jwks"), at.count("/userinfo")),
            (2, 2, 2),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn codes_are_never_sent_twice() {
    let cases = [
        (Fault::Status { status: 502 }, BadStatus),
        (Fault::Status { status: 503 }, Busy),
        (Fault::Cut, Unreachable),
    ];
    for vneid in [AtVneid::plain(json!({})).await, AtVneid::sealed(true, json!({})).await] {
        for (fault, failure) in &cases {
            let at = vneid.anew(json!({}));
            at.mock.fault(Endpoint::Token, fault.clone(), Some(1));
            assert_eq!(at.sign_in(false).await.unwrap_err(), *failure);
            assert_eq!(at.count("/token"), 1);
        }
    }
}

#[tokio::test]
async fn what_is_not_passing_is_asked_once() {
    let at = AtVneid::plain(json!({})).await;
    at.mock.fault(Endpoint::Discovery, Fault::Status { status: 500 }, Some(1));
    assert_eq!(at.sign_in(false).await.unwrap_err(), BadStatus);
    assert_eq!(at.count("/openid-configuration"), 1);
}

#[tokio::test]
async fn nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let at = elsewhere(&format!("http://127.0.0.1:{port}"), json!({}));
    assert_eq!(begin(&*at, now()).await.unwrap_err(), Unreachable);
}

/// Answers every request with these bytes, and counts connections.
async fn server(bytes: &'static [u8]) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicU32::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let _ = socket.read(&mut [0u8; 4096]).await;
                for chunk in bytes.chunks(1000) {
                    if socket.write_all(chunk).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                tokio::time::sleep(Duration::from_secs(30)).await;
            });
        }
    });
    (base, count)
}

#[rstest]
#[case::silence(b"", TimedOut)]
#[case::never_ends(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", TimedOut)]
#[case::says_that_it_is_endless(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000000\r\n\r\n{", TooLarge)]
#[case::no_http(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", Unreachable)]
#[case::redirect(
    b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    BadStatus
)]
#[case::not_an_object(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", Malformed)]
#[tokio::test]
async fn odd_servers(#[case] bytes: &'static [u8], #[case] failure: UpstreamFailure) {
    let (base, _) = server(bytes).await;
    let at = elsewhere(&base, json!({"total_timeout_ms": 400}));
    let begun = Instant::now();
    assert_eq!(begin(&*at, now()).await.unwrap_err(), failure);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_body_that_drips_is_cut_at_the_limit_of_time() {
    static DRIP: [u8; 60_000] = [b' '; 60_000];
    let body: &'static [u8] = Box::leak(
        [b"HTTP/1.1 200 OK\r\ncontent-length: 90000\r\n\r\n".as_slice(), &DRIP].concat().into_boxed_slice(),
    );
    let (base, count) = server(body).await;
    let at = elsewhere(&base, json!({"total_timeout_ms": 300}));
    assert_eq!(begin(&*at, now()).await.unwrap_err(), TimedOut);
    assert_eq!(count.load(Ordering::SeqCst), 1, "both tries together have one limit");
}

#[tokio::test]
async fn all_calls_of_a_sign_in_have_one_limit() {
    let at = AtVneid::plain(json!({"exchange_timeout_ms": 700})).await;
    at.mock.claims_in_id_token(false);
    for endpoint in [Endpoint::Jwks, Endpoint::Token, Endpoint::Userinfo] {
        at.mock.fault(endpoint, Fault::Delay { ms: 400 }, None);
    }
    let begun = Instant::now();
    assert_eq!(at.sign_in(false).await.unwrap_err(), TimedOut);
    assert!(begun.elapsed() < Duration::from_millis(1500));
}

#[tokio::test]
async fn the_time_of_each_call_is_told() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let at = AtVneid::plain(json!({})).await;
    let keep = told.clone();
    let settings = serde_json::from_value(json!({
        "id": "v", "dialect": "oidc", "issuer": at.mock.issuer(), "client_id": "broker", "client_secret": crate::at_vneid::SECRET,
        "total_timeout_ms": 200, "system_authorities": false,
    }));
    let upstream =
        broker_vneid::build(&settings.unwrap(), Arc::new(move |time| keep.lock().unwrap().push(time)))
            .unwrap();
    let at = AtVneid { upstream, ..at };
    at.sign_in(false).await.unwrap();
    assert_eq!(told.lock().unwrap().len(), 3, "discovery, token, keys");
    at.mock.fault(Endpoint::Token, Fault::Delay { ms: 1000 }, None);
    assert_eq!(at.sign_in(false).await.unwrap_err(), TimedOut);
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 4);
    assert!(told[3] >= Duration::from_millis(150), "also of a call that nobody waited for to the end");
}

async fn begin(upstream: &dyn Upstream, now: Timestamp) -> Result<String, UpstreamFailure> {
    upstream.begin(&ask(false), &binding(false), REDIRECT, now).await
}

/// An upstream at an address where no stand-in is.
fn elsewhere(issuer: &str, changes: serde_json::Value) -> Arc<dyn Upstream> {
    let base =
        json!({"id": "v", "dialect": "oidc", "issuer": issuer, "client_id": "broker", "client_secret": "s"});
    crate::upstream(base, &changes)
}

async fn fail(at: &AtVneid, now: Timestamp) -> UpstreamFailure {
    at.upstream.complete("code=c", &binding(false), REDIRECT, now).await.unwrap_err()
}

#[tokio::test]
async fn the_breaker_opens_probes_and_closes() {
    let changes = json!({"breaker": {"failures": 3, "open_secs": 10}});
    for at in [AtVneid::plain(changes.clone()).await, AtVneid::sealed(false, changes).await] {
        let start = now();
        begin(&*at.upstream, start).await.unwrap();
        at.mock.fault(Endpoint::Token, Fault::Status { status: 500 }, None);
        for _ in 0..3 {
            assert_eq!(at.upstream.health(), Health::Closed);
            assert_eq!(fail(&at, start).await, BadStatus);
        }
        assert_eq!(at.upstream.health(), Health::Open);
        assert_eq!(begin(&*at.upstream, start.plus_secs(5)).await.unwrap_err(), CircuitOpen);
        assert_eq!(fail(&at, start.plus_secs(5)).await, CircuitOpen);
        assert_eq!(at.count("/token"), 3, "nobody is asked while it is open");
        assert_eq!(at.upstream.end_session_url("http://localhost:8080/bye").await, None);
        // After the cool-down one citizen is sent, and one comes back.
        let later = start.plus_secs(11);
        begin(&*at.upstream, later).await.unwrap();
        assert_eq!(begin(&*at.upstream, later).await.unwrap_err(), CircuitOpen);
        assert_eq!(at.upstream.health(), Health::HalfOpen);
        assert_eq!(fail(&at, later).await, BadStatus);
        assert_eq!(begin(&*at.upstream, later).await.unwrap_err(), CircuitOpen);
        // It is well again: an answer closes the circuit, also one that says no.
        at.mock.clear_faults();
        assert_eq!(fail(&at, later.plus_secs(11)).await, CodeRefused);
        assert_eq!(at.upstream.health(), Health::Closed);
        begin(&*at.upstream, later.plus_secs(11)).await.unwrap();
        begin(&*at.upstream, later.plus_secs(11)).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_browser_carries_opens_nothing() {
    let at = AtVneid::plain(json!({"breaker": {"failures": 1}})).await;
    for query in
        ["error=temporarily_unavailable", "error=server_error", "code=", "state=x", "%", "code=a&code=b"]
    {
        assert!(at.complete(query, &binding(false)).await.is_err());
        assert_eq!(at.upstream.health(), Health::Closed, "{query}");
    }
    let at = AtVneid::sealed(true, json!({"breaker": {"failures": 1}})).await;
    assert_eq!(at.complete("code=AAAA&encrypt_key=AAAA", &binding(false)).await.unwrap_err(), SealBroken);
    assert_eq!(at.upstream.health(), Health::Closed);
}

#[tokio::test]
async fn a_sign_in_that_is_given_up_makes_room_for_the_next() {
    let at = AtVneid::plain(json!({"breaker": {"failures": 1, "open_secs": 10}})).await;
    let start = now();
    begin(&*at.upstream, start).await.unwrap();
    at.mock.fault(Endpoint::Token, Fault::Status { status: 500 }, Some(1));
    assert_eq!(fail(&at, start).await, BadStatus);
    at.mock.fault(Endpoint::Token, Fault::Delay { ms: 800 }, None);
    let later = start.plus_secs(11);
    let given_up = tokio::time::timeout(Duration::from_millis(100), fail(&at, later)).await;
    assert!(given_up.is_err());
    assert_eq!(fail(&at, later).await, CodeRefused);
    assert_eq!(at.upstream.health(), Health::Closed);
}

#[tokio::test]
async fn an_unreachable_upstream_opens_the_breaker_when_citizens_are_sent() {
    let at = elsewhere("http://127.0.0.1:1", json!({"breaker": {"failures": 2}}));
    let start = now();
    assert_eq!(begin(&*at, start).await.unwrap_err(), Unreachable);
    assert_eq!(begin(&*at, start).await.unwrap_err(), Unreachable);
    assert_eq!(begin(&*at, start).await.unwrap_err(), CircuitOpen);
}
