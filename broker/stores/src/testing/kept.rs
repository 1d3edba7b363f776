//! A server that ends with its owner.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Starts the server, and again after its end for each line of its own input; at the end of that, which comes with the end of our process, ends
/// the server.
const WATCH: &str = r#"folder=$1; signal=$2; shift 2
run() { "$@" >>"$folder/log" 2>&1 </dev/null & server=$!; echo "$server" >"$folder/pid"; }
run "$@"
while read -r _; do wait "$server"; run "$@"; done
kill -CONT "$server"; kill -"$signal" "$server"; wait "$server"; rm -rf "$folder""#;

/// A server, ended when this is dropped or the process ends.
#[derive(Debug)]
pub(super) struct Kept {
    watcher: Child,
    pub(super) folder: PathBuf,
}

impl Kept {
    /// Starts `command` in a folder; `signal` ends it.
    pub(super) fn start(folder: PathBuf, signal: &str, command: &[String]) -> Self {
        let watcher = Command::new("sh")
            .args(["-c", WATCH, "watcher"])
            .arg(&folder)
            .arg(signal)
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh");
        Self { watcher, folder }
    }

    /// Starts the server again in its folder, as it was started first.
    pub(super) fn start_again(&mut self) {
        self.watcher
            .stdin
            .as_mut()
            .expect("the watcher's input")
            .write_all(b"\n")
            .expect("the watcher listens");
    }

    /// The server's process, also of one that was started only just now.
    fn pid(&self) -> String {
        let mut pid = String::new();
        until(&self.folder, "the server's process", || {
            pid = std::fs::read_to_string(self.folder.join("pid")).unwrap_or_default();
            pid.ends_with('\n')
        });
        pid.trim().to_owned()
    }

    /// Sends a signal to the server and to the processes that it started.
    pub(super) fn signal(&self, signal: &str) {
        let pid = self.pid();
        let children =
            std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let all = [pid.as_str()].into_iter().chain(children.split_whitespace());
        let _ = Command::new("kill").arg("-s").arg(signal).args(all).stderr(Stdio::null()).status();
    }

    /// Ends the server as a crash would, and waits for its end; its folder stays.
    pub(super) fn crash(&self) {
        let stat = format!("/proc/{}/stat", self.pid());
        self.signal("KILL");
        until(&self.folder, "the end of the server", || {
            // Whoever is dead but not yet waited for is a Z.
            std::fs::read_to_string(&stat).map_or(true, |text| text.contains(") Z "))
        });
        let _ = std::fs::remove_file(self.folder.join("pid"));
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

/// A port that is free, below those from which the system serves outgoing connections: nothing else takes it before the server
/// that it is for. No port is given out twice by one process.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id();
    let port = |_| u16::try_from(12_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 8_000).unwrap();
    (0..8_000).map(port).find(|p| TcpListener::bind(("127.0.0.1", *p)).is_ok()).expect("a free port")
}

/// A folder that other users may pass through: PostgreSQL runs as a user of its own when we are root.
pub(super) fn folder() -> PathBuf {
    tempfile::Builder::new()
        .prefix("stores-")
        .permissions(PermissionsExt::from_mode(0o755))
        .tempdir()
        .unwrap()
        .keep()
}

/// Waits until `ready` says so; fails with the end of the server's log when that takes a minute.
pub(super) fn until(folder: &Path, what: &str, mut ready: impl FnMut() -> bool) {
    let began = Instant::now();
    while !ready() {
        if began.elapsed() > Duration::from_secs(60) {
            let mut log = String::new();
            let _ = std::fs::File::open(folder.join("log")).and_then(|mut f| f.read_to_string(&mut log));
            panic!("{what} does not come:\n{log}");
        }
        pause();
    }
}

#[allow(clippy::disallowed_methods)] // a server that starts is waited for before any async work begins
pub(super) fn pause() {
    std::thread::sleep(Duration::from_millis(15));
}
