//! The two pairs of stores, with a place of its own in them for each world.

use crate::background;
use crate::servers::{self, Servers};
use crate::world::signing_keys;
use broker_domain::clock::{Clock, SystemClock, Timestamp};
use broker_domain::secret::SystemEntropy;
use broker_stores::{Lasting, StoreKeys, StoreSettings, Stores};
use sqlx::{Connection, Executor, PgConnection};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::OnceCell;

/// A pair of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// SQLite and the process's memory.
    Embedded,
    /// PostgreSQL and Redis.
    Production,
}

/// Where a world's stores are, as configuration names them.
#[derive(Debug)]
pub struct Place {
    pub lasting: String,
    pub expiring: String,
    database: Option<(String, String)>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = self.database.take() {
            background::leave(async move {
                if let Ok(mut connection) = PgConnection::connect(&format!("{server}postgres")).await {
                    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    let _ = connection.execute(sqlx::AssertSqlSafe(drop)).await;
                }
            });
        }
    }
}

/// The keys of every world's broker, as they stand in its configuration.
pub const SECRETS: &str = "hashing_key = \"6861736820207468657365206b65797320617265206f66206e6f2075736520fe\"\n\
index_key = \"696e646578207468657365206b65797320617265206f66206e6f2075736520fe\"\n\
sealing_keys = [{ id = \"k1\", key = \"7365616c20207468657365206b65797320617265206f66206e6f2075736520fe\" }]";

/// The moment at which every world begins: once for each test program, for Redis counts with the machine's clock.
pub fn beginning() -> Timestamp {
    static BEGINNING: OnceLock<Timestamp> = OnceLock::new();
    *BEGINNING.get_or_init(|| Timestamp::from_secs(SystemClock.now().secs()))
}

static SQLITE: OnceCell<Vec<u8>> = OnceCell::const_new();
static SERVERS: OnceCell<Servers> = OnceCell::const_new();
static COUNT: AtomicU64 = AtomicU64::new(1);

/// A place for a new world.
pub async fn place(pair: Pair, folder: &Path) -> Place {
    match pair {
        Pair::Embedded => {
            let file = folder.join("broker.db");
            std::fs::write(&file, SQLITE.get_or_init(sqlite).await).unwrap();
            Place {
                lasting: format!("sqlite:{}", file.display()),
                expiring: "memory:".to_owned(),
                database: None,
            }
        }
        Pair::Production => {
            let servers = SERVERS.get_or_init(production).await.clone();
            let n = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("world_{n}");
            let server = servers.postgres.clone();
            let create = format!("CREATE DATABASE {name} TEMPLATE all_worlds");
            background::run(async move {
                let mut connection = PgConnection::connect(&format!("{server}postgres")).await.unwrap();
                connection.execute(sqlx::AssertSqlSafe(create)).await.unwrap();
                connection.close().await.unwrap();
            })
            .await;
            Place {
                lasting: format!("{}{name}", servers.postgres),
                expiring: format!("{}{n}", servers.redis),
                database: Some((servers.postgres, name)),
            }
        }
    }
}

/// The bytes of a database that has its schema and signing keys.
async fn sqlite() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broker.db");
    prepare(format!("sqlite:{}", file.display())).await;
    std::fs::read(&file).unwrap()
}

async fn production() -> Servers {
    let servers = tokio::task::spawn_blocking(servers::start).await.unwrap();
    let server = servers.postgres.clone();
    background::run(async move {
        let mut connection = PgConnection::connect(&format!("{server}postgres")).await.unwrap();
        connection.execute("CREATE DATABASE all_worlds").await.unwrap();
        connection.close().await.unwrap();
    })
    .await;
    prepare(format!("{}all_worlds", servers.postgres)).await;
    servers
}

async fn prepare(lasting: String) {
    background::run(async move {
        let key = |name: &str| -> [u8; 32] {
            let line = SECRETS.lines().find(|l| l.starts_with(name)).unwrap();
            data_encoding::HEXLOWER
                .decode(line.split('"').rev().nth(1).unwrap().as_bytes())
                .unwrap()
                .try_into()
                .unwrap()
        };
        let keys = StoreKeys {
            sealing: vec![("k1".to_owned(), key("sealing_keys").into())],
            index: key("index_key").into(),
        };
        let settings = StoreSettings {
            lasting,
            expiring: "memory:".to_owned(),
            lasting_connections: 1,
            connect_timeout: Duration::from_secs(10),
            response_timeout: Duration::from_secs(10),
        };
        let stores =
            Stores::open(&settings, &keys, Arc::new(SystemEntropy), Arc::new(SystemClock)).await.unwrap();
        stores.lasting.migrate().await.unwrap();
        assert!(stores.keys.change(&[], &signing_keys(), &[], beginning()).await.unwrap());
        match &stores.lasting {
            Lasting::Postgres(pool) => pool.close().await,
            Lasting::Sqlite(pool) => pool.close().await,
        }
    })
    .await;
}
