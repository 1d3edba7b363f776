//! A PostgreSQL and a Redis of this test program's own, on free ports, gone when it ends.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Where both are.
#[derive(Clone, Debug)]
pub(crate) struct Servers {
    /// `postgres://…/`, to be ended with the name of a database.
    pub(crate) postgres: String,
    /// `redis://…/`, to be ended with the number of a database.
    pub(crate) redis: String,
}

/// Their keepers: shells that wait for the end of this process, and then end the server and remove its folder.
static KEEPERS: Mutex<Vec<Child>> = Mutex::new(Vec::new());

const KEEP: &str = r#"folder=$1; shift; "$@" >"$folder/log" 2>&1 </dev/null & server=$!; read -r _; kill -TERM $server; kill -QUIT $server; wait $server; rm -rf "$folder""#;

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn keep(folder: &Path, command: &[String]) {
    let child = Command::new("sh")
        .args(["-c", KEEP, "keeper"])
        .arg(folder)
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    KEEPERS.lock().unwrap().push(child);
}

fn folder() -> PathBuf {
    // Open to pass through: PostgreSQL runs as a user of its own when we are root.
    tempfile::Builder::new()
        .prefix("worlds-")
        .permissions(PermissionsExt::from_mode(0o755))
        .tempdir()
        .unwrap()
        .keep()
}

/// Starts both.
pub(crate) fn start() -> Servers {
    let servers = Servers { postgres: postgres(), redis: redis() };
    // Nothing is written to the keepers: they wait for the end of the pipe.
    let flushed =
        KEEPERS.lock().unwrap().iter_mut().all(|k| k.stdin.as_mut().is_some_and(|p| p.flush().is_ok()));
    assert!(flushed);
    servers
}

fn until(folder: &Path, what: &str, ready: impl Fn() -> bool) {
    let began = Instant::now();
    while !ready() {
        let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(began.elapsed() < Duration::from_secs(60), "{what} does not start:\n{}", log());
        pause();
    }
}

#[allow(clippy::disallowed_methods)] // no async thread: it runs where blocking is allowed
fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}

fn redis() -> String {
    let (folder, port) = (folder(), free_port());
    let words = [
        "redis-server",
        "--bind",
        "127.0.0.1",
        "--port",
        &port.to_string(),
        "--save",
        "",
        "--databases",
        "16384",
        "--dir",
        &folder.display().to_string(),
    ]
    .map(str::to_owned);
    keep(&folder, &words);
    until(&folder, "Redis", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    format!("redis://127.0.0.1:{port}/")
}

fn postgres() -> String {
    let (folder, port) = (folder(), free_port());
    let bin = postgres_bin();
    let data = folder.join("data");
    std::fs::create_dir(&data).unwrap();
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.trim_ascii() == b"0");
    let as_user: Vec<String> = if root {
        assert!(Command::new("chown").arg("postgres").arg(&data).status().unwrap().success());
        ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"].map(str::to_owned).to_vec()
    } else {
        Vec::new()
    };
    let command = |name: &str, rest: &[&str]| -> Vec<String> {
        let program = bin.join(name).display().to_string();
        as_user.iter().cloned().chain([program]).chain(rest.iter().map(|r| (*r).to_owned())).collect()
    };
    let at = data.display().to_string();
    let init = command(
        "initdb",
        &[
            "--pgdata",
            &at,
            "--username",
            "broker",
            "--encoding",
            "UTF8",
            "--locale",
            "C",
            "--auth",
            "trust",
            "--no-sync",
        ],
    );
    let made = Command::new(&init[0]).args(&init[1..]).current_dir(&folder).output().unwrap();
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let port_text = port.to_string();
    keep(
        &folder,
        &command(
            "postgres",
            &[
                "-D",
                &at,
                "-p",
                &port_text,
                "-h",
                "127.0.0.1",
                "-k",
                "",
                "-F",
                "-c",
                "max_connections=300",
                "-c",
                "full_page_writes=off",
            ],
        ),
    );
    until(&folder, "PostgreSQL", || {
        Command::new(bin.join("pg_isready"))
            .args(["-q", "-h", "127.0.0.1", "-p", &port_text])
            .status()
            .is_ok_and(|s| s.success())
    });
    format!("postgres://broker@127.0.0.1:{port}/")
}

/// The newest server's programs.
fn postgres_bin() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL's server is not installed: tests/run installs it")
        .flatten()
        .filter_map(|e| Some((e.file_name().to_str()?.parse().ok()?, e.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().expect("PostgreSQL's server").1
}
