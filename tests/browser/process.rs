//! A program under test: started with its output in a file, ended with everything that it has started.

use crate::trouble::{Done, Said, Trouble};
use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// A running program.
pub(crate) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with its output in `folder/name.log`, in a process group of its own.
    pub(crate) fn start(name: &str, mut command: Command, folder: &Path) -> Done<Self> {
        let log = folder.join(format!("{name}.log"));
        let out = File::options().create(true).append(true).open(&log)?;
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out).process_group(0);
        let child =
            command.spawn().said(|| format!("{} cannot be started", command.get_program().display()))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// Waits until `url` answers with success.
    pub(crate) async fn ready(&mut self, url: &str) -> Done {
        let http = http()?;
        let began = Instant::now();
        loop {
            if http.get(url).send().await.is_ok_and(|r| r.status().is_success()) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(Trouble(format!("{} ended ({status}):\n{}", self.name, self.tail())));
            }
            if began.elapsed() > Duration::from_secs(30) {
                return Err(Trouble(format!("{} does not answer at {url}:\n{}", self.name, self.tail())));
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Its name and how it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(format!("{} ended ({status})", self.name))
    }

    /// The last lines of its output.
    pub(crate) fn tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The whole group: a driver's browser would go on without it.
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.child.id())])
            .stderr(Stdio::null())
            .status();
        let _ = self.child.wait();
    }
}

/// A port that is free now, below those from which the system serves outgoing connections: a browser's own calls must not take
/// it before the program that it is for. No port is given out twice by one run.
pub(crate) fn free_port() -> Done<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 8000)?;
    for _ in 0..8000 {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 8000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err("no port is free".into())
}

/// A client for the tests' own questions: no redirects, no proxy.
pub(crate) fn http() -> Done<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .build()?)
}
