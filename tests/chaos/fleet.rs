//! Two instances of the real program on the same stores, and everything around them.

use crate::balancer::{Balancer, http};
use axum::Router;
use broker_stores::testing::free_port;
use mock_vneid::{ClientSettings, MockVneid, Settings};
use serde_json::{Value, json};
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::pairs::{self, SECRETS};
use support::people::Person;
use support::{Portal, programs, world};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// The address that portals and citizens see.
pub(crate) const ISSUER: &str = "https://id.example.vn";
const SECRET: &str = "a-secret-between-broker-and-vneid";
/// How long an instance may take to be ready, on a busy machine.
const START: Duration = Duration::from_secs(60);

/// Where the stores are.
#[derive(Clone, Debug)]
pub(crate) struct Stores {
    pub(crate) lasting: String,
    pub(crate) expiring: String,
    /// Where an SQLite file lies.
    _folder: Option<Arc<TempDir>>,
}

/// Whether every fault is to be made at every step.
#[allow(clippy::disallowed_methods)] // a flag of these tests
pub(crate) fn is_long() -> bool {
    std::env::var("CHAOS").is_ok_and(|how| how == "long")
}

impl Stores {
    /// On servers of one's own.
    pub(crate) fn at(lasting: String, expiring: String) -> Self {
        Self { lasting, expiring, _folder: None }
    }

    /// A database of one's own on the shared server, beside another Redis.
    pub(crate) async fn with(expiring: String) -> Self {
        Self { expiring, ..Self::shared().await }
    }

    /// SQLite and the process's memory: for one instance.
    pub(crate) async fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = pairs::place(support::Pair::Embedded, folder.path()).await;
        Self { lasting: place.lasting, expiring: place.expiring, _folder: Some(Arc::new(folder)) }
    }

    /// The database, of several servers the one that is the primary in the end.
    fn primary(&self) -> String {
        match (self.lasting.split_once('@'), self.lasting.rsplit_once(',')) {
            (Some((user, _)), Some((_, last))) => format!("{user}@{last}"),
            _ => self.lasting.clone(),
        }
    }

    /// On the servers that all tests share, a place of one's own.
    pub(crate) async fn shared() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = pairs::place(support::Pair::Production, folder.path()).await;
        Self { lasting: place.lasting, expiring: place.expiring, _folder: None }
    }
}

struct Instance {
    public: u16,
    admin: u16,
    process: Mutex<Option<Child>>,
}

/// The instances, VNeID, and two portals.
pub(crate) struct Fleet {
    pub(crate) balancer: Balancer,
    pub(crate) portals: [Portal; 2],
    pub(crate) stores: Stores,
    instances: Vec<Instance>,
    vneid: MockVneid,
    http: reqwest::Client,
    folder: TempDir,
}

/// The first portal has a secret and asks for consent; the second is a program in browsers, whose refresh tokens work once.
fn register(name: &str) -> (Portal, Value) {
    let is_first = name == "first";
    let metadata = json!({
        "client_id": name,
        "client_name": format!("Cổng {name}"),
        "client_name#en": format!("Portal {name}"),
        "client_uri": format!("https://{name}.example.vn/"),
        "redirect_uris": [format!("https://{name}.example.vn/callback")],
        "post_logout_redirect_uris": [format!("https://{name}.example.vn/bye")],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile offline_access",
        "consent": if is_first { "ask" } else { "none" },
        "application_type": if is_first { "web" } else { "browser" },
        "token_endpoint_auth_method": if is_first { "client_secret_basic" } else { "none" },
    });
    let (portal, _) = world::portal(metadata, &Router::new());
    let mut metadata = portal.metadata.clone();
    if is_first {
        metadata["client_secret"] = portal.secret.clone().into();
    }
    (portal, metadata)
}

impl Fleet {
    /// Two instances.
    pub(crate) async fn start(stores: Stores) -> Self {
        Self::of(2, stores, "").await
    }

    /// So many instances, with further lines of `[stores]`.
    pub(crate) async fn of(count: usize, stores: Stores, more: &str) -> Self {
        let fleet = Self::at_rest(count, stores, more).await;
        for number in 0..count {
            fleet.launch(number).await;
        }
        fleet
    }

    /// So many instances that do not run yet.
    pub(crate) async fn at_rest(count: usize, stores: Stores, more: &str) -> Self {
        let vneid = MockVneid::builder()
            .settings(Settings {
                clients: vec![ClientSettings {
                    client_id: "broker".to_owned(),
                    client_secret: SECRET.to_owned(),
                    redirect_uris: vec![format!("{ISSUER}/callback/vneid")],
                    public_key: None,
                    encrypt_code: false,
                    backchannel_logout_uri: None,
                }],
                ..Settings::default()
            })
            .start()
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clients = folder.path().join("clients");
        std::fs::create_dir(&clients).unwrap();
        let portals = ["first", "second"].map(|name| {
            let (portal, metadata) = register(name);
            std::fs::write(clients.join(format!("{name}.json")), metadata.to_string()).unwrap();
            portal
        });
        let settings = format!(
            "issuer = {ISSUER:?}\n[stores]\nlasting = {:?}\nexpiring = {:?}\n{more}\n[secrets]\n{SECRETS}\n\
             [clients]\nfiles = [\"clients/*.json\"]\n[[upstreams]]\nid = \"vneid\"\ndialect = \"oidc\"\n\
             issuer = {:?}\nclient_id = \"broker\"\nclient_secret = {SECRET:?}\nsystem_authorities = false\n",
            stores.lasting,
            stores.expiring,
            vneid.issuer(),
        );
        std::fs::write(folder.path().join("broker.toml"), settings).unwrap();
        let instances: Vec<Instance> = (0..count)
            .map(|_| Instance { public: free_port(), admin: free_port(), process: Mutex::default() })
            .collect();
        let addresses = instances.iter().map(|i| format!("http://127.0.0.1:{}", i.public)).collect();
        let balancer = Balancer::new(addresses);
        let portals = portals.map(|portal| portal.at(&balancer.router()));
        Self { balancer, portals, stores, instances, vneid, http: http(), folder }
    }

    fn log(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("broker-{number}.log"))
    }

    /// The end of an instance's log.
    pub(crate) fn tail(&self, number: usize) -> String {
        let text = std::fs::read_to_string(self.log(number)).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(25)..].join("\n")
    }

    /// Starts an instance that does not run, and waits until it is ready.
    pub(crate) async fn launch(&self, number: usize) {
        self.begin(number).await;
        self.until(number, true).await;
    }

    /// Starts an instance that does not run.
    pub(crate) async fn begin(&self, number: usize) {
        let (instance, log) = (&self.instances[number], self.log(number));
        let program = tokio::task::spawn_blocking(programs::broker).await.unwrap();
        let out = File::options().create(true).append(true).open(log).unwrap();
        let mut command = Command::new(program);
        command.arg("--config").arg(self.folder.path().join("broker.toml")).arg("serve");
        command
            .env("BROKER__LISTEN__ADDRESS", format!("127.0.0.1:{}", instance.public))
            .env("BROKER__ADMIN__ADDRESS", format!("127.0.0.1:{}", instance.admin))
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out);
        *instance.process.lock().unwrap() = Some(command.spawn().unwrap());
    }

    /// Ends an instance at once.
    pub(crate) fn kill(&self, number: usize) {
        if let Some(mut process) = self.instances[number].process.lock().unwrap().take() {
            // It may have ended by itself.
            let _ = process.kill();
            process.wait().unwrap();
        }
    }

    /// Asks an instance to end, as whoever runs it does.
    pub(crate) fn terminate(&self, number: usize) {
        let process = self.instances[number].process.lock().unwrap();
        let id = process.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Half of a request, which an instance has in hand for as long as the other half does not come.
    pub(crate) async fn half_a_request(&self, number: usize) -> TcpStream {
        let mut half = TcpStream::connect(("127.0.0.1", self.instances[number].public)).await.unwrap();
        let head = "POST /oauth2/token HTTP/1.1\r\nHost: id\r\nContent-Length: 100\r\n\
                    Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant";
        half.write_all(head.as_bytes()).await.unwrap();
        half
    }

    /// The exit code of an instance that ends by itself, and how long that took.
    pub(crate) async fn ended(&self, number: usize, within: Duration) -> (Option<i32>, Duration) {
        let began = Instant::now();
        loop {
            if let Some(status) =
                self.instances[number].process.lock().unwrap().as_mut().unwrap().try_wait().unwrap()
            {
                return (status.code(), began.elapsed());
            }
            assert!(began.elapsed() < within, "it does not end\n{}", self.tail(number));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What an instance tells its load balancer: whether it is ready, and why not.
    pub(crate) async fn readiness(&self, number: usize) -> Option<(u16, Value)> {
        let url = format!("http://127.0.0.1:{}/health/ready", self.instances[number].admin);
        let answer = self.http.get(url).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }

    /// Whether whoever restarts instances lets it be.
    pub(crate) async fn is_live(&self, number: usize) -> bool {
        let url = format!("http://127.0.0.1:{}/health/live", self.instances[number].admin);
        self.http.get(url).send().await.is_ok_and(|answer| answer.status() == 200)
    }

    /// Its numbers, as Prometheus reads them.
    pub(crate) async fn numbers(&self, number: usize) -> String {
        let url = format!("http://127.0.0.1:{}/metrics", self.instances[number].admin);
        self.http.get(url).send().await.unwrap().text().await.unwrap()
    }

    /// Whether its process is there.
    pub(crate) fn is_running(&self, number: usize) -> bool {
        let mut process = self.instances[number].process.lock().unwrap();
        process.as_mut().is_some_and(|process| process.try_wait().unwrap().is_none())
    }

    /// Waits until an instance says that it is ready, or that it is not.
    pub(crate) async fn until(&self, number: usize, ready: bool) {
        let began = Instant::now();
        loop {
            let said = self.readiness(number).await;
            if said.as_ref().is_some_and(|(status, _)| (*status == 200) == ready) {
                return;
            }
            assert!(began.elapsed() < START, "instance {number}: {said:?}\n{}", self.tail(number));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until all instances are ready.
    pub(crate) async fn recovered(&self) {
        for number in 0..self.instances.len() {
            self.until(number, true).await;
        }
    }

    /// Whether an address is VNeID's.
    pub(crate) fn is_vneids(&self, url: &str) -> bool {
        url.starts_with(self.vneid.base_url())
    }

    /// The citizen signs in at VNeID: where they are sent back to.
    pub(crate) async fn approve(&self, url: &str, person: Person) -> String {
        self.vneid.instant(Some((person.number, 2)));
        let answer = self.http.get(url).send().await.unwrap();
        let location =
            answer.headers().get("location").unwrap_or_else(|| panic!("VNeID: {}", answer.status()));
        location.to_str().unwrap().to_owned()
    }

    /// What stands in the audit trail, oldest first: the kind and the interaction of each event. Waits until all kinds that are
    /// asked for stand there.
    pub(crate) async fn trail(&self, wanted: &[i64]) -> Vec<(i64, Option<String>)> {
        const ALL: &str = "SELECT kind, interaction FROM audit_events ORDER BY seq";
        let began = Instant::now();
        loop {
            let pool = sqlx::PgPool::connect(&self.stores.primary()).await.unwrap();
            let all: Vec<(i64, Option<String>)> = sqlx::query_as(ALL).fetch_all(&pool).await.unwrap();
            pool.close().await;
            if wanted.iter().all(|kind| all.iter().any(|(k, _)| k == kind)) {
                return all;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{wanted:?}: {all:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for number in 0..self.instances.len() {
            self.kill(number);
            if std::thread::panicking() {
                eprintln!("instance {number}:\n{}", self.tail(number));
            }
        }
    }
}
