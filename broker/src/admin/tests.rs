use crate::app::testing::Bench;
use crate::server::Lifecycle;
use axum::Router;
use axum::body::{Body, to_bytes};
use broker_domain::ports::KeyState;
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

async fn get(router: &Router, path: &str) -> (u16, String) {
    let answer = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    (status, String::from_utf8(to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap())
}

async fn ready(router: &Router) -> (u16, Value) {
    let (status, body) = get(router, "/health/ready").await;
    (status, serde_json::from_str(&body).unwrap())
}

#[tokio::test]
async fn readiness_follows_the_stage_and_names_reasons() {
    let bench = Bench::new("").await;
    let (admin, lifecycle): (_, &Lifecycle) = (&bench.app.admin, &bench.app.lifecycle);
    assert_eq!(get(admin, "/health/live").await.0, 200);
    let (status, said) = ready(admin).await;
    assert_eq!((status, &said["reasons"]), (503, &json!(["the instance is still starting"])));
    lifecycle.serving();
    let (status, said) = ready(admin).await;
    assert_eq!((status, &said["ready"], &said["checks"]["lasting_store"]), (200, &json!(true), &json!("ok")));
    lifecycle.draining();
    lifecycle.serving();
    let (status, said) = ready(admin).await;
    assert_eq!((status, &said["checks"]["stage"]), (503, &json!("failed")));
    assert_eq!(get(admin, "/health/live").await.0, 200);
}

/// A thread that answers requests and is stuck answers nobody, whatever the others do.
#[tokio::test]
async fn an_instance_with_a_thread_that_is_stuck_is_not_ready() {
    let bench = Bench::new("").await;
    bench.app.lifecycle.serving();
    let well = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    bench.app.guard.runtimes().add(well.handle().clone());
    assert_eq!(ready(&bench.app.admin).await.0, 200);
    // Nobody drives this one.
    let stuck = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    bench.app.guard.runtimes().add(stuck.handle().clone());
    let (status, said) = ready(&bench.app.admin).await;
    assert_eq!((status, &said["checks"]["expiring_store"]), (503, &json!("failed")), "{said}");
    well.shutdown_background();
    stuck.shutdown_background();
}

#[tokio::test]
async fn an_instance_without_keys_or_without_its_database_is_not_ready() {
    let bench = Bench::new("").await;
    bench.app.lifecycle.serving();
    let broker = &bench.app.broker;
    let stored = broker.stores.keys.keys().await.unwrap();
    let states: Vec<_> = stored.iter().map(|k| (k.kid.clone(), k.state)).collect();
    let retired: Vec<_> = stored.iter().map(|k| (k.kid.clone(), KeyState::Retired)).collect();
    assert!(broker.stores.keys.change(&states, &[], &retired, broker.clock.now()).await.unwrap());
    broker.keyring.reload(&*broker.stores.keys).await.unwrap();
    let (status, said) = ready(&bench.app.admin).await;
    assert_eq!((status, &said["reasons"]), (503, &json!(["a signing key is missing"])));

    std::fs::write(bench.folder.path().join("broker.db"), "no database").unwrap();
    let _ = std::fs::remove_file(bench.folder.path().join("broker.db-wal"));
    let (status, said) = ready(&bench.app.admin).await;
    assert_eq!(status, 503);
    assert!(!said.to_string().contains("broker.db"), "{said}");
}

#[tokio::test]
async fn the_numbers_are_those_of_the_requests() {
    let bench = Bench::new("").await;
    let request = Request::get("/oauth2/jwks?x=geheim").body(Body::empty()).unwrap();
    let answer = bench.app.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    bench.app.jobs().pulse().await.unwrap();
    let (status, text) = get(&bench.app.admin, "/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "broker_request_seconds_count{method=\"GET\",route=\"/oauth2/jwks\",status=\"200\"} 1",
        "broker_signing_keys{state=\"current\"} 3",
        "broker_requests_in_hand 0",
        "broker_signing_key_since_timestamp_seconds{alg=\"RS256\"} 1800000000",
        "broker_build_info{version=\"0.1.0\"} 1",
        "broker_ready 0",
        "broker_check_ok{check=\"stage\"} 0",
        "broker_check_ok{check=\"lasting_store\"} 1",
        "# TYPE process_cpu_seconds_total counter",
        "process_resident_memory_bytes ",
        "process_open_fds ",
        "process_max_fds ",
        "process_start_time_seconds 1800000000",
        "# HELP broker_clients registered clients held in memory",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("geheim"));
    let heard = bench.heard.lock().unwrap().clone();
    assert_eq!((heard[0].redis_round_trips, heard[0].sql_statements, heard[0].signatures), (0, 0, 0));
    assert_eq!(answer.headers()["x-trace-id"], heard[0].trace.as_str());
}
