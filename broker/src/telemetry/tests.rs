use super::logging::subscriber;
use super::*;
use crate::config::{LogFormat, LogSettings};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use broker_domain::ids::TraceId;
use broker_domain::secret::SeededEntropy;
use http::{Request, StatusCode};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt;

mod documents;

/// What was written to the log.
#[derive(Clone, Default)]
pub(super) struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Written {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

struct Bench {
    router: Router,
    metrics: Arc<Metrics>,
    heard: Arc<Mutex<Vec<RequestSummary>>>,
}

fn bench() -> Bench {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let into = heard.clone();
    let telemetry = Telemetry {
        metrics: Arc::default(),
        entropy: Arc::new(SeededEntropy::new(1)),
        patience: Duration::from_secs(2),
        observer: Some(Arc::new(move |s: &RequestSummary| into.lock().unwrap().push(s.clone()))),
        traces: None,
        proxies: vec!["10.0.0.0/8".parse().unwrap()],
    };
    let metrics = telemetry.metrics.clone();
    let router = Router::new()
        .route(
            "/login/{id}",
            get(|| async {
                sign(|| ());
                sign(|| ());
                add_upstream("vneid", Duration::from_millis(3));
                note_client("cong-x");
                note_code(1203);
                (StatusCode::BAD_REQUEST, "x")
            }),
        )
        .route("/slow", post(|| async { std::future::pending::<()>().await }))
        .route(
            "/trace",
            get(|axum::Extension(trace): axum::Extension<TraceId>| async move { trace.to_string() }),
        )
        .layer(axum::middleware::from_fn(move |request, next: axum::middleware::Next| {
            let telemetry = telemetry.clone();
            async move { observe(&telemetry, request, |request| next.run(request)).await }
        }));
    Bench { router, metrics, heard }
}

fn get_request(uri: &str) -> Request<Body> {
    Request::get(uri).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_request_is_summed_up_once() {
    let bench = bench();
    let answer = bench.router.clone().oneshot(get_request("/login/abc?code=geheim")).await.unwrap();
    let heard = bench.heard.lock().unwrap().clone();
    let [s] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((s.method, s.route.as_str(), s.status), ("GET", "/login/{id}", 400));
    assert_eq!((s.signatures, s.upstream_calls, s.upstream), (2, 1, Duration::from_millis(3)));
    assert_eq!((s.client.clone(), s.code), (Some("cong-x".to_owned()), Some(1203)));
    assert_eq!(answer.headers().get(TRACE_HEADER).unwrap(), s.trace.as_str());
    assert!(s.own > Duration::ZERO && s.total >= s.own);

    let text = bench.metrics.render();
    for line in [
        "broker_request_seconds_count{method=\"GET\",route=\"/login/{id}\",status=\"400\"} 1",
        "broker_signatures_total{route=\"/login/{id}\"} 2",
        "broker_answers_with_code_total{code=\"VB-1203\"} 1",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert!(!text.contains("geheim") && !text.contains("abc"));
}

#[tokio::test]
async fn unknown_paths_and_methods_do_not_reach_the_labels() {
    let bench = bench();
    let odd = Request::builder().method("GEHEIM").uri("/geheim").body(Body::empty()).unwrap();
    let _ = bench.router.clone().oneshot(odd).await.unwrap();
    let heard = bench.heard.lock().unwrap().clone();
    assert_eq!((heard[0].method, heard[0].route.as_str(), heard[0].status), ("OTHER", "none", 404));
}

#[tokio::test]
async fn a_client_that_goes_away_is_told_of() {
    let bench = bench();
    let request = Request::post("/slow").body(Body::empty()).unwrap();
    let waiting = bench.router.clone().oneshot(request);
    assert!(tokio::time::timeout(Duration::from_millis(20), waiting).await.is_err());
    assert_eq!(bench.heard.lock().unwrap()[0].status, 499);
}

#[tokio::test]
async fn a_trace_id_of_a_trusted_proxy_is_taken_over_when_well_formed() {
    let bench = bench();
    let own = "4bf92f3577b34da6a3ce929d0e0e4736";
    let good = format!("00-{own}-00f067aa0ba902b7-01");
    let cases = [
        (good.as_str(), Some("10.0.0.9:1"), true),
        (&good, Some("[::ffff:10.0.0.9]:1"), true),
        ("00-x\"y-1-1", Some("10.0.0.9:1"), false),
        // Anybody.
        (&good, Some("203.0.113.9:1"), false),
        (&good, None, false),
    ];
    for (header, peer, kept) in cases {
        let mut request = get_request("/trace");
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        }
        request.headers_mut().insert("traceparent", header.parse().unwrap());
        let answer = bench.router.clone().oneshot(request).await.unwrap();
        let told = answer.headers().get(TRACE_HEADER).unwrap().to_str().unwrap().to_owned();
        assert_eq!(told == own, kept, "{header} {peer:?}");
        assert_eq!(axum::body::to_bytes(answer.into_body(), 100).await.unwrap(), told);
    }
}

#[tokio::test]
async fn the_log_line_has_the_counts_and_no_secret() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let written = Written::default();
        let sink = written.clone();
        let log = subscriber(&LogSettings { format, level: "trace".to_owned() }, move || sink.clone());
        let guard = tracing::subscriber::set_default(log);
        let mut request = get_request("/login/abc?code=geheim-code&state=geheim-state");
        for (name, value) in
            [("cookie", "vb_session=geheim-cookie"), ("authorization", "Bearer geheim-token")]
        {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let _ = bench().router.oneshot(request).await.unwrap();
        drop(guard);
        let text = written.text();
        let lines: Vec<&str> = text.lines().filter(|l| l.contains("broker::request")).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert!(!text.contains("geheim") && !text.contains("abc"), "{text}");
        match format {
            LogFormat::Json => {
                let line: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
                assert_eq!(line["route"], "/login/{id}");
                assert_eq!(line["status"], 400);
                assert_eq!(line["client"], "cong-x");
                assert_eq!(line["code"], "VB-1203");
                assert_eq!(line["signatures"], 2);
                assert_eq!(line["upstream_us"], 3000);
                assert!(line["trace"].as_str().is_some_and(|t| t.len() == 32));
            }
            LogFormat::Text => {
                for part in [
                    "route=/login/{id}",
                    "status=400",
                    "client=\"cong-x\"",
                    "redis=0",
                    "sql=0",
                    "signatures=2",
                ] {
                    assert!(lines[0].contains(part), "{text}");
                }
            }
        }
    }
}

/// The line of one request with everything in it.
async fn request_line() -> serde_json::Value {
    let written = Written::default();
    let sink = written.clone();
    let settings = LogSettings { format: LogFormat::Json, level: "info".to_owned() };
    let guard = tracing::subscriber::set_default(subscriber(&settings, move || sink.clone()));
    let _ = bench().router.oneshot(get_request("/login/abc")).await.unwrap();
    drop(guard);
    serde_json::from_str(written.text().lines().next().unwrap()).unwrap()
}
