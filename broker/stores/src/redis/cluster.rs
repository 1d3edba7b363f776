//! A Cluster: its keys live on several servers, and its client repeats what a dropped connection left unanswered.

use super::ops::Op;
use super::script;
use super::settings::RedisSettings;
use futures_util::future::join_all;
use redis::aio::ConnectionLike;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{ConnectionInfo, ErrorKind, RedisError, RedisResult, ServerError, ServerErrorKind, Value};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// After a connection that could not be replaced, others fail at once for this long, so that they do not queue up.
const REST: Duration = Duration::from_millis(200);

/// A connection on which the commands of a step go side by side, one lane for each key.
#[derive(Clone)]
pub(super) struct Lanes(Arc<Shared>);

struct Shared {
    client: ClusterClient,
    live: RwLock<Option<Live>>,
    /// When it last could not be replaced.
    failed: Mutex<Option<Instant>>,
    patience: Duration,
}

/// A connection, and the count of those before it.
#[derive(Clone)]
struct Live {
    number: u64,
    connection: ClusterConnection,
}

/// The server's own refusal of one command concerns that command; anything else the whole step.
fn answer(result: RedisResult<Value>) -> RedisResult<Value> {
    match result {
        Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => error
            .clone()
            .into_server_errors()
            .and_then(|all| all.first().map(|(_, e): &(usize, ServerError)| Value::ServerError(e.clone())))
            .ok_or(error),
        other => other,
    }
}

fn too_late() -> RedisError {
    RedisError::from(io::Error::from(io::ErrorKind::TimedOut))
}

impl Lanes {
    /// Nothing is sent yet.
    pub(super) fn new(nodes: &[ConnectionInfo], settings: &RedisSettings) -> RedisResult<Self> {
        let tcp = nodes.first().map(|n| n.tcp_settings().clone()).unwrap_or_default();
        let client = ClusterClient::builder(nodes.to_vec())
            .connection_timeout(settings.connect_timeout)
            .response_timeout(settings.response_timeout)
            .overall_response_timeout(Some(settings.response_timeout))
            .tcp_settings(tcp)
            .build()?;
        let patience = settings.connect_timeout;
        Ok(Self(Arc::new(Shared { client, live: RwLock::default(), failed: Mutex::default(), patience })))
    }

    /// Connects, and makes every server know the scripts.
    pub(super) async fn know_scripts(&self) -> RedisResult<()> {
        let mut connection = self.connected().await?.connection;
        for load in script::load() {
            // Goes to every primary. Failing to is no failure: a script that is unknown goes by its text.
            if let Err(error) = connection.req_packed_command(&load).await {
                tracing::debug!(error = error.category(), "a script was not loaded");
            }
        }
        Ok(())
    }

    /// Commands on one key go one after the other, those on different keys at once.
    ///
    /// A connection that does not answer in time is replaced, and all is sent once more on the new one: when a connection to a server
    /// drops under many commands, the client (redis 1.8.1) can come to wait for itself, and never answers again.
    pub(super) async fn send(&self, ops: &[&Op], by_text: &[bool]) -> RedisResult<Vec<Value>> {
        let live = self.connected().await?;
        match exchange(&live.connection, ops, by_text).await {
            Err(error) if error.is_timeout() => {
                let live = self.replace(live.number).await?;
                exchange(&live.connection, ops, by_text).await
            }
            other => other,
        }
    }

    fn live(&self) -> RedisResult<Option<Live>> {
        self.0.live.read().map(|live| live.clone()).map_err(|_| too_late())
    }

    async fn connected(&self) -> RedisResult<Live> {
        match self.live()? {
            Some(live) => Ok(live),
            None => self.replace(0).await,
        }
    }

    /// A new connection in place of this one (0: of none), unless somebody else replaced it meanwhile.
    async fn replace(&self, number: u64) -> RedisResult<Live> {
        let mut failed = self.0.failed.lock().await;
        if let Some(live) = self.live()?.filter(|live| live.number != number) {
            return Ok(live);
        }
        if failed.is_some_and(|at| at.elapsed() < REST) {
            return Err(too_late());
        }
        let connecting = timeout(self.0.patience, self.0.client.get_async_connection());
        match connecting.await.unwrap_or_else(|_| Err(too_late())) {
            Ok(connection) => {
                *failed = None;
                let live = Live { number: number.wrapping_add(1), connection };
                if let Ok(mut place) = self.0.live.write() {
                    *place = Some(live.clone());
                }
                if number > 0 {
                    tracing::warn!("the connection to the Redis Cluster was replaced");
                }
                Ok(live)
            }
            Err(error) => {
                *failed = Some(Instant::now());
                Err(error)
            }
        }
    }
}

async fn exchange(connection: &ClusterConnection, ops: &[&Op], by_text: &[bool]) -> RedisResult<Vec<Value>> {
    let mut by_key: BTreeMap<&str, Vec<(usize, &Op, bool)>> = BTreeMap::new();
    for (at, (op, by_text)) in ops.iter().zip(by_text).enumerate() {
        by_key.entry(op.key.as_str()).or_default().push((at, op, *by_text));
    }
    let lanes = by_key.into_values().map(|lane| async move {
        let mut connection = connection.clone();
        let mut answers = Vec::with_capacity(lane.len());
        for (at, op, by_text) in lane {
            let sent = connection.req_packed_command(&op.command(by_text)).await;
            answers.push((at, answer(sent)?));
        }
        Ok::<_, RedisError>(answers)
    });
    let mut answers = vec![Value::Nil; ops.len()];
    for lane in join_all(lanes).await {
        for (at, value) in lane? {
            if let Some(place) = answers.get_mut(at) {
                *place = value;
            }
        }
    }
    Ok(answers)
}
