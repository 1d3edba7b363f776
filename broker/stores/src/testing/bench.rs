//! Ports over each of their implementations, for suites that run on all.

use super::postgres::new_database;
use super::redis::{redis_cluster, redis_with_sentinel, shared_redis};
use crate::memory::{LocalAnnouncements, Memory};
use crate::open::{StoreSettings, Stores};
use crate::redis::{RedisAnnouncements, RedisSettings, RedisStore};
use crate::sealing::{Sealer, StoreKeys};
use broker_domain::clock::{Clock, MockClock, SystemClock, Timestamp};
use broker_domain::ports::{Announcements, Expiring, Limits, Rates};
use broker_domain::secret::SystemEntropy;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// The implementations of what expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expires {
    /// In the process.
    Memory,
    /// A single Redis server, a database of one's own.
    Redis,
    /// Redis behind Sentinel.
    Sentinel,
    /// A Redis Cluster.
    Cluster,
}

/// The implementations of what lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// A file.
    Sqlite,
    /// A database of one's own.
    Postgres,
}

/// The moment at which tests begin, the same for all of a process: the machine's, since Redis keeps records by its own clock.
pub fn beginning() -> Timestamp {
    static BEGINNING: LazyLock<Timestamp> = LazyLock::new(|| Timestamp::from_secs(SystemClock.now().secs()));
    *BEGINNING
}

/// Keys for tests: each sealing key from one letter, the first one seals.
pub fn keys(sealing: &[char]) -> StoreKeys {
    let key = |c: &char| (c.to_string(), Zeroizing::new([*c as u8; 32]));
    StoreKeys { sealing: sealing.iter().map(key).collect(), index: [7; 32].into() }
}

const PATIENCE: Duration = Duration::from_secs(10);

/// A store of what expires.
pub struct ExpiringBench {
    /// The store.
    pub store: Arc<dyn Expiring>,
    /// Limits of attempts, in the same store.
    pub limits: Arc<dyn Limits>,
    /// How often who comes, in the same store.
    pub rates: Arc<dyn Rates>,
    /// The word of a change.
    pub announcements: Arc<dyn Announcements>,
    /// The clock of both.
    pub clock: Arc<MockClock>,
    /// Where it is, when it is Redis.
    pub url: String,
}

impl ExpiringBench {
    /// Opens one.
    pub async fn on(kind: Expires) -> Self {
        match kind {
            Expires::Memory => {
                let clock = Arc::new(MockClock::at(beginning()));
                let (store, announcements) =
                    (Arc::new(Memory::new(clock.clone())), Arc::new(LocalAnnouncements::default()));
                Self {
                    limits: store.clone(),
                    rates: store.clone(),
                    store,
                    announcements,
                    clock,
                    url: "memory:".to_owned(),
                }
            }
            Expires::Redis => {
                Self::at(&tokio::task::spawn_blocking(|| shared_redis().1).await.unwrap()).await
            }
            Expires::Sentinel => {
                Self::at(&tokio::task::spawn_blocking(|| redis_with_sentinel().url()).await.unwrap()).await
            }
            Expires::Cluster => {
                Self::at(&tokio::task::spawn_blocking(|| redis_cluster().url()).await.unwrap()).await
            }
        }
    }

    /// Opens one over a Redis that is there.
    pub async fn at(url: &str) -> Self {
        Self::with(url, &keys(&['a']), PATIENCE).await
    }

    /// Opens one over a Redis that is there, with keys and limits of time of the test's own.
    pub async fn with(url: &str, keys: &StoreKeys, patience: Duration) -> Self {
        let clock = Arc::new(MockClock::at(beginning()));
        let entropy = Arc::new(SystemEntropy);
        let sealer = Sealer::new(keys, entropy.clone()).unwrap();
        let settings =
            RedisSettings { url: url.to_owned(), connect_timeout: patience, response_timeout: patience };
        let store = Arc::new(RedisStore::connect(&settings, sealer, entropy, clock.clone()).await.unwrap());
        let announcements = RedisAnnouncements::start(&settings, store.connection()).unwrap();
        let announcements = Arc::new(announcements);
        Self { limits: store.clone(), rates: store.clone(), store, announcements, clock, url: url.to_owned() }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Stores of what lasts.
pub struct LastingBench {
    /// All ports; what expires is kept in the process.
    pub stores: Stores,
    /// How they were opened.
    pub settings: StoreSettings,
    /// The SQLite file's folder.
    pub folder: TempDir,
}

impl LastingBench {
    /// Opens a new one with its schema.
    pub async fn on(kind: Lasts) -> Self {
        let bench = Self::bare(kind).await;
        bench.stores.lasting.migrate().await.unwrap();
        bench
    }

    /// Opens a new one without a schema.
    pub async fn bare(kind: Lasts) -> Self {
        super::statements::record_if_asked();
        let folder = tempfile::tempdir().unwrap();
        let lasting = match kind {
            Lasts::Sqlite => format!("sqlite://{}", folder.path().join("broker.db").display()),
            Lasts::Postgres => {
                tokio::task::spawn_blocking(super::postgres::postgres).await.unwrap();
                new_database().await
            }
        };
        let settings = StoreSettings {
            lasting,
            expiring: "memory:".to_owned(),
            lasting_connections: 8,
            connect_timeout: PATIENCE,
            response_timeout: PATIENCE,
        };
        let stores = open(&settings, &keys(&['a'])).await;
        Self { stores, settings, folder }
    }

    /// Another instance over the same database, with keys of its own.
    pub async fn again(&self, keys: &StoreKeys) -> Stores {
        open(&self.settings, keys).await
    }
}

async fn open(settings: &StoreSettings, keys: &StoreKeys) -> Stores {
    let clock = Arc::new(MockClock::at(beginning()));
    Stores::open(settings, keys, Arc::new(SystemEntropy), clock).await.unwrap()
}
