//! Redis: a single server, one behind Sentinel, a Cluster.

use super::cutter::Cutter;
use super::kept::{Kept, folder, free_port, until};
use redis::{Client, Connection, FromRedisValue, cmd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// One server of one's own.
#[derive(Debug)]
pub struct RedisServer {
    kept: Option<Kept>,
    /// Its port on 127.0.0.1.
    pub port: u16,
    arguments: Vec<String>,
}

impl RedisServer {
    /// Starts one, with further arguments as on its command line.
    pub fn start(arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|a| (*a).to_owned()).collect();
        let mut server = Self { kept: None, port: free_port(), arguments };
        server.begin();
        server
    }

    fn begin(&mut self) {
        let folder = folder();
        let words = ["redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        let mut command: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        command.extend(["--port".to_owned(), self.port.to_string()]);
        command.extend(["--dir".to_owned(), folder.display().to_string()]);
        command.extend(self.arguments.iter().cloned());
        let kept = Kept::start(folder, "KILL", &command);
        self.kept = Some(kept);
        self.await_answer();
    }

    fn kept(&self) -> &Kept {
        self.kept.as_ref().expect("Redis runs")
    }

    fn await_answer(&self) {
        until(&self.kept().folder, "Redis", || {
            self.try_connect().is_some_and(|mut c| cmd("PING").query::<String>(&mut c).is_ok())
        });
    }

    /// Ends it as a crash would, and starts it again with what it had written down: everything with `--appendonly yes`.
    pub fn crash_and_recover(&mut self) {
        self.kept().crash();
        self.kept.as_mut().expect("Redis runs").start_again();
        self.await_answer();
    }

    /// Freezes it: connections stay open, and nothing answers.
    pub fn pause(&self) {
        self.kept().signal("STOP");
    }

    /// Lets it go on, with all that was asked of it meanwhile.
    pub fn resume(&self) {
        self.kept().signal("CONT");
    }

    /// Ends it, as a crash would.
    pub fn kill(&mut self) {
        self.kept = None;
    }

    /// Starts it again on the same port, empty.
    pub fn restart(&mut self) {
        self.kill();
        self.begin();
    }

    /// Waits until so many replicas have what was written so far. `WAIT` would look at this connection's own writes only.
    pub fn wait_for_replicas(&self, count: usize) {
        let told = |info: &str, name: &str| {
            let of_line = |line: &str| {
                line.split(',').find_map(|part| part.strip_prefix(name)?.trim().parse::<u64>().ok())
            };
            info.lines().filter_map(of_line).collect::<Vec<u64>>()
        };
        let info = || self.command::<String>(&["INFO", "replication"]);
        let written = told(&info(), "master_repl_offset:").first().copied().expect("a master");
        let began = Instant::now();
        while told(&info(), "offset=").into_iter().filter(|offset| *offset >= written).count() < count {
            assert!(began.elapsed() < Duration::from_secs(10), "{}", info());
            super::kept::pause();
        }
    }

    /// Its URL, without a database.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    fn try_connect(&self) -> Option<Connection> {
        Client::open(self.url()).unwrap().get_connection_with_timeout(Duration::from_secs(1)).ok()
    }

    /// A plain connection.
    pub fn connect(&self) -> Connection {
        self.try_connect().expect("Redis answers")
    }

    /// Carries out one command.
    pub fn command<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut command = cmd(words[0]);
        command.arg(&words[1..]);
        command.query(&mut self.connect()).unwrap()
    }
}

/// The shared single server, and a database of it that nobody else uses: its URL.
pub fn shared_redis() -> (&'static RedisServer, String) {
    static SERVER: OnceLock<RedisServer> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let server = SERVER.get_or_init(|| RedisServer::start(&["--databases", "16384"]));
    (server, format!("{}{}", server.url(), NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// A master, a replica, and a Sentinel that may promote it.
#[derive(Debug)]
pub struct RedisWithSentinel {
    /// The master at the start.
    pub master: RedisServer,
    /// The replica at the start.
    pub replica: RedisServer,
    port: u16,
    sentinel: Kept,
}

impl RedisWithSentinel {
    /// Starts the three.
    pub fn start() -> Self {
        let master = RedisServer::start(&["--repl-diskless-sync-delay", "0"]);
        let replica = RedisServer::start(&["--replicaof", "127.0.0.1", &master.port.to_string()]);
        until(&replica.kept.as_ref().unwrap().folder, "the replica", || {
            replica.command::<String>(&["INFO", "replication"]).contains("master_link_status:up")
        });
        let (folder, port) = (folder(), free_port());
        let file = folder.join("sentinel.conf");
        let config = format!(
            "port {port}\nbind 127.0.0.1\nsentinel monitor broker 127.0.0.1 {} 1\n\
             sentinel down-after-milliseconds broker 800\nsentinel failover-timeout broker 3000\n",
            master.port
        );
        std::fs::write(&file, config).unwrap();
        let command = ["redis-server".to_owned(), file.display().to_string(), "--sentinel".to_owned()];
        let sentinel = Kept::start(folder.clone(), "KILL", &command);
        let made = Self { master, replica, port, sentinel };
        until(&folder, "Sentinel", || made.ask("replicas").is_some_and(|text| text.contains("slave")));
        made
    }

    fn ask(&self, what: &str) -> Option<String> {
        let client = Client::open(format!("redis://127.0.0.1:{}/", self.port)).unwrap();
        let mut connection = client.get_connection_with_timeout(Duration::from_secs(1)).ok()?;
        let answer: redis::Value = cmd("SENTINEL").arg(what).arg("broker").query(&mut connection).ok()?;
        Some(format!("{answer:?}"))
    }

    /// Waits until Sentinel names the replica as the master.
    pub fn await_failover(&self) {
        let port = self.replica.port.to_string();
        until(&self.sentinel.folder, "the failover", || {
            self.ask("get-master-addr-by-name").is_some_and(|text| text.contains(&port))
        });
    }

    /// Makes Sentinel promote the replica while the master lives.
    pub fn fail_over(&self) {
        self.ask("failover").expect("Sentinel begins");
        self.await_failover();
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("redis+sentinel://127.0.0.1:{}/broker", self.port)
    }
}

/// The shared one. Its keys are everybody's: tests tell theirs apart by random ids.
pub fn redis_with_sentinel() -> &'static RedisWithSentinel {
    static SHARED: OnceLock<RedisWithSentinel> = OnceLock::new();
    SHARED.get_or_init(RedisWithSentinel::start)
}

/// A Cluster of three, each with replicas if wanted.
#[derive(Debug)]
pub struct RedisCluster {
    /// Its servers: the first three own the slots at the start.
    pub servers: Vec<RedisServer>,
    /// The proxies before its servers, if it has any.
    pub cutters: Vec<Cutter>,
}

impl RedisCluster {
    /// Starts one with so many replicas for each of its three.
    pub fn start(replicas: usize) -> Self {
        Self::begin(replicas, false)
    }

    /// Starts one without replicas, with a proxy before each server, by which its clients reach it.
    pub fn behind_cutters() -> Self {
        Self::begin(0, true)
    }

    fn begin(replicas: usize, behind_cutters: bool) -> Self {
        let timeout = if replicas == 0 { "15000" } else { "1000" };
        let mut cutters = Vec::new();
        let mut one = || {
            let (bus, proxy) = (free_port().to_string(), free_port());
            let announced = proxy.to_string();
            let mut arguments =
                vec!["--cluster-enabled", "yes", "--cluster-port", &bus, "--cluster-node-timeout", timeout];
            if behind_cutters {
                arguments.extend(["--cluster-announce-port", &announced]);
            }
            let server = RedisServer::start(&arguments);
            if behind_cutters {
                cutters.push(Cutter::start(proxy, server.port));
            }
            server
        };
        let servers: Vec<RedisServer> = (0..3 * (1 + replicas)).map(|_| one()).collect();
        for (n, slots) in [("0", "5460"), ("5461", "10922"), ("10923", "16383")].iter().enumerate() {
            servers[n].command::<()>(&["CLUSTER", "ADDSLOTSRANGE", slots.0, slots.1]);
            servers[n].command::<()>(&["CLUSTER", "SET-CONFIG-EPOCH", &(n + 1).to_string()]);
        }
        for server in &servers[1..] {
            let (port, bus) = (server.port.to_string(), &server.arguments[3]);
            servers[0].command::<()>(&["CLUSTER", "MEET", "127.0.0.1", &port, bus]);
        }
        let folder = |s: &RedisServer| s.kept.as_ref().unwrap().folder.clone();
        for server in &servers {
            until(&folder(server), "the Cluster", || {
                let info: String = server.command(&["CLUSTER", "INFO"]);
                info.contains(&format!("cluster_known_nodes:{}\r", servers.len()))
                    && info.contains("cluster_state:ok")
            });
        }
        for (n, server) in servers.iter().enumerate().skip(3) {
            let master: String = servers[n % 3].command(&["CLUSTER", "MYID"]);
            server.command::<()>(&["CLUSTER", "REPLICATE", &master]);
        }
        for server in &servers[3..] {
            until(&folder(server), "a replica of the Cluster", || {
                server.command::<String>(&["INFO", "replication"]).contains("master_link_status:up")
            });
        }
        Self { servers, cutters }
    }

    /// Which of its first three servers a key belongs to.
    pub fn master_of(&self, key: &str) -> usize {
        let slot: usize = self.servers[0].command(&["CLUSTER", "KEYSLOT", key]);
        (slot / 5461).min(2)
    }

    /// Its URL.
    pub fn url(&self) -> String {
        let through = self.cutters.iter().map(|c| c.port);
        let direct = self.servers.iter().filter(|_| self.cutters.is_empty()).map(|s| s.port);
        let hosts: Vec<String> = through.chain(direct).map(|port| format!("127.0.0.1:{port}")).collect();
        format!("redis+cluster://{}", hosts.join(","))
    }
}

/// The shared one. Its keys are everybody's: tests tell theirs apart by random ids.
pub fn redis_cluster() -> &'static RedisCluster {
    static SHARED: OnceLock<RedisCluster> = OnceLock::new();
    SHARED.get_or_init(|| RedisCluster::start(0))
}
