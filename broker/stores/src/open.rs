//! Opening all stores by their URLs.

use crate::lasting::{Lasting, OnPostgres, OnSqlite, Rekey, Rekeyed};
use crate::memory::{LocalAnnouncements, Memory};
use crate::redis::{RedisAnnouncements, RedisFacts, RedisSettings, RedisStore, inspect};
use crate::sealing::{BlindIndex, Sealer, StoreKeys};
use broker_domain::clock::Clock;
use broker_domain::ports::{
    AccountWalk, Accounts, Announcements, AuditLog, Citizens, Expiring, Limits, NamespaceOrders, Outbox,
    OwnData, Rates, Registrations, Reviews, Sectors, SigningKeys, StoreError, Upkeep,
};
use broker_domain::secret::Entropy;
use redis::{ErrorKind, ServerErrorKind};
use std::sync::Arc;
use std::time::Duration;

/// Where the stores are.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// `sqlite:FILE` or `postgres://…`.
    pub lasting: String,
    /// `memory:`, `redis://…`, `rediss://…`, `redis+sentinel://HOST:PORT,…/MASTER` or `redis+cluster://HOST:PORT,…`.
    pub expiring: String,
    /// Connections to PostgreSQL at the most.
    pub lasting_connections: u32,
    /// Limit of time for getting a connection.
    pub connect_timeout: Duration,
    /// Limit of time for an answer of Redis.
    pub response_timeout: Duration,
}

/// Why the stores do not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No sealing key, or one with a bad id.
    #[error("there must be at least one sealing key, each with an id of 1 to 32 bytes")]
    Keys,
    /// The database.
    #[error("the database does not open: {0}")]
    Lasting(#[from] sqlx::Error),
    /// Redis.
    #[error("Redis does not open: {0}")]
    Expiring(#[from] redis::RedisError),
}

impl OpenError {
    /// Whether it may pass by itself: nothing answers, or what answers is just starting, or about to name a new primary. A refused
    /// login and a database that is not there stay as they are until somebody does something.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Keys => false,
            Self::Lasting(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => true,
            // Class 57P: it starts or stops; 53: it has no room left for a connection; 08: the connection broke.
            Self::Lasting(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                code.len() == 5 && ["57P", "53", "08"].iter().any(|class| code.starts_with(class))
            }),
            Self::Lasting(_) => false,
            Self::Expiring(error) => matches!(
                error.kind(),
                ErrorKind::Io
                    | ErrorKind::MasterNameNotFoundBySentinel
                    | ErrorKind::NoValidReplicasFoundBySentinel
                    | ErrorKind::ClusterConnectionNotFound
                    | ErrorKind::Server(
                        ServerErrorKind::BusyLoading
                            | ServerErrorKind::ClusterDown
                            | ServerErrorKind::MasterDown
                            | ServerErrorKind::TryAgain
                    )
            ),
        }
    }
}

/// All ports.
#[derive(Clone)]
pub struct Stores {
    /// What expires.
    pub expiring: Arc<dyn Expiring>,
    /// Limits of attempts.
    pub limits: Arc<dyn Limits>,
    /// How often who comes.
    pub rates: Arc<dyn Rates>,
    /// Registered clients.
    pub registrations: Arc<dyn Registrations>,
    /// Citizens and their subjects.
    pub citizens: Arc<dyn Citizens>,
    /// Legacy accounts and links.
    pub accounts: Arc<dyn Accounts>,
    /// The review queue.
    pub reviews: Arc<dyn Reviews>,
    /// Going through all legacy accounts.
    pub account_walk: Arc<dyn AccountWalk>,
    /// What is kept of a citizen, for their own eyes.
    pub own_data: Arc<dyn OwnData>,
    /// Signing keys.
    pub keys: Arc<dyn SigningKeys>,
    /// The audit log.
    pub audit: Arc<dyn AuditLog>,
    /// What goes out.
    pub outbox: Arc<dyn Outbox>,
    /// What administrators ordered for namespaces.
    pub namespaces: Arc<dyn NamespaceOrders>,
    /// Scheduled jobs, and what they clean up.
    pub upkeep: Arc<dyn Upkeep>,
    /// Sectors that take over others.
    pub sectors: Arc<dyn Sectors>,
    /// The word of a change.
    pub announcements: Arc<dyn Announcements>,
    /// The database, for migrations.
    pub lasting: Lasting,
    rekey: Arc<dyn Rekey>,
}

impl Stores {
    /// Opens them. The schema is left as it is: see [`Lasting::migrate`].
    pub async fn open(
        settings: &StoreSettings,
        keys: &StoreKeys,
        entropy: Arc<dyn Entropy>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let sealer = Sealer::new(keys, entropy.clone()).ok_or(OpenError::Keys)?;
        let index = BlindIndex::new(&keys.index);
        // In boxes: futures that hold all of the drivers' are too deep for the compiler.
        let (url, connections) = (&settings.lasting, settings.lasting_connections);
        let lasting = Box::pin(Lasting::open(url, connections, settings.connect_timeout)).await?;
        let expires = match Box::pin(open_expiring(settings, sealer.clone(), entropy, clock)).await {
            Ok(expires) => expires,
            Err(error) => {
                // Whoever tries again opens another one.
                lasting.close().await;
                return Err(error);
            }
        };
        let (expiring, limits, rates, announcements) = expires;
        macro_rules! over {
            ($repository:expr) => {{
                let repository = Arc::new($repository);
                Self {
                    expiring,
                    limits,
                    rates,
                    registrations: repository.clone(),
                    citizens: repository.clone(),
                    accounts: repository.clone(),
                    reviews: repository.clone(),
                    account_walk: repository.clone(),
                    own_data: repository.clone(),
                    keys: repository.clone(),
                    audit: repository.clone(),
                    outbox: repository.clone(),
                    namespaces: repository.clone(),
                    sectors: repository.clone(),
                    upkeep: repository.clone(),
                    rekey: repository,
                    announcements,
                    lasting: lasting.clone(),
                }
            }};
        }
        Ok(match &lasting {
            Lasting::Postgres(pool) => over!(OnPostgres::new(pool.clone(), pool.clone(), sealer, index)),
            Lasting::Sqlite(pools) => {
                over!(OnSqlite::new(pools.writer.clone(), pools.reader.clone(), sealer, index))
            }
        })
    }

    /// What Redis says of itself: every server that the URL of `settings` names is asked. `None` when what expires is in the process.
    ///
    /// # Errors
    /// When the URL does not read.
    pub async fn redis_facts(settings: &StoreSettings) -> Result<Option<RedisFacts>, OpenError> {
        if settings.expiring.starts_with("memory:") {
            return Ok(None);
        }
        let redis = RedisSettings {
            url: settings.expiring.clone(),
            connect_timeout: settings.connect_timeout,
            response_timeout: settings.response_timeout,
        };
        Ok(Some(inspect(&redis).await?))
    }

    /// After a change of keys: seals anew what old keys sealed, and indexes anew what old keys indexed. It takes its time, may be
    /// broken off and run again, and disturbs nobody. Afterwards old sealing keys can be dropped; an old index key can be dropped
    /// then too, and a further run removes what it had indexed.
    ///
    /// # Errors
    /// When the database does not answer, or holds something that none of the keys opens.
    pub async fn rekey(&self) -> Result<Rekeyed, StoreError> {
        self.rekey.rekey().await
    }
}

type Expires = (Arc<dyn Expiring>, Arc<dyn Limits>, Arc<dyn Rates>, Arc<dyn Announcements>);

async fn open_expiring(
    settings: &StoreSettings,
    sealer: Sealer,
    entropy: Arc<dyn Entropy>,
    clock: Arc<dyn Clock>,
) -> Result<Expires, OpenError> {
    Ok(if settings.expiring.starts_with("memory:") {
        let store = Arc::new(Memory::new(clock));
        (store.clone(), store.clone(), store, Arc::new(LocalAnnouncements::default()))
    } else {
        let redis = RedisSettings {
            url: settings.expiring.clone(),
            connect_timeout: settings.connect_timeout,
            response_timeout: settings.response_timeout,
        };
        let store = RedisStore::connect(&redis, sealer, entropy, clock).await?;
        let announcements = RedisAnnouncements::start(&redis, store.connection())?;
        let store = Arc::new(store);
        (store.clone(), store.clone(), store, Arc::new(announcements))
    })
}
