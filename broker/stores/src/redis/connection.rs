//! The connection: one for all tasks; commands of one step travel together.

use super::ops::Op;
use crate::meter;
use broker_domain::ports::StoreError;
use futures_util::future::join_all;
use redis::aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::sentinel::{SentinelClient, SentinelServerType};
use redis::{AsyncConnectionConfig, Client, ErrorKind, RedisError, RedisResult, ServerErrorKind, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Where Redis is.
#[derive(Clone, Debug)]
pub(crate) struct RedisSettings {
    /// `redis://…`, `rediss://…`, `redis+sentinel://HOST:PORT,…/MASTER` or `redis+cluster://HOST:PORT,…`.
    pub(crate) url: String,
    /// Limit of time for connecting.
    pub(crate) connect_timeout: Duration,
    /// Limit of time for an answer.
    pub(crate) response_timeout: Duration,
}

/// A shared connection.
#[derive(Clone)]
pub(crate) struct Connection(Kind);

#[derive(Clone)]
enum Kind {
    Single(ConnectionManager),
    Sentinel(Arc<Sentinel>),
    Cluster(ClusterConnection),
}

/// The master that Sentinel names; asked for again after a failure.
struct Sentinel {
    client: Mutex<SentinelClient>,
    current: Mutex<Option<MultiplexedConnection>>,
    config: AsyncConnectionConfig,
}

/// What a failure of Redis means.
pub(super) fn failed(error: RedisError) -> StoreError {
    StoreError::Unavailable(format!("Redis: {}", error.category()))
}

impl Connection {
    /// Connects. A single server that is away now is waited for later; Sentinel and Cluster must be there at the start.
    pub(crate) async fn open(settings: &RedisSettings) -> RedisResult<Self> {
        let bad = |why: &'static str| RedisError::from((ErrorKind::InvalidClientConfig, why));
        if let Some(rest) = settings.url.strip_prefix("redis+sentinel://") {
            let (hosts, master) =
                rest.split_once('/').ok_or_else(|| bad("a Sentinel URL ends in the master's name"))?;
            let hosts: Vec<String> = hosts.split(',').map(|h| format!("redis://{h}")).collect();
            let client = SentinelClient::build(hosts, master, None, SentinelServerType::Master)?;
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(Some(settings.connect_timeout))
                .set_response_timeout(Some(settings.response_timeout));
            let sentinel = Sentinel { client: Mutex::new(client), current: Mutex::new(None), config };
            sentinel.get().await?;
            return Ok(Self(Kind::Sentinel(Arc::new(sentinel))));
        }
        for (scheme, plain) in [("redis+cluster://", "redis"), ("rediss+cluster://", "rediss")] {
            if let Some(hosts) = settings.url.strip_prefix(scheme) {
                let hosts: Vec<String> =
                    hosts.trim_end_matches('/').split(',').map(|h| format!("{plain}://{h}")).collect();
                let client = ClusterClient::builder(hosts)
                    .connection_timeout(settings.connect_timeout)
                    .response_timeout(settings.response_timeout)
                    .build()?;
                return Ok(Self(Kind::Cluster(client.get_async_connection().await?)));
            }
        }
        let client = Client::open(settings.url.as_str())?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(settings.connect_timeout))
            .set_response_timeout(Some(settings.response_timeout))
            .set_max_delay(Duration::from_secs(1))
            .set_number_of_retries(2);
        Ok(Self(Kind::Single(ConnectionManager::new_with_config(client, config).await?)))
    }

    /// Sends the commands of one step together, and returns an answer for each. A script that the server does not know yet is sent
    /// once more, by its text.
    pub(super) async fn run(&self, ops: &[Op]) -> RedisResult<Vec<Value>> {
        let answers = meter::round_trip(self.send(ops, false)).await?;
        let unknown =
            |v: &Value| matches!(v, Value::ServerError(e) if e.kind() == Some(ServerErrorKind::NoScript));
        let mut answers = answers;
        if answers.iter().any(unknown) {
            let again: Vec<Op> =
                ops.iter().zip(&answers).filter(|(_, a)| unknown(a)).map(|(op, _)| op.clone()).collect();
            let mut second = meter::round_trip(self.send(&again, true)).await?.into_iter();
            for answer in answers.iter_mut().filter(|a| unknown(a)) {
                *answer = second.next().unwrap_or(Value::Nil);
            }
        }
        answers.into_iter().map(Value::extract_error).collect()
    }

    async fn send(&self, ops: &[Op], by_text: bool) -> RedisResult<Vec<Value>> {
        match &self.0 {
            Kind::Single(connection) => pipeline(ops, by_text, &mut connection.clone()).await,
            Kind::Sentinel(sentinel) => {
                let mut connection = sentinel.get().await?;
                let sent = pipeline(ops, by_text, &mut connection).await;
                let demoted = |v: &Value| matches!(v, Value::ServerError(e) if e.kind() == Some(ServerErrorKind::ReadOnly));
                if sent.as_ref().map_or(true, |answers| answers.iter().any(demoted)) {
                    // The master may have moved: the next step asks Sentinel again.
                    *sentinel.current.lock().await = None;
                }
                sent
            }
            Kind::Cluster(connection) => cluster(ops, by_text, connection).await,
        }
    }
}

async fn pipeline(
    ops: &[Op],
    by_text: bool,
    on: &mut impl redis::aio::ConnectionLike,
) -> RedisResult<Vec<Value>> {
    let mut pipe = redis::pipe();
    for op in ops {
        pipe.add_command(op.command(by_text));
    }
    let answers: Vec<Value> = on.req_packed_commands(&pipe, 0, ops.len()).await?;
    Ok(answers)
}

/// Commands on one key go one after the other, those on different keys at once: they may live on different servers.
async fn cluster(ops: &[Op], by_text: bool, connection: &ClusterConnection) -> RedisResult<Vec<Value>> {
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, op) in ops.iter().enumerate() {
        by_key.entry(op.key.as_str()).or_default().push(at);
    }
    let lanes = by_key.into_values().map(|lane| {
        let mut connection = connection.clone();
        async move {
            let mut answers = Vec::with_capacity(lane.len());
            for at in lane {
                let Some(op) = ops.get(at) else { continue };
                let answer = match redis::aio::ConnectionLike::req_packed_command(
                    &mut connection,
                    &op.command(by_text),
                )
                .await
                {
                    Ok(value) => Ok(value),
                    Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                        redis::aio::ConnectionLike::req_packed_command(&mut connection, &op.command(true))
                            .await
                    }
                    Err(error) => Err(error),
                };
                answers.push((at, answer?));
            }
            Ok::<_, RedisError>(answers)
        }
    });
    let mut answers = vec![Value::Nil; ops.len()];
    for lane in join_all(lanes).await {
        for (at, answer) in lane? {
            if let Some(place) = answers.get_mut(at) {
                *place = answer;
            }
        }
    }
    Ok(answers)
}

impl Sentinel {
    async fn get(&self) -> RedisResult<MultiplexedConnection> {
        let mut current = self.current.lock().await;
        if let Some(connection) = &*current {
            return Ok(connection.clone());
        }
        let connection = self.client.lock().await.get_async_connection_with_config(&self.config).await?;
        *current = Some(connection.clone());
        Ok(connection)
    }
}
