//! The word of a change, to all instances: Redis pub/sub, listened to on a connection of its own that is made again when it breaks.

use super::address::{Address, parse};
use super::connection::{Connection, failed};
use super::ops::Op;
use super::sentinel;
use super::settings::RedisSettings;
use async_trait::async_trait;
use broker_domain::ports::{Announcements, StoreError, Topic};
use futures_util::StreamExt;
use redis::aio::PubSub;
use redis::sentinel::SentinelClient;
use redis::{Client, ConnectionInfo, ErrorKind, RedisError, RedisResult};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

const CHANNEL: &str = "broker:changes";
/// Between two attempts to listen.
const REST: Duration = Duration::from_millis(500);

/// All that can change.
const TOPICS: [Topic; 3] = [Topic::Clients, Topic::Keys, Topic::Namespaces];

const fn word(topic: Topic) -> &'static str {
    match topic {
        Topic::Clients => "clients",
        Topic::Keys => "keys",
        Topic::Namespaces => "namespaces",
    }
}

/// Announcements over Redis.
pub struct RedisAnnouncements {
    connection: Connection,
    heard: Mutex<mpsc::Receiver<Topic>>,
    listener: JoinHandle<()>,
}

impl RedisAnnouncements {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the URL is bad.
    pub(crate) fn start(settings: &RedisSettings, connection: Connection) -> RedisResult<Self> {
        let source = Source::new(settings)?;
        let (say, heard) = mpsc::channel(64);
        let listener = tokio::spawn(listen(source, say));
        Ok(Self { connection, heard: Mutex::new(heard), listener })
    }
}

impl Drop for RedisAnnouncements {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Whom to listen to.
struct Source {
    kind: Kind,
    patience: Duration,
}

enum Kind {
    Single(Box<Client>),
    /// The master of the moment: what is said reaches it first.
    Sentinel(Box<SentinelClient>),
    /// Any server of a Cluster passes on what is said to another: the next one when one fails.
    Cluster(Vec<ConnectionInfo>, usize),
}

impl Source {
    fn new(settings: &RedisSettings) -> RedisResult<Self> {
        let kind = match parse(&settings.url)? {
            Address::Single(info) => Kind::Single(Box::new(Client::open(info)?)),
            Address::Sentinel { sentinels, master, node } => {
                Kind::Sentinel(Box::new(sentinel::client(&sentinels, &master, &node)?))
            }
            Address::Cluster(nodes) => Kind::Cluster(nodes, 0),
        };
        Ok(Self { kind, patience: settings.connect_timeout.saturating_mul(2) })
    }

    async fn client(&mut self) -> RedisResult<Client> {
        match &mut self.kind {
            Kind::Single(client) => Ok((**client).clone()),
            Kind::Sentinel(client) => sentinel::master(client, self.patience).await,
            Kind::Cluster(nodes, at) => {
                let node = nodes.get(*at % nodes.len().max(1)).cloned();
                *at = at.wrapping_add(1);
                Client::open(node.ok_or(RedisError::from((ErrorKind::InvalidClientConfig, "no host")))?)
            }
        }
    }

    async fn subscribe(&mut self) -> RedisResult<PubSub> {
        let client = self.client().await?;
        let subscribing = async {
            let mut pubsub = client.get_async_pubsub().await?;
            pubsub.subscribe(CHANNEL).await?;
            Ok(pubsub)
        };
        let too_slow = |_| Err(RedisError::from((ErrorKind::Io, "no subscription in time")));
        timeout(self.patience, subscribing).await.unwrap_or_else(too_slow)
    }
}

async fn listen(mut source: Source, say: mpsc::Sender<Topic>) {
    loop {
        match source.subscribe().await {
            Ok(mut pubsub) => {
                // What was said while nobody listened is made up for.
                for topic in TOPICS {
                    if say.send(topic).await.is_err() {
                        return;
                    }
                }
                let mut messages = pubsub.on_message();
                while let Some(message) = messages.next().await {
                    let said = message.get_payload_bytes();
                    let Some(topic) = TOPICS.into_iter().find(|t| word(*t).as_bytes() == said) else {
                        continue;
                    };
                    if say.send(topic).await.is_err() {
                        return;
                    }
                }
            }
            Err(error) => tracing::debug!(error = error.category(), "nobody to listen to"),
        }
        sleep(REST).await;
    }
}

#[async_trait]
impl Announcements for RedisAnnouncements {
    async fn announce(&self, topic: Topic) -> Result<(), StoreError> {
        let op = Op::plain("PUBLISH", CHANNEL.to_owned()).arg(word(topic));
        self.connection.run(&[op]).await.map_err(failed)?;
        Ok(())
    }

    async fn next(&self) -> Topic {
        match self.heard.lock().await.recv().await {
            Some(topic) => topic,
            None => std::future::pending().await,
        }
    }
}
