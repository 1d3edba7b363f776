//! PostgreSQL.

use super::kept::{Kept, folder, free_port, until};
use super::wire::Wire;
use sqlx::{Connection, Executor, PgConnection};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Whether what is written must survive a failure of the machine.
static DURABLE: AtomicBool = AtomicBool::new(false);

/// Servers that are started from now on keep what is written, as real ones do, and have the memory of a small real one: for
/// measuring.
pub fn keep_what_is_written() {
    DURABLE.store(true, Ordering::SeqCst);
}

/// A server of one's own.
#[derive(Debug)]
pub struct Postgres {
    kept: Option<Kept>,
    data: PathBuf,
    port: u16,
}

fn run_as() -> Vec<String> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.trim_ascii() == b"0");
    let words: &[&str] =
        if root { &["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"] } else { &[] };
    words.iter().map(|w| (*w).to_owned()).collect()
}

/// The newest server's programs.
fn programs() -> PathBuf {
    let folder = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL's server is not installed");
    let found = folder.flatten().filter_map(|e| {
        let version: u32 = e.file_name().to_str()?.parse().ok()?;
        let bin = e.path().join("bin");
        bin.join("initdb").exists().then_some((version, bin))
    });
    found.max().expect("PostgreSQL's server is not installed").1
}

fn command(program: &str, words: &[&str]) -> Vec<String> {
    let program = programs().join(program).display().to_string();
    run_as().into_iter().chain([program]).chain(words.iter().map(|w| (*w).to_owned())).collect()
}

/// A folder for the server's user alone: it refuses any other.
fn make_private(folder: &Path) {
    std::fs::DirBuilder::new().mode(0o700).create(folder).unwrap();
    if !run_as().is_empty() {
        assert!(Command::new("chown").arg("postgres").arg(folder).status().unwrap().success());
    }
}

impl Postgres {
    /// Makes a new cluster of databases and starts its server. What is written may be lost when the machine fails, for speed, unless
    /// [`keep_what_is_written`] was called.
    pub fn start() -> Self {
        let place = folder();
        let data = place.join("data");
        make_private(&data);
        let at = data.display().to_string();
        let words = ["-D", &at, "-U", "broker", "-E", "UTF8", "--locale", "C", "-A", "trust", "--no-sync"];
        let init = command("initdb", &words);
        let made = Command::new(&init[0]).args(&init[1..]).current_dir(&place).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        Self::begin(place, data)
    }

    fn begin(place: PathBuf, data: PathBuf) -> Self {
        let mut server = Self { kept: None, data, port: free_port() };
        server.serve(place);
        server
    }

    fn serve(&mut self, place: PathBuf) {
        let (at, port) = (self.data.display().to_string(), self.port.to_string());
        let fast: &[&str] = &["-F", "-c", "full_page_writes=off"];
        let durable: &[&str] = &["-c", "shared_buffers=1GB", "-c", "max_wal_size=4GB"];
        let own = if DURABLE.load(Ordering::SeqCst) { durable } else { fast };
        let settings = [own, &["-c", "max_connections=300", "-k", ""]].concat();
        let words: Vec<&str> =
            ["-D", &at, "-p", &port, "-h", "127.0.0.1"].into_iter().chain(settings).collect();
        self.kept = Some(Kept::start(place, "QUIT", &command("postgres", &words)));
        self.await_answer();
    }

    fn kept(&self) -> &Kept {
        self.kept.as_ref().expect("PostgreSQL runs")
    }

    fn await_answer(&self) {
        let port = self.port.to_string();
        until(&self.kept().folder, "PostgreSQL", || {
            let mut ready = Command::new(programs().join("pg_isready"));
            ready.args(["-q", "-h", "127.0.0.1", "-p", &port]).status().is_ok_and(|s| s.success())
        });
    }

    /// Ends it as a crash would.
    pub fn crash(&self) {
        self.kept().crash();
    }

    /// Starts it again after a crash, with what it had written down.
    pub fn recover(&mut self) {
        self.kept.as_mut().expect("PostgreSQL ran").start_again();
        self.await_answer();
    }

    /// Freezes it: connections stay open, and nothing answers.
    pub fn pause(&self) {
        self.kept().signal("STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.kept().signal("CONT");
    }

    /// Makes a standby of it, and waits until nothing is acknowledged that the standby has not.
    pub fn standby(&self) -> Self {
        let place = folder();
        let data = place.join("data");
        make_private(&data);
        let (at, port) = (data.display().to_string(), self.port.to_string());
        let words = [
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            "broker",
            "-D",
            &at,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "-N",
        ];
        let copy = command("pg_basebackup", &words);
        let made = Command::new(&copy[0]).args(&copy[1..]).current_dir(&place).output().unwrap();
        assert!(made.status.success(), "pg_basebackup: {}", String::from_utf8_lossy(&made.stderr));
        let standby = Self::begin(place, data);
        self.ask("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.ask("SELECT pg_reload_conf()");
        until(&standby.kept().folder, "the standby", || {
            self.ask("SELECT sync_state FROM pg_stat_replication") == "sync"
        });
        standby
    }

    /// Makes a standby the primary.
    pub fn promote(&self) {
        // On its own: its former primary is gone, and nobody follows it.
        self.ask("ALTER SYSTEM RESET synchronous_standby_names");
        self.ask("SELECT pg_promote()");
        until(&self.kept().folder, "the promotion", || self.ask("SELECT pg_is_in_recovery()") == "f");
    }

    /// Carries out one statement: its answer as text.
    pub fn ask(&self, statement: &str) -> String {
        let mut psql = Command::new(programs().join("psql"));
        psql.args([
            "-h",
            "127.0.0.1",
            "-p",
            &self.port.to_string(),
            "-U",
            "broker",
            "-d",
            "postgres",
            "-Atqc",
            statement,
        ]);
        let done = psql.output().expect("psql");
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://broker@127.0.0.1:{}/{database}", self.port)
    }

    /// The URL of a database that is here, at the other end of a wire, or at another server, whichever is the primary.
    pub fn url_by_wire(&self, other: &Self, database: &str) -> (Wire, String) {
        let wire = Wire::to(self.port);
        let url = format!("postgres://broker@127.0.0.1:{},127.0.0.1:{}/{database}", wire.port, other.port);
        (wire, url)
    }

    /// The URL of a database that is here or at another server, whichever is the primary.
    pub fn url_with(&self, other: &Self, database: &str) -> String {
        format!("postgres://broker@127.0.0.1:{},127.0.0.1:{}/{database}", self.port, other.port)
    }
}

/// The shared server.
pub fn postgres() -> &'static Postgres {
    static SHARED: OnceLock<Postgres> = OnceLock::new();
    SHARED.get_or_init(Postgres::start)
}

/// A new empty database on the shared server: its URL.
pub async fn new_database() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let (server, name) = (postgres(), format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed)));
    let mut connection = PgConnection::connect(&server.url("postgres")).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    connection.close().await.unwrap();
    server.url(&name)
}
