//! Traces that a collector is sent.

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use support::collector::{Collector, attributes, hex};
use support::people::AN;
use support::{Browser, Call, Pair, for_both_stores};

/// The span of the request whose answer showed this trace id, and those below it.
fn trace(spans: &[Span], id: &str) -> (Span, Vec<Span>) {
    let mut of: Vec<Span> = spans.iter().filter(|s| hex(&s.trace_id) == id).cloned().collect();
    let whole = of
        .iter()
        .position(|s| s.kind == SpanKind::Server as i32)
        .unwrap_or_else(|| panic!("no {id}: {spans:?}"));
    (of.swap_remove(whole), of)
}

for_both_stores! {
    async fn a_login_leaves_traces_that_name_nobody(world: World) {
        let collector = Collector::start();
        let mut world = world;
        let headers = world.folder().join("headers");
        std::fs::write(&headers, "authorization: Bearer the-proof-of-the-broker\n").unwrap();
        world.settings.telemetry.endpoint = Some(collector.endpoint().to_owned());
        world.settings.telemetry.headers_file = Some(headers);
        world.settings.telemetry.traced_per_thousand = 1000;
        world.settings.telemetry.instance = Some("one".to_owned());
        world.settings.proxy.trusted = vec!["10.0.0.0/8".parse().unwrap()];
        let portal = world.portal().await;
        let mut app = world.second_instance().await;
        let sending = app.sending.take().unwrap();
        let (router, _, jobs) = app.start_jobs();
        let (portal, browser) = (portal.at(&router), Browser::new(router.clone(), world.issuer()));

        // The caller's trace and span are those above ours.
        let theirs = "4bf92f3577b34da6a3ce929d0e0e4736";
        let request = portal.request();
        let call = Call::get(request.path()).header("traceparent", format!("00-{theirs}-00f067aa0ba902b7-01"));
        let call = call.from("10.0.0.9");
        let begun = browser.send(call).await;
        assert_eq!(begun.header("x-trace-id"), Some(theirs));

        let to = world.to_vneid(&browser, &request).await;
        let callback = world.vneid.approve(&to, AN).await;
        let back = browser.visit(&callback).await;
        let returned = world.go_on(&browser, back.clone(), AN).await;
        let redeemed = portal.redeem(&returned.code(), &request).await;
        let tokens = support::tokens::Tokens::of(&redeemed);
        let info = portal.userinfo(&tokens.access).await.json();
        let wrong = Call::get("/no/such/page?secret=geheim").send(&router).await;
        let audit = collector.wait_for(|s| s.name == "job audit").await;
        jobs.stop().await.unwrap();
        sending.stop().await;
        let spans = collector.spans();

        let (whole, below) = trace(&spans, theirs);
        assert_eq!(whole.name, "GET /oauth2/authorize");
        assert_eq!(hex(&whole.parent_span_id), "00f067aa0ba902b7");
        let told = attributes(&whole.attributes);
        assert_eq!((told["http.route"].as_str(), told["http.request.method"].as_str()), ("/oauth2/authorize", "GET"));
        assert_eq!(told["http.response.status_code"], begun.status.to_string());
        assert_eq!(told["broker.client"], portal.id);
        assert!(!below.is_empty());

        // The way back from VNeID: each of its steps lies below it, and within its time.
        let (whole, below) = trace(&spans, back.header("x-trace-id").unwrap());
        assert_eq!((whole.name.as_str(), whole.parent_span_id.len()), ("GET /callback/vneid", 0));
        let (expiring, lasting) = match world.pair {
            Pair::Embedded => ("memory", "sqlite"),
            Pair::Production => ("redis", "postgresql"),
        };
        let system = |span: &Span| attributes(&span.attributes).get("db.system.name").cloned().unwrap_or_default();
        assert!(below.iter().any(|s| system(s) == expiring), "{below:?}");
        let statement = below.iter().find(|s| system(s) == lasting).unwrap();
        let place = attributes(&statement.attributes);
        assert!(place["code.file.path"].ends_with(".rs") && place["code.line.number"] != "0", "{place:?}");
        assert!(below.iter().any(|s| s.name == "call vneid-oidc" && attributes(&s.attributes)["service.peer.name"] == "vneid-oidc"));
        for span in &below {
            assert_eq!(span.parent_span_id, whole.span_id, "{span:?}");
            // The whole begins at a whole millisecond of the clock, and so do those below it.
            let within = whole.start_time_unix_nano..=whole.end_time_unix_nano;
            assert!(within.contains(&span.start_time_unix_nano) && within.contains(&span.end_time_unix_nano), "{span:?} {whole:?}");
        }
        let ids: BTreeSet<_> = spans.iter().map(|s| s.span_id.clone()).collect();
        assert_eq!(ids.len(), spans.len(), "each span has an id of its own");
        let (_, below) = trace(&spans, redeemed.header("x-trace-id").unwrap());
        assert!(below.iter().any(|s| s.name == "sign"), "{below:?}");
        let (whole, _) = trace(&spans, wrong.header("x-trace-id").unwrap());
        assert_eq!((whole.name.as_str(), attributes(&whole.attributes).get("http.route")), ("GET", None));
        assert!(audit.parent_span_id.is_empty() && audit.kind == SpanKind::Internal as i32);
        assert!(spans.iter().any(|s| s.parent_span_id == audit.span_id && s.trace_id == audit.trace_id));

        let resource = collector.resource();
        assert_eq!((resource["service.name"].as_str(), resource["service.instance.id"].as_str()), ("broker", "one"));
        for sent in collector.sent() {
            assert_eq!(sent.headers["authorization"], "Bearer the-proof-of-the-broker");
            assert_eq!(sent.headers["content-type"], "application/x-protobuf");
        }

        // Nobody's name, and no secret.
        let mut forbidden = vec!["geheim".to_owned(), "/no/such".to_owned(), AN.number.to_owned(), returned.code(), portal.secret.clone(), tokens.access.clone(), "NGUY".to_owned()];
        forbidden.extend(["state", "nonce"].map(|n| request.get(n).unwrap().to_owned()));
        forbidden.extend(browser.cookies().into_values().map(|v| v.rsplit('.').next().unwrap().to_owned()));
        forbidden.extend(["sub", "name", "birthdate", "phone_number", "email"].iter().filter_map(|n| info[n].as_str().map(str::to_owned)));
        for url in [&to, &callback] {
            let query = url::form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes());
            let values = query.filter(|(n, _)| ["state", "nonce", "code"].contains(&n.as_ref()));
            forbidden.extend(values.map(|(_, v)| v.rsplit('.').next().unwrap().to_owned()));
        }
        for sent in collector.sent() {
            let text = String::from_utf8_lossy(&sent.body).into_owned();
            for value in forbidden.iter().filter(|v| v.len() > 3) {
                assert!(!text.contains(value.as_str()), "a trace holds {value}");
            }
        }
    }

    /// Whoever signs in notices nothing, and what is lost is counted.
    async fn a_collector_that_is_away_hinders_nobody(world: World) {
        let mut world = world;
        // Nobody listens there, and nobody will.
        let kept = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        world.settings.telemetry.endpoint = Some(format!("http://{}/v1/traces", kept.local_addr().unwrap()));
        world.settings.telemetry.traced_per_thousand = 1000;
        let portal = world.portal().await;
        let mut app = world.second_instance().await;
        let sending = app.sending.take().unwrap();
        let browser = Browser::new(app.router.clone(), world.issuer());
        let tokens = world.tokens(&browser, &portal.at(&app.router), AN).await;
        assert_eq!(portal.at(&app.router).userinfo(&tokens.access).await.status, 200);
        // More than the queue holds.
        for _ in 0..3000 {
            assert_eq!(Call::get("/oauth2/jwks").send(&app.router).await.status, 200);
        }
        let began = Instant::now();
        sending.stop().await;
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
        let numbers = app.metrics.render();
        let dropped = numbers.lines().find_map(|l| l.strip_prefix("broker_trace_spans_dropped_total ")).unwrap();
        assert!(dropped.parse::<u64>().unwrap() >= 900, "{dropped}");
        assert!(numbers.contains("broker_trace_spans_sent_total 0\n"));
    }
}

/// The same request is traced by all instances or by none; about as many are as the settings say.
#[tokio::test]
async fn the_trace_id_decides_what_is_traced() {
    let collector = Collector::start();
    let mut world = support::World::start(Pair::Embedded, support::Options::default()).await;
    world.settings.telemetry.endpoint = Some(collector.endpoint().to_owned());
    world.settings.telemetry.traced_per_thousand = 250;
    world.settings.proxy.trusted = vec!["10.0.0.0/8".parse().unwrap()];
    let mut app = world.second_instance().await;
    let sending = app.sending.take().unwrap();
    for n in 0..400_u64 {
        let id =
            format!("{:032x}", (u128::from(n) << 64) | u128::from(n * 0x9e37_79b9 % (1 << 32)) | (1 << 40));
        let call = Call::get("/oauth2/jwks").header("traceparent", format!("00-{id}-00f067aa0ba902b7-00"));
        call.from("10.0.0.9").send(&app.router).await;
    }
    sending.stop().await;
    let kept = collector.spans();
    assert!((60..140).contains(&kept.len()), "{}", kept.len());
    assert!(kept.iter().all(|s| s.trace_id[12] < 64), "the lowest quarter");
}

/// Without a collector nothing is recorded.
#[tokio::test]
async fn without_a_collector_there_are_no_traces() {
    let world = support::World::start(Pair::Embedded, support::Options::default()).await;
    assert!(world.app.sending.is_none());
}
