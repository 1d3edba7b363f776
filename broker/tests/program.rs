//! The program as a process: it starts, serves, and ends without losing a request.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)] // helpers of tests
#![allow(clippy::disallowed_methods)] // no async thread here that a sleep could block

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_broker");

struct Program {
    child: Child,
    public: SocketAddr,
    admin: SocketAddr,
    ready_after: Duration,
    log: Arc<Mutex<String>>,
}

fn prepare(folder: &Path) {
    let toml = "issuer = \"http://localhost:8080\"\n[listen]\naddress = \"127.0.0.1:0\"\n[admin]\naddress = \"127.0.0.1:0\"\n\
        [stores]\nmigrate_at_start = true\n[secrets]\nfile = \"secrets.toml\"\n[log]\nformat = \"json\"\n[limits]\ndrain_secs = 1\n\
        [[upstreams]]\nid = \"vneid\"\ndialect = \"oidc\"\nissuer = \"http://localhost:8090\"\nclient_id = \"b\"\nclient_secret = \"geheim-geheim-geheim\"\n";
    std::fs::write(folder.join("broker.toml"), toml).unwrap();
    let made = Command::new(PROGRAM)
        .args(["secrets", "generate", "--out"])
        .arg(folder.join("secrets.toml"))
        .output();
    assert!(made.unwrap().status.success());
}

fn start(folder: &Path) -> Program {
    let began = Instant::now();
    let mut child = Command::new(PROGRAM)
        .arg("--config")
        .arg(folder.join("broker.toml"))
        .arg("serve")
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let log = Arc::new(Mutex::new(String::new()));
    let (public, admin) = loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended: {}", log.lock().unwrap());
        log.lock().unwrap().push_str(&line);
        let entry: serde_json::Value = serde_json::from_str(&line).unwrap();
        if entry["message"] == "ready" {
            let address = |name: &str| entry[name].as_str().unwrap().parse::<SocketAddr>().unwrap();
            break (address("public"), address("admin"));
        }
    };
    let ready_after = began.elapsed();
    let sink = log.clone();
    std::thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            sink.lock().unwrap().push_str(&(line + "\n"));
        }
    });
    Program { child, public, admin, ready_after, log }
}

fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes(),
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

impl Program {
    fn terminate(&mut self) -> std::process::ExitStatus {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        self.child.wait().unwrap()
    }
}

#[test]
fn it_starts_serves_and_ends_without_losing_a_request() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    // The first start makes keys and schema; the second one is as every other.
    let mut first = start(folder.path());
    assert!(first.terminate().success());
    let mut program = start(folder.path());
    assert!(program.ready_after < Duration::from_secs(3), "{:?}", program.ready_after);
    assert!(get(program.admin, "/health/ready").unwrap().starts_with("HTTP/1.1 200"));
    let discovery = get(program.public, "/.well-known/openid-configuration?x=geheim-query").unwrap();
    assert!(discovery.contains("\"issuer\":\"http://localhost:8080\""), "{discovery}");

    let (answered, ended) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let public = program.public;
    let load: Vec<_> = (0..4)
        .map(|_| {
            let (answered, ended) = (answered.clone(), ended.clone());
            std::thread::spawn(move || {
                while !ended.load(Ordering::SeqCst) {
                    match get(public, "/oauth2/jwks") {
                        Ok(answer) => {
                            assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with('}'), "{answer}");
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                        // Nobody listens any more; or the kernel closed the listener in the very moment between its
                        // handshake and our last look at the queue. What we had taken is counted below.
                        Err(error) => {
                            let refused =
                                [std::io::ErrorKind::ConnectionRefused, std::io::ErrorKind::ConnectionReset];
                            assert!(refused.contains(&error.kind()), "{error}");
                            return;
                        }
                    }
                }
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    let before = answered.load(Ordering::SeqCst);
    assert!(program.terminate().success());
    ended.store(true, Ordering::SeqCst);
    for thread in load {
        thread.join().unwrap();
    }
    assert!(answered.load(Ordering::SeqCst) > before && before > 0);

    std::thread::sleep(Duration::from_millis(100));
    let log = program.log.lock().unwrap().clone();
    assert!(log.contains("\"message\":\"stopped\""), "{log}");
    // Every request that was taken was answered.
    let taken = log.lines().filter(|line| line.contains("/oauth2/jwks")).count();
    assert_eq!(taken, answered.load(Ordering::SeqCst) as usize);
    let secrets = std::fs::read_to_string(folder.path().join("secrets.toml")).unwrap();
    let kept: Vec<&str> = secrets.split('"').filter(|s| s.len() == 44).collect();
    assert_eq!(kept.len(), 3);
    assert!(!log.contains("geheim") && !kept.iter().any(|k| log.contains(k)));
}

#[test]
fn it_says_what_is_wrong_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let config = folder.path().join("broker.toml");
    let run = |words: &[&str], env: &[(&str, &str)]| {
        let output =
            Command::new(PROGRAM).arg("--config").arg(&config).args(words).envs(env.iter().copied()).output();
        let output = output.unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(run(&["config", "check"], &[]).0, 0);
    let (code, said) = run(&["config", "check"], &[("BROKER__TOKENS__ACCESS_SECS", "5")]);
    assert_eq!((code, said.as_str()), (3, "tokens.access_secs: is 5: give a number from 30 to 86400\n"));
    let (code, said) = run(&["serve"], &[("BROKER__ISSUER", "http://id.example")]);
    assert!(code == 3 && said.starts_with("issuer: must be https"), "{said}");
    let (code, said) = run(&["serve"], &[("BROKER__STORES__LASTING", "sqlite:/nowhere/x.db")]);
    assert!(code == 1 && said.contains("stores: the database does not open"), "{said}");
}
