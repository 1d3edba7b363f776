mod hostile;

use super::*;
use crate::config::load;
use crate::telemetry::Metrics;
use axum::extract::ConnectInfo;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

const BASIC: &str = "issuer = \"http://localhost\"\n[listen]\naddress = \"127.0.0.1:0\"\n[admin]\naddress = \"127.0.0.1:0\"\n";

struct Running {
    public: SocketAddr,
    admin: SocketAddr,
    lifecycle: Lifecycle,
    stop: Option<oneshot::Sender<()>>,
    served: tokio::task::JoinHandle<io::Result<()>>,
}

impl Running {
    async fn start(folder: &Path, toml: &str) -> Self {
        Self::start_with(&folder.join("broker.toml"), &format!("{BASIC}{toml}")).await
    }

    async fn start_with(file: &Path, toml: &str) -> Self {
        std::fs::write(file, toml).unwrap();
        let settings = load(Some(file), &[]).unwrap();
        let lifecycle = Lifecycle::default();
        lifecycle.serving();
        let guard = Guard::new(
            &settings.limits,
            Arc::new(Metrics::new()),
            lifecycle.clone(),
            Arc::new(|refused, request| format!("{refused:?} {}", request.uri.path()).into_response()),
        );
        let own = guard.clone();
        let public = Router::new()
            .route(
                "/",
                get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
            )
            .route("/thread", get(async || std::thread::current().name().unwrap_or_default().to_owned()))
            .route("/slow", get(|| async { tokio::time::sleep(Duration::from_millis(400)).await }))
            .route("/never", get(|| async { std::future::pending::<()>().await }))
            .route("/broken", get(|| async { [(); 0].first().copied().unwrap() }))
            .route("/oauth2/token", post(|body: axum::body::Bytes| async move { body.len().to_string() }))
            .layer(axum::middleware::from_fn(move |request, next: axum::middleware::Next| {
                let guard = guard.clone();
                async move { protect(&guard, request, |request| next.run(request)).await }
            }));
        let admin = Router::new().route("/health/live", get(|| async { "ok" }));
        let listeners = Listeners::open(&settings, &own).await.unwrap();
        let (public_at, admin_at) = (listeners.public_address(), listeners.admin_address());
        let (stop, stopped) = oneshot::channel::<()>();
        let own = lifecycle.clone();
        let served = tokio::spawn(async move {
            listeners
                .serve(public, admin, &own, async {
                    let _ = stopped.await;
                })
                .await
        });
        Self { public: public_at, admin: admin_at, lifecycle, stop: Some(stop), served }
    }

    async fn raw(&self, text: &str) -> String {
        let mut stream = TcpStream::connect(self.public).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut out = String::new();
        stream.read_to_string(&mut out).await.unwrap();
        out
    }
}

#[tokio::test]
async fn old_and_odd_http_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let run = Running::start(folder.path(), "").await;
    let answer = run.raw("GET / HTTP/1.0\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 200") && answer.ends_with("127.0.0.1"), "{answer}");
    let chunked = "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    assert!(run.raw(chunked).await.ends_with("3"));
    let patient = "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc";
    let answer = run.raw(patient).await;
    assert!(answer.starts_with("HTTP/1.1 100 Continue\r\n") && answer.ends_with("3"), "{answer}");
}

/// A connection stays with one thread, and goes to the one that has fewest.
#[tokio::test]
async fn connections_are_spread_over_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broker.toml");
    let three = BASIC.replace("[admin]", "threads = 3\n[admin]");
    let run = Running::start_with(&file, &three).await;
    let ask = async |stream: &mut TcpStream| {
        stream.write_all(b"GET /thread HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut read = [0; 1024];
        let count = stream.read(&mut read).await.unwrap();
        String::from_utf8_lossy(&read[..count]).rsplit("\r\n").next().unwrap().to_owned()
    };
    let mut open = Vec::new();
    for _ in 0..6 {
        let mut stream = TcpStream::connect(run.public).await.unwrap();
        open.push((ask(&mut stream).await, stream));
    }
    let mut names: Vec<String> = open.iter().map(|(name, _)| name.clone()).collect();
    names.sort();
    let each = ["requests-0", "requests-1", "requests-2"];
    assert_eq!(names, [each[0], each[0], each[1], each[1], each[2], each[2]]);
    for (name, stream) in &mut open {
        assert_eq!(ask(stream).await, *name);
    }
    // Who goes makes room where they were.
    open.retain(|(name, _)| name != "requests-1");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut stream = TcpStream::connect(run.public).await.unwrap();
    assert_eq!(ask(&mut stream).await, "requests-1");
}

#[tokio::test]
async fn limits_hold() {
    let folder = tempfile::tempdir().unwrap();
    let toml = "[limits]\nmax_in_flight = 1\nrequest_timeout_secs = 1\nheader_timeout_secs = 1\nmax_body_bytes = 4096\n";
    let run = Running::start(folder.path(), toml).await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    // One in hand: the next is refused at once, and told when to come again.
    let (never, quick) = (get("/never"), get("/"));
    let began = Instant::now();
    let (timed_out, refused) = tokio::join!(run.raw(&never), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let asked = Instant::now();
        let answer = run.raw(&quick).await;
        assert!(asked.elapsed() < Duration::from_millis(500));
        answer
    });
    assert!(
        refused.starts_with("HTTP/1.1 503")
            && refused.contains("retry-after: 1")
            && refused.ends_with("Overloaded /"),
        "{refused}"
    );
    assert!(timed_out.starts_with("HTTP/1.1 503") && began.elapsed() < Duration::from_secs(3), "{timed_out}");

    // A panic ends its request only.
    assert!(run.raw(&get("/broken")).await.starts_with("HTTP/1.1 500"));
    assert!(run.raw(&get("/")).await.starts_with("HTTP/1.1 200"));

    // Programs get JSON.
    let large = format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4097\r\n\r\n{}",
        "x".repeat(4097)
    );
    let answer = run.raw(&large).await;
    assert!(
        answer.starts_with("HTTP/1.1 413") && answer.ends_with("{\"error\":\"invalid_request\"}"),
        "{answer}"
    );
    let chunk = "x".repeat(4097);
    let sneaky = format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1001\r\n{chunk}\r\n0\r\n\r\n"
    );
    assert!(run.raw(&sneaky).await.starts_with("HTTP/1.1 413"));

    // Who sends nothing, or only half of a head, is shown out.
    for half in ["", "GET / HTTP/1.1\r\nHo"] {
        let began = Instant::now();
        let answer = run.raw(half).await;
        assert!(began.elapsed() < Duration::from_secs(3) && !answer.contains("200"), "{answer}");
    }
}

#[tokio::test]
async fn a_stop_loses_no_request() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = Running::start(folder.path(), "[limits]\ndrain_secs = 1\n").await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = |path: &str| format!("http://{}{path}", run.public);
    // A connection that stays open between requests, and one that is accepted but silent so far.
    assert_eq!(client.get(url("/")).send().await.unwrap().status(), 200);
    let mut silent = TcpStream::connect(run.public).await.unwrap();

    run.stop.take().unwrap().send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(run.lifecycle.stage(), Stage::Draining);
    // While it drains it still takes requests, and closes each connection after.
    let answer = client.get(url("/")).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["connection"].to_str().unwrap()), (200, "close"));
    tokio::time::sleep(Duration::from_millis(700)).await;
    // This one is in hand when the listener closes.
    let slow = tokio::spawn(client.get(url("/slow")).send());
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert!(TcpStream::connect(run.public).await.is_err());
    // The admin listener still tells how it goes.
    let live = client.get(format!("http://{}/health/live", run.admin)).send().await.unwrap();
    assert_eq!(live.status(), 200);
    silent.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut late = String::new();
    silent.read_to_string(&mut late).await.unwrap();
    assert!(late.starts_with("HTTP/1.1 200"), "{late}");
    assert_eq!(slow.await.unwrap().unwrap().status(), 200);
    run.served.await.unwrap().unwrap();
    assert!(TcpStream::connect(run.admin).await.is_err());
}

#[tokio::test]
async fn a_request_that_does_not_end_does_not_hold_up_the_stop_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let mut run =
        Running::start(folder.path(), "[limits]\nshutdown_secs = 1\nrequest_timeout_secs = 300\n").await;
    let mut stream = TcpStream::connect(run.public).await.unwrap();
    stream.write_all(b"GET /never HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    run.stop.take().unwrap().send(()).unwrap();
    let began = Instant::now();
    tokio::time::timeout(Duration::from_secs(5), run.served).await.unwrap().unwrap().unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

/// Makes a certificate for localhost and its key, as PEM.
#[allow(clippy::unwrap_used)]
fn certificate() -> (Vec<u8>, Vec<u8>) {
    use openssl::{asn1::Asn1Time, bn::BigNum, ec::*, hash::MessageDigest, nid::Nid, pkey::PKey, x509::*};
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "localhost").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    let context = builder.x509v3_context(None, None);
    let names = extension::SubjectAlternativeName::new().dns("localhost").build(&context).unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (builder.build().to_pem().unwrap(), key.private_key_to_pem_pkcs8().unwrap())
}

#[tokio::test]
async fn tls_1_2_and_1_3_with_http_1_and_2() {
    use reqwest::tls::Version;
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate();
    std::fs::write(folder.path().join("c.pem"), &certificate).unwrap();
    std::fs::write(folder.path().join("k.pem"), &key).unwrap();
    let toml = "[tls]\ncertificate = \"c.pem\"\nprivate_key = \"k.pem\"\n";
    let client = |version: Version, h1: bool| {
        let root = reqwest::Certificate::from_pem(&certificate).unwrap();
        let builder = reqwest::Client::builder().no_proxy().tls_certs_only([root]);
        let builder = builder.tls_version_min(version).tls_version_max(version);
        if h1 { builder.http1_only().build().unwrap() } else { builder.build().unwrap() }
    };
    let run = Running::start(folder.path(), toml).await;
    let url = format!("https://localhost:{}/", run.public.port());
    for version in [Version::TLS_1_2, Version::TLS_1_3] {
        let h2 = client(version, false).get(&url).send().await.unwrap();
        assert_eq!((h2.status().as_u16(), h2.version()), (200, http::Version::HTTP_2));
        let h1 = client(version, true).get(&url).send().await.unwrap();
        assert_eq!((h1.status().as_u16(), h1.version()), (200, http::Version::HTTP_11));
    }

    let run = Running::start(folder.path(), &format!("{toml}min_version = \"1.3\"\n")).await;
    let url = format!("https://localhost:{}/", run.public.port());
    assert!(client(Version::TLS_1_2, false).get(&url).send().await.is_err());
    assert!(client(Version::TLS_1_3, false).get(&url).send().await.is_ok());
}

#[tokio::test]
async fn files_of_tls_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let (c, k) = (put("c.pem", &certificate), put("k.pem", &key));
    let (other, empty) = (put("o.pem", &super::tests::certificate().1), put("e.pem", b"x"));
    for (certificate, private_key, says) in [
        (&c, &other, "tls.private_key: does not belong to the first certificate"),
        (&empty, &k, "tls.certificate: holds no certificate in PEM"),
        (&c, &empty, "tls.private_key: holds no private key in PEM"),
    ] {
        let settings = TlsSettings {
            certificate: certificate.clone(),
            private_key: private_key.clone(),
            min_version: crate::config::TlsVersion::V1_2,
        };
        let error = load_tls(&settings).unwrap_err().to_string();
        assert!(error.starts_with(says), "{error}");
    }
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broker.toml");
    let port = taken.local_addr().unwrap().port();
    std::fs::write(
        &file,
        format!("issuer = \"http://localhost\"\n[listen]\naddress = \"127.0.0.1:{port}\"\n"),
    )
    .unwrap();
    let settings = load(Some(&file), &[]).unwrap();
    let page: Page = Arc::new(|_, _| ().into_response());
    let guard = Guard::new(&settings.limits, Arc::new(Metrics::new()), Lifecycle::default(), page);
    let error = Listeners::open(&settings, &guard).await.err().unwrap().to_string();
    assert!(error.starts_with(&format!("listen.address: cannot listen on 127.0.0.1:{port}: ")), "{error}");
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let settings = TlsSettings {
        certificate: folder.path().join("c.pem"),
        private_key: folder.path().join("k.pem"),
        min_version: crate::config::TlsVersion::V1_2,
    };
    let put = |pair: &(Vec<u8>, Vec<u8>), after: u64| {
        let when = std::fs::metadata(folder.path()).unwrap().modified().unwrap() + Duration::from_secs(after);
        for (path, bytes) in [(&settings.certificate, &pair.0), (&settings.private_key, &pair.1)] {
            std::fs::write(path, bytes).unwrap();
            std::fs::File::options().write(true).open(path).unwrap().set_modified(when).unwrap();
        }
    };
    put(&certificate(), 0);
    let config = RustlsConfig::from_config(load_tls(&settings).unwrap());
    let before = config.get_inner();
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let into = heard.clone();
    let told = move |settings: &TlsSettings| into.lock().unwrap().push(tls::ends_at(settings).unwrap());
    let watching = tokio::spawn(tls::watch(settings.clone(), config.clone(), Duration::from_millis(5), told));
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert!(Arc::ptr_eq(&before, &config.get_inner()));
    put(&(b"x".to_vec(), b"x".to_vec()), 100);
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert!(Arc::ptr_eq(&before, &config.get_inner()), "what cannot be used is not taken up");
    put(&certificate(), 200);
    let began = Instant::now();
    while Arc::ptr_eq(&before, &config.get_inner()) {
        assert!(began.elapsed() < Duration::from_secs(2));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(30)).await;
    let soon = std::fs::metadata(folder.path()).unwrap().modified().unwrap();
    let soon = soon.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64() + 2.0 * 86_400.0;
    let heard = heard.lock().unwrap().clone();
    // Twice, where it looked between the writing of a file and the setting of its time.
    assert!(matches!(heard.len(), 1 | 2) && heard.iter().all(|end| (end - soon).abs() < 60.0), "{heard:?}");
    watching.abort();
}
