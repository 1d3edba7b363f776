//! The two pairs of stores, with a place of its own in them for each world.

use crate::background;
use crate::world::signing_keys;
use broker_domain::clock::{Clock, SystemClock, Timestamp};
use broker_domain::secret::SystemEntropy;
use broker_stores::testing::{new_database, postgres, shared_redis};
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
#[derive(Clone, Debug)]
pub struct Place {
    pub lasting: String,
    pub expiring: String,
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
static DATABASE: OnceCell<String> = OnceCell::const_new();
static COUNT: AtomicU64 = AtomicU64::new(1);

/// A place for a new world.
pub async fn place(pair: Pair, folder: &Path) -> Place {
    match pair {
        Pair::Embedded => {
            let file = folder.join("broker.db");
            std::fs::write(&file, SQLITE.get_or_init(sqlite).await).unwrap();
            Place { lasting: format!("sqlite:{}", file.display()), expiring: "memory:".to_owned() }
        }
        Pair::Production => {
            let database = DATABASE.get_or_init(database).await.clone();
            let schema = format!("world_{}", COUNT.fetch_add(1, Ordering::Relaxed));
            let lasting = format!("{database}?options[search_path]={schema}");
            let create = format!("CREATE SCHEMA {schema}");
            background::run(async move {
                let mut connection = PgConnection::connect(&database).await.unwrap();
                connection.execute(sqlx::AssertSqlSafe(create)).await.unwrap();
                connection.close().await.unwrap();
            })
            .await;
            prepare(lasting.clone()).await;
            let expiring = tokio::task::spawn_blocking(|| shared_redis().1).await.unwrap();
            Place { lasting, expiring }
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

/// The database in which each world has a schema: making one takes far less time than making a database.
async fn database() -> String {
    tokio::task::spawn_blocking(postgres).await.unwrap();
    background::run(new_database()).await
}

/// Brings a database the schema and the signing keys of every world.
pub async fn prepare(lasting: String) {
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
        assert!(stores.keys.change(&[], signing_keys(), &[], beginning()).await.unwrap());
        match &stores.lasting {
            Lasting::Postgres(pool) => pool.close().await,
            Lasting::Sqlite(pool) => pool.close().await,
        }
    })
    .await;
}
