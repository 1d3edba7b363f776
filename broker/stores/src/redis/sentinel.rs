//! The master that Sentinel names: asked for again after every failure.

use redis::aio::MultiplexedConnection;
use redis::sentinel::{SentinelClient, SentinelNodeConnectionInfo, SentinelServerType};
use redis::{AsyncConnectionConfig, Client, ConnectionInfo, ErrorKind, RedisError, RedisResult};
use std::sync::RwLock;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// After a search that found no master, others fail at once for this long, so that they do not queue up behind one another. After one that
/// found some, none begins for this long: a master that refuses to write is not asked for without end.
const REST: Duration = Duration::from_millis(200);

/// A connection to the master, and the count of connections made before it.
#[derive(Clone)]
pub(super) struct Live {
    pub(super) number: u64,
    found: Instant,
    pub(super) connection: MultiplexedConnection,
}

struct Search {
    client: SentinelClient,
    count: u64,
    failed: Option<Instant>,
}

/// A connection that follows the master.
pub(super) struct Sentinel {
    live: RwLock<Option<Live>>,
    search: Mutex<Search>,
    config: AsyncConnectionConfig,
    patience: Duration,
}

fn away() -> RedisError {
    RedisError::from((ErrorKind::MasterNameNotFoundBySentinel, "Sentinel names no master that answers"))
}

pub(super) fn client(
    sentinels: &[ConnectionInfo],
    master: &str,
    node: &SentinelNodeConnectionInfo,
) -> RedisResult<SentinelClient> {
    SentinelClient::build(sentinels.to_vec(), master, Some(node.clone()), SentinelServerType::Master)
}

/// The master of the moment, as a client.
pub(super) async fn master(client: &mut SentinelClient, patience: Duration) -> RedisResult<Client> {
    timeout(patience, client.async_get_client()).await.unwrap_or_else(|_| Err(away()))
}

impl Sentinel {
    pub(super) fn new(client: SentinelClient, config: AsyncConnectionConfig, patience: Duration) -> Self {
        let search = Search { client, count: 0, failed: None };
        Self { live: RwLock::new(None), search: Mutex::new(search), config, patience }
    }

    fn current(&self) -> Option<Live> {
        self.live.read().ok().and_then(|live| live.clone())
    }

    fn set(&self, live: Option<Live>) {
        if let Ok(mut place) = self.live.write() {
            *place = live;
        }
    }

    /// The connection in use, or a new one to the master that Sentinel names now; `fresh` tells them apart.
    pub(super) async fn get(&self) -> RedisResult<(Live, bool)> {
        if let Some(live) = self.current() {
            return Ok((live, false));
        }
        let mut search = self.search.lock().await;
        // Somebody else may have found it meanwhile, or found that nobody can.
        if let Some(live) = self.current() {
            return Ok((live, false));
        }
        if search.failed.is_some_and(|at| at.elapsed() < REST) {
            return Err(away());
        }
        match self.find(&mut search.client).await {
            Ok(connection) => {
                search.failed = None;
                search.count += 1;
                let live = Live { number: search.count, found: Instant::now(), connection };
                self.set(Some(live.clone()));
                Ok((live, true))
            }
            Err(error) => {
                search.failed = Some(Instant::now());
                Err(error)
            }
        }
    }

    async fn find(&self, client: &mut SentinelClient) -> RedisResult<MultiplexedConnection> {
        let master = master(client, self.patience).await?;
        master.get_multiplexed_async_connection_with_config(&self.config).await
    }

    /// A connection is broken, or its server does not write: the next command asks Sentinel again. One that was replaced meanwhile is
    /// no concern.
    pub(super) fn drop_if(&self, number: u64, is_broken: bool) {
        let is_old = |live: &Live| is_broken || live.found.elapsed() > REST;
        if self.current().is_some_and(|live| live.number == number && is_old(&live)) {
            self.set(None);
        }
    }
}
