//! The broker under measurement, with everything around it.

use crate::Wanted;
use crate::forms;
use crate::numbers;
use crate::portal;
use crate::process::Process;
use crate::upstream::{CLIENT_ID, SECRET, Upstream};
use crate::wire::Wire;
use broker_stores::testing::{free_port, keep_what_is_written, new_database, shared_redis};
use mock_vneid::MockVneid;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::pairs::SECRETS;
use support::programs;
use tempfile::TempDir;

/// All of it.
pub(crate) struct Stage {
    pub(crate) public: SocketAddr,
    pub(crate) admin: SocketAddr,
    /// The stand-in for VNeID, where its forms are pressed.
    pub(crate) vneid: Option<Arc<MockVneid>>,
    pub(crate) broker: Process,
    /// From the start of the process until it was ready.
    pub(crate) readied: Duration,
    /// Redis, with the production pair.
    pub(crate) redis: Option<String>,
    pub(crate) postgres: Option<String>,
    config: PathBuf,
    folder: TempDir,
}

fn free_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], free_port()))
}

impl Stage {
    /// Starts everything; `settings` are further sections of the configuration.
    pub(crate) async fn start(wanted: &Wanted, settings: &str) -> Self {
        keep_what_is_written();
        let folder = tempfile::tempdir().unwrap();
        let (postgres, redis) = if wanted.embedded {
            (None, None)
        } else {
            let redis = tokio::task::spawn_blocking(|| shared_redis().1).await.unwrap();
            (Some(new_database().await), Some(redis))
        };
        portal::write_all(&folder.path().join("clients"));
        let (public, admin) = (free_address(), free_address());
        let (vneid, issuer) = if wanted.forms {
            let vneid = forms::start(public.port()).await;
            let issuer = vneid.issuer();
            (Some(vneid), issuer)
        } else {
            (None, Upstream::start().await.issuer)
        };
        let lasting = postgres
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", folder.path().join("broker.db").display()));
        let expiring = redis.clone().unwrap_or_else(|| "memory:".to_owned());
        let text = format!(
            "issuer = \"http://localhost:{}\"\n\
             listen = {{ address = \"{public}\" }}\nadmin = {{ address = \"{admin}\" }}\n\
             stores = {{ lasting = {lasting:?}, expiring = {expiring:?}, migrate_at_start = true }}\n\
             clients = {{ files = [\"clients/*.json\"] }}\n\
             log = {{ format = \"json\" }}\n\
             [secrets]\n{SECRETS}\n\
             [[upstreams]]\nid = \"vneid\"\ndialect = \"oidc\"\nissuer = {:?}\nclient_id = {CLIENT_ID:?}\n\
             client_secret = {SECRET:?}\nsystem_authorities = false\n\
             [limits]\naddress_per_minute = 0\nclient_per_minute = 0\n{settings}\n",
            public.port(),
            issuer,
        );
        let config = folder.path().join("broker.toml");
        std::fs::write(&config, text).unwrap();
        // The first start adds all registrations; what is measured is a start as every later one.
        let (first, _) = start(&config, &folder, admin).await;
        first.stop();
        let (broker, readied) = start(&config, &folder, admin).await;
        Self { public, admin, vneid, broker, readied, redis, postgres, config, folder }
    }

    /// The broker's configuration.
    pub(crate) fn describe(&self) -> String {
        let log = self.folder.path().join("broker.log");
        format!("broker {} with {}, its log in {}", self.broker.pid(), self.config.display(), log.display())
    }

    /// Its counters now.
    pub(crate) async fn counters(&self) -> std::collections::BTreeMap<String, f64> {
        numbers::counters(self.admin).await
    }
}

async fn start(config: &std::path::Path, folder: &TempDir, admin: SocketAddr) -> (Process, Duration) {
    let began = Instant::now();
    let mut command = Command::new(programs::broker());
    command.arg("--config").arg(config).arg("serve");
    let process = Process::start(command, &folder.path().join("broker.log"));
    loop {
        let answer = Wire::new(admin).get("/health/ready").await;
        if answer.is_ok_and(|a| a.status == 200) {
            return (process, began.elapsed());
        }
        let log = || std::fs::read_to_string(folder.path().join("broker.log")).unwrap_or_default();
        assert!(began.elapsed() < Duration::from_secs(60), "the broker does not start:\n{}", log());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
