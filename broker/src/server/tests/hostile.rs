//! Those who send slowly, too much, or nothing; and an instance that is behind.

use super::*;
use axum::body::Body;
use axum::extract::Request;
use std::io::{Read, Write};

/// Asks the admin listener by blocking calls: the runtime of the test may be too busy.
fn ask_admin(at: SocketAddr) -> String {
    let mut stream = std::net::TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A body that comes byte by byte ends with the time of its request.
#[tokio::test]
async fn a_slow_body_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let run = Running::start(folder.path(), "[limits]\nrequest_timeout_secs = 1\n").await;
    let stream = TcpStream::connect(run.public).await.unwrap();
    let (mut from, mut to) = stream.into_split();
    let began = Instant::now();
    let dribble = tokio::spawn(async move {
        let head = "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
        to.write_all(head.as_bytes()).await.unwrap();
        while to.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut answer = vec![0; 12];
    from.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 503");
    // Nobody waits for the rest.
    let _ = from.read_to_end(&mut answer).await;
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    dribble.abort();
}

/// What says that it is huge is refused before it is read.
#[tokio::test]
async fn a_body_that_says_that_it_is_huge_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let run = Running::start(folder.path(), "").await;
    let began = Instant::now();
    let head = "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n";
    let answer = run.raw(head).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(2));
}

/// What does not say so is read up to the limit, and the connection is closed.
#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let run = Running::start(folder.path(), "").await;
    let stream = TcpStream::connect(run.public).await.unwrap();
    let (mut from, mut to) = stream.into_split();
    let flood = tokio::spawn(async move {
        let head = "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        to.write_all(head.as_bytes()).await.unwrap();
        let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
        let mut sent = 0;
        while sent < 1 << 28 && to.write_all(chunk.as_bytes()).await.is_ok() {
            sent += chunk.len();
        }
        sent
    });
    let mut answer = vec![0; 12];
    from.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 413");
    // What the kernels of both sides hold is all that could be sent.
    let sent = tokio::time::timeout(Duration::from_secs(5), flood).await.unwrap().unwrap();
    assert!(sent < 1 << 25, "{sent}");
}

/// Connections that bring no request hold their places for a while only; who comes meanwhile waits, and is served.
#[tokio::test]
async fn idle_connections_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let toml = "[limits]\nmax_connections = 3\nheader_timeout_secs = 1\n";
    let run = Running::start(folder.path(), toml).await;
    let mut idle = Vec::new();
    for _ in 0..3 {
        idle.push(TcpStream::connect(run.public).await.unwrap());
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    let answer = run.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let waited = began.elapsed();
    assert!((Duration::from_millis(500)..Duration::from_secs(4)).contains(&waited), "{waited:?}");
    // One that is closed by the other side gives its place back at once.
    drop(idle);
    for _ in 0..10 {
        let answer = run.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

/// A frame of HTTP/2 (RFC 9113, 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A request for the page that is never answered, whole.
fn get_never(stream: u32) -> Vec<u8> {
    // GET, http, and two literals without indexing: the path and the authority (RFC 7541, 6).
    let head = [b"\x82\x86\x04\x06/never\x01\x01x".as_slice()].concat();
    frame(1, 0x5, stream, &head)
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What frames came, as kind and payload, until the connection ended or nothing came for a while.
async fn frames(stream: &mut TcpStream) -> (Vec<(u8, Vec<u8>)>, bool) {
    let (mut all, mut closed) = (Vec::new(), false);
    let mut bytes = Vec::new();
    loop {
        let mut buffer = vec![0; 65_536];
        match tokio::time::timeout(Duration::from_millis(700), stream.read(&mut buffer)).await {
            Err(_) => break,
            Ok(Ok(0) | Err(_)) => {
                closed = true;
                break;
            }
            Ok(Ok(n)) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
    let mut rest = bytes.as_slice();
    while rest.len() >= 9 {
        let length = u32::from_be_bytes([0, rest[0], rest[1], rest[2]]) as usize;
        let end = (9 + length).min(rest.len());
        all.push((rest[3], rest[9..end].to_vec()));
        rest = &rest[end..];
    }
    (all, closed)
}

/// Who begins requests and breaks them off without end is shown out (CVE-2023-44487).
#[tokio::test]
async fn rapid_resets_end_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let run = Running::start(folder.path(), "").await;
    let mut stream = TcpStream::connect(run.public).await.unwrap();
    let mut flood = [PREFACE, &frame(4, 0, 0, &[])].concat();
    for n in 0..500 {
        flood.extend(get_never(2 * n + 1));
        flood.extend(frame(3, 0, 2 * n + 1, &8u32.to_be_bytes()));
    }
    let _ = stream.write_all(&flood).await;
    let (seen, closed) = frames(&mut stream).await;
    let calm = 11u32.to_be_bytes();
    let shown_out = seen.iter().any(|(kind, payload)| *kind == 7 && payload.get(4..8) == Some(&calm[..]));
    assert!(shown_out && closed, "{closed} {seen:?}");
    // Others are served as before.
    assert!(run.raw("GET / HTTP/1.0\r\n\r\n").await.starts_with("HTTP/1.0 200"));
}

/// A connection has so many requests at once, and those beyond are refused.
#[tokio::test]
async fn streams_of_a_connection_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let run = Running::start(folder.path(), "").await;
    let mut stream = TcpStream::connect(run.public).await.unwrap();
    stream.write_all(&[PREFACE, &frame(4, 0, 0, &[])].concat()).await.unwrap();
    for n in 0..150 {
        let _ = stream.write_all(&get_never(2 * n + 1)).await;
    }
    let (seen, _) = frames(&mut stream).await;
    let told =
        seen.iter().any(|(kind, payload)| *kind == 4 && payload.chunks(6).any(|s| s == [0, 3, 0, 0, 0, 128]));
    assert!(told, "{seen:?}");
    let refused =
        seen.iter().filter(|(kind, payload)| *kind == 3 && payload[..] == 7u32.to_be_bytes()).count();
    assert!(refused == 22 || seen.iter().any(|(kind, _)| *kind == 7), "{refused} {seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_admin_listener_answers_while_all_threads_are_busy() {
    let folder = tempfile::tempdir().unwrap();
    let run = Running::start(folder.path(), "").await;
    let busy = tokio::spawn(async {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(2) {
            std::hint::spin_loop();
        }
    });
    let began = Instant::now();
    for _ in 0..5 {
        assert!(ask_admin(run.admin).starts_with("HTTP/1.1 200"));
    }
    assert!(began.elapsed() < Duration::from_secs(2) && !busy.is_finished());
    busy.await.unwrap();
}

/// The further behind an instance is the fewer it lets in; who is refused is told when to come again.
#[tokio::test]
async fn an_instance_that_is_behind_refuses_new_logins_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broker.toml");
    std::fs::write(&file, format!("{BASIC}[limits]\nbehind_ms = 100\n")).unwrap();
    let settings = load(Some(&file), &[]).unwrap();
    let page: Page = Arc::new(|refused, _| format!("{refused:?}").into_response());
    let guard = Guard::new(&settings.limits, Arc::new(Metrics::new()), Lifecycle::default(), page);
    let status = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = protect(&guard, request, |_| async { "fine".into_response() }).await;
        assert_eq!(answer.headers().contains_key("retry-after"), answer.status() == 503);
        answer.status().as_u16()
    };
    let all = async || {
        let mut all = Vec::new();
        for path in ["/oauth2/authorize", "/oauth2/introspect", "/login/x"] {
            all.push(status(path).await);
        }
        all
    };
    assert_eq!(all().await, [200, 200, 200]);
    for (late, expected) in [(151, [503, 200, 200]), (251, [503, 503, 200]), (1000, [503, 503, 503])] {
        for _ in 0..40 {
            guard.behind().saw(Duration::from_millis(late));
        }
        assert_eq!(all().await, expected, "{late}");
    }
    for _ in 0..40 {
        guard.behind().saw(Duration::ZERO);
    }
    assert_eq!(all().await, [200, 200, 200]);
}
