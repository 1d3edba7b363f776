//! What Redis says of itself, for operators: each server by a connection of its own. Nothing is changed.

use super::address::{Address, parse};
use super::sentinel;
use super::settings::RedisSettings;
use broker_domain::clock::Timestamp;
use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionInfo, RedisResult, cmd};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What Redis as a whole says of itself.
#[derive(Clone, Debug, Default)]
pub struct RedisFacts {
    /// The servers that hold data, by their addresses: the one, the master that Sentinel names, or those of a Cluster that the URL
    /// names. One that does not answer has words instead.
    pub servers: Vec<(String, Result<ServerFacts, String>)>,
    /// What each Sentinel says to the question whether enough of them agree; `Err` also when one does not answer.
    pub sentinels: Vec<(String, Result<(), String>)>,
}

/// What one server says of itself.
#[derive(Clone, Debug)]
pub struct ServerFacts {
    /// How long a question took that asks for nothing.
    pub latency: Duration,
    /// Its clock.
    pub clock: Timestamp,
    /// What `CLUSTER INFO` gives, where it is part of a Cluster.
    pub cluster: BTreeMap<String, String>,
    info: BTreeMap<String, String>,
}

impl ServerFacts {
    /// A member of what `INFO` gives, for example `maxmemory_policy`.
    pub fn info(&self, name: &str) -> &str {
        self.info.get(name).map_or("", String::as_str)
    }
}

/// The lines `name:value` of an answer.
fn members(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|line| line.trim_end().split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Words without the address's password, which the library never puts there; only the cause.
fn words(error: &redis::RedisError) -> String {
    let detail = error.detail().map(|d| format!(": {d}")).unwrap_or_default();
    format!("{}{detail}", error.category())
}

struct Asker {
    config: AsyncConnectionConfig,
}

impl Asker {
    async fn connect(&self, client: &Client) -> RedisResult<MultiplexedConnection> {
        client.get_multiplexed_async_connection_with_config(&self.config).await
    }

    async fn server(&self, client: &Client) -> RedisResult<ServerFacts> {
        let mut connection = self.connect(client).await?;
        let begun = Instant::now();
        let (secs, micros): (i64, i64) = cmd("TIME").query_async(&mut connection).await?;
        let latency = begun.elapsed();
        let text: String = cmd("INFO").query_async(&mut connection).await?;
        let info = members(&text);
        let mut cluster = BTreeMap::new();
        if info.get("cluster_enabled").is_some_and(|enabled| enabled == "1") {
            let text: String = cmd("CLUSTER").arg("INFO").query_async(&mut connection).await?;
            cluster = members(&text);
        }
        let millis = secs.saturating_mul(1000).saturating_add(micros / 1000);
        Ok(ServerFacts { latency, clock: Timestamp::from_millis(millis), cluster, info })
    }

    async fn one(&self, info: ConnectionInfo) -> (String, Result<ServerFacts, String>) {
        let address = info.addr().to_string();
        let facts = async { self.server(&Client::open(info)?).await };
        (address, facts.await.map_err(|e| words(&e)))
    }

    async fn quorum(&self, info: ConnectionInfo, master: &str) -> (String, Result<(), String>) {
        let address = info.addr().to_string();
        let asked = async {
            let mut connection = self.connect(&Client::open(info)?).await?;
            cmd("SENTINEL").arg("CKQUORUM").arg(master).query_async::<String>(&mut connection).await
        };
        (address, asked.await.map(|_| ()).map_err(|e| words(&e)))
    }
}

/// Asks every server that a URL names.
///
/// # Errors
/// When the URL does not read.
pub(crate) async fn inspect(settings: &RedisSettings) -> RedisResult<RedisFacts> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(settings.connect_timeout))
        .set_response_timeout(Some(settings.response_timeout));
    let asker = Asker { config };
    let mut facts = RedisFacts::default();
    match parse(&settings.url)? {
        Address::Single(info) => facts.servers.push(asker.one(info).await),
        Address::Cluster(nodes) => facts.servers = join_all(nodes.into_iter().map(|n| asker.one(n))).await,
        Address::Sentinel { sentinels, master, node } => {
            let asked = sentinels.iter().map(|s| asker.quorum(s.clone(), &master));
            facts.sentinels = join_all(asked).await;
            let patience = settings.connect_timeout.saturating_mul(2);
            let found = async {
                let mut client = sentinel::client(&sentinels, &master, &node)?;
                let client = sentinel::master(&mut client, patience).await?;
                Ok((client.get_connection_info().addr().to_string(), asker.server(&client).await))
            };
            facts.servers.push(match found.await {
                Ok((address, served)) => (address, served.map_err(|e: redis::RedisError| words(&e))),
                Err(error) => (master.clone(), Err(words(&error))),
            });
        }
    }
    Ok(facts)
}
