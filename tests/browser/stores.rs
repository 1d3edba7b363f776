//! A PostgreSQL and a Redis of a case's own, on free ports, gone when the case ends.

use crate::process::{Process, free_port};
use crate::trouble::{Done, Said, ensure};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Both servers.
pub(crate) struct PrivateStores {
    lasting: String,
    expiring: String,
    _servers: [Process; 2],
    _folder: TempDir,
}

impl PrivateStores {
    /// Starts both.
    pub(crate) async fn start() -> Done<Self> {
        // Open to pass through: PostgreSQL runs as a user of its own when we are root.
        let folder = tempfile::Builder::new()
            .prefix("stores-")
            .permissions(PermissionsExt::from_mode(0o755))
            .tempdir()?;
        let (sql, redis) = (free_port()?, free_port()?);
        let postgres = start_postgres(folder.path(), sql)?;
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--port", &redis.to_string(), "--save", "", "--dir"])
            .arg(folder.path());
        let redis_server = Process::start("redis", command, folder.path())?;
        until(&redis_server, || TcpStream::connect(("127.0.0.1", redis)).is_ok()).await?;
        // The port is open before the server takes questions.
        let bin = postgres_bin().unwrap_or_default();
        let asks = || {
            Command::new(bin.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &sql.to_string()])
                .status()
        };
        until(&postgres, || asks().is_ok_and(|s| s.success())).await?;
        Ok(Self {
            lasting: format!("postgres://broker@127.0.0.1:{sql}/postgres"),
            expiring: format!("redis://127.0.0.1:{redis}"),
            _servers: [postgres, redis_server],
            _folder: folder,
        })
    }

    /// As the configuration names them: what lasts, what expires.
    pub(crate) fn addresses(&self) -> (String, String) {
        (self.lasting.clone(), self.expiring.clone())
    }
}

fn start_postgres(folder: &Path, port: u16) -> Done<Process> {
    let bin =
        postgres_bin().said(|| "PostgreSQL's server is not installed: tests/run installs it".to_owned())?;
    let data = folder.join("data");
    std::fs::create_dir(&data)?;
    let as_user: &[&str] = if is_root() {
        &["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
    } else {
        &[]
    };
    if is_root() {
        let given = Command::new("chown").arg("postgres").arg(&data).status()?;
        ensure!(given.success(), "the user postgres does not exist");
    }
    let command = |name: &str| {
        let program = bin.join(name);
        let mut words = as_user.iter();
        let mut command = match words.next() {
            Some(first) => Command::new(first),
            None => return Command::new(program),
        };
        command.args(words).arg(program);
        command
    };
    let made = command("initdb")
        .arg("--pgdata")
        .arg(&data)
        .args(["--username", "broker", "--encoding", "UTF8", "--locale", "C", "--auth", "trust", "--no-sync"])
        .current_dir(folder)
        .output()?;
    ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let mut server = command("postgres");
    server
        .arg("-D")
        .arg(&data)
        .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", "", "-F"])
        .current_dir(folder);
    Process::start("postgres", server, folder)
}

/// The newest server's programs.
fn postgres_bin() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| Some((e.file_name().to_str()?.parse().ok()?, e.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin)
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.trim_ascii() == b"0")
}

/// Waits until a server is ready.
async fn until(server: &Process, ready: impl Fn() -> bool) -> Done {
    let began = Instant::now();
    while !ready() {
        ensure!(began.elapsed() < Duration::from_secs(30), "a store does not start:\n{}", server.tail());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
