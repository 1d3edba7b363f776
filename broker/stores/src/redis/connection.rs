//! The connection: one for all tasks of a runtime; commands of one step travel together.

use super::address::{Address, parse};
use super::cluster::Lanes;
use super::ops::Op;
use super::script;
use super::sentinel::{self, Sentinel};
use super::settings::RedisSettings;
use crate::meter;
use broker_domain::each::Each;
use broker_domain::ports::StoreError;
use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncConnectionConfig, Client, ErrorKind, RedisError, RedisResult, ServerErrorKind, Value};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime;

/// A shared connection. Each runtime has its own, made when it first sends something: the task that reads the answers is then driven
/// by the thread that waits for them, and no thread has to wake another.
#[derive(Clone)]
pub(crate) struct Connection(Arc<Shared>);

struct Shared {
    address: Address,
    settings: RedisSettings,
    kinds: Each<Option<runtime::Id>, Kind>,
}

#[derive(Clone)]
enum Kind {
    Single(ConnectionManager),
    Sentinel(Arc<Sentinel>),
    Cluster(Lanes),
}

/// What a failure of Redis means. Without details, which may hold what was sent.
pub(super) fn failed(error: RedisError) -> StoreError {
    StoreError::Unavailable(format!("Redis: {}", error.category()))
}

/// A script that the server does not know.
fn is_unknown(answer: &Value) -> bool {
    matches!(answer, Value::ServerError(e) if e.kind() == Some(ServerErrorKind::NoScript))
}

/// A server that was the master and is no more, or is one that its replicas have left.
fn is_demoted(answer: &Value) -> bool {
    let Value::ServerError(error) = answer else { return false };
    matches!(error.kind(), Some(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown))
        || error.code() == "NOREPLICAS"
}

/// The commands of one step, and which of them send their script's text.
struct Batch<'a> {
    ops: Vec<&'a Op>,
    by_text: Vec<bool>,
}

impl<'a> Batch<'a> {
    /// Scripts go by their digests. Two of them on one key go by their texts: were one unknown and not the other, they would be
    /// carried out in the wrong order.
    fn new(ops: &'a [Op]) -> Self {
        if ops.len() < 2 {
            return Self { by_text: vec![false; ops.len()], ops: ops.iter().collect() };
        }
        let (mut seen, mut twice) = (HashSet::new(), HashSet::new());
        for op in ops.iter().filter(|op| op.is_script()) {
            if !seen.insert(&op.key) {
                twice.insert(&op.key);
            }
        }
        let by_text = ops.iter().map(|op| twice.contains(&op.key)).collect();
        Self { ops: ops.iter().collect(), by_text }
    }

    /// Those whose scripts were unknown, by their texts.
    fn unknown(&self, answers: &[Value]) -> Self {
        let ops: Vec<_> =
            self.ops.iter().zip(answers).filter(|(_, a)| is_unknown(a)).map(|(op, _)| *op).collect();
        Self { by_text: vec![true; ops.len()], ops }
    }

    fn commands(&self) -> impl Iterator<Item = redis::Cmd> {
        self.ops.iter().zip(&self.by_text).map(|(op, by_text)| op.command(*by_text))
    }
}

impl Kind {
    /// Nothing is sent yet.
    fn new(address: &Address, settings: &RedisSettings) -> RedisResult<Self> {
        Ok(match address {
            Address::Single(info) => {
                let config = ConnectionManagerConfig::new()
                    .set_connection_timeout(Some(settings.connect_timeout))
                    .set_response_timeout(Some(settings.response_timeout))
                    .set_max_delay(Duration::from_secs(1))
                    .set_number_of_retries(2);
                let client = Client::open(info.clone())?;
                Self::Single(ConnectionManager::new_lazy_with_config(client, config)?)
            }
            Address::Sentinel { sentinels, master, node } => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(settings.connect_timeout))
                    .set_response_timeout(Some(settings.response_timeout));
                let client = sentinel::client(sentinels, master, node)?;
                let patience = settings.connect_timeout.saturating_mul(2);
                Self::Sentinel(Arc::new(Sentinel::new(client, config, patience)))
            }
            Address::Cluster(nodes) => Self::Cluster(Lanes::new(nodes, settings)?),
        })
    }

    /// Connects, and makes the servers know the scripts.
    async fn connect(&self) -> RedisResult<()> {
        match self {
            Self::Single(manager) => know_scripts(&mut manager.clone()).await,
            Self::Sentinel(sentinel) => know_scripts(&mut sentinel.get().await?.0.connection).await,
            Self::Cluster(lanes) => lanes.know_scripts().await,
        }
    }
}

impl Connection {
    /// Connects, and makes the servers know the scripts.
    ///
    /// # Errors
    /// When the URL is bad or nothing answers.
    pub(crate) async fn open(settings: &RedisSettings) -> RedisResult<Self> {
        let address = parse(&settings.url)?;
        let opened = Self(Arc::new(Shared { address, settings: settings.clone(), kinds: Each::default() }));
        opened.kind()?.connect().await?;
        Ok(opened)
    }

    /// The one of this runtime.
    fn kind(&self) -> RedisResult<Kind> {
        let runtime = runtime::Handle::try_current().ok().map(|handle| handle.id());
        self.0.kinds.of(runtime, || Kind::new(&self.0.address, &self.0.settings))
    }

    /// Sends the commands of one step together, and returns an answer for each.
    ///
    /// A script that a server does not know is sent once more by its text. When the connection drops, all is sent once more: a
    /// script that consumes carries the id of its request and answers the same to the same id, and others can be repeated.
    pub(super) async fn run(&self, ops: &[Op]) -> RedisResult<Vec<Value>> {
        let batch = Batch::new(ops);
        let mut answers = self.exchange(&batch).await?;
        if answers.iter().any(is_unknown) {
            let mut second = self.exchange(&batch.unknown(&answers)).await?.into_iter();
            for answer in answers.iter_mut().filter(|a| is_unknown(a)) {
                *answer = second.next().unwrap_or(Value::Nil);
            }
        }
        answers.into_iter().map(Value::extract_error).collect()
    }

    async fn exchange(&self, batch: &Batch<'_>) -> RedisResult<Vec<Value>> {
        // In a box: the compiler gives up on a future that holds all of it in several places.
        let name = batch.ops.first().map_or("none", |op| op.name());
        let once = || meter::round_trip(name, batch.ops.len(), Box::pin(self.send(batch)));
        match once().await {
            Err(error) if error.is_connection_dropped() => once().await,
            // Nothing was written: the new master, if there is one, takes it all.
            Ok(answers) if answers.iter().any(is_demoted) => once().await,
            other => other,
        }
    }

    async fn send(&self, batch: &Batch<'_>) -> RedisResult<Vec<Value>> {
        match self.kind()? {
            Kind::Single(mut manager) => pipeline(batch, &mut manager).await,
            Kind::Sentinel(sentinel) => {
                let (mut live, fresh) = sentinel.get().await?;
                if fresh {
                    // Failing to is no failure: a script that is unknown goes by its text.
                    let _ = know_scripts(&mut live.connection).await;
                }
                let sent = pipeline(batch, &mut live.connection).await;
                if sent.as_ref().map_or(true, |answers| answers.iter().any(is_demoted)) {
                    // The master may have moved.
                    sentinel.drop_if(live.number, sent.is_err());
                }
                sent
            }
            Kind::Cluster(lanes) => lanes.send(&batch.ops, &batch.by_text).await,
        }
    }
}

async fn pipeline(batch: &Batch<'_>, on: &mut impl ConnectionLike) -> RedisResult<Vec<Value>> {
    let mut pipe = redis::pipe();
    for command in batch.commands() {
        pipe.add_command(command);
    }
    let answers = on.req_packed_commands(&pipe, 0, batch.ops.len()).await?;
    if answers.len() == batch.ops.len() {
        Ok(answers)
    } else {
        Err(RedisError::from((ErrorKind::UnexpectedReturnType, "not one answer for each command")))
    }
}

async fn know_scripts(on: &mut impl ConnectionLike) -> RedisResult<()> {
    let mut pipe = redis::pipe();
    let mut count = 0;
    for command in script::load() {
        pipe.add_command(command);
        count += 1;
    }
    on.req_packed_commands(&pipe, 0, count).await.map(|_| ())
}
