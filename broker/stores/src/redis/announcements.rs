//! The word of a change, to all instances: Redis pub/sub, listened to on a connection of its own that is made again when it breaks.

use super::connection::{Connection, RedisSettings, failed};
use super::ops::Op;
use async_trait::async_trait;
use broker_domain::ports::{Announcements, StoreError, Topic};
use futures_util::StreamExt;
use redis::Client;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

const CHANNEL: &str = "broker:changes";

/// Announcements over Redis.
pub struct RedisAnnouncements {
    connection: Connection,
    heard: Mutex<mpsc::Receiver<Topic>>,
    listener: JoinHandle<()>,
}

impl RedisAnnouncements {
    /// Begins to listen.
    pub(crate) fn start(settings: &RedisSettings, connection: Connection) -> Self {
        let (say, heard) = mpsc::channel(64);
        let listener = tokio::spawn(listen(settings.clone(), say));
        Self { connection, heard: Mutex::new(heard), listener }
    }
}

impl Drop for RedisAnnouncements {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Any server of a Cluster passes messages on; behind Sentinel the master's replicas do. So one plain address will do.
fn address(url: &str) -> String {
    for scheme in ["redis+cluster://", "rediss+cluster://"] {
        if let Some(hosts) = url.strip_prefix(scheme) {
            let plain = if scheme.starts_with("rediss") { "rediss" } else { "redis" };
            return format!("{plain}://{}", hosts.split(',').next().unwrap_or(hosts));
        }
    }
    url.to_owned()
}

async fn listen(settings: RedisSettings, say: mpsc::Sender<Topic>) {
    // Behind Sentinel the listener would have to follow the master: there, instances look for themselves.
    if settings.url.starts_with("redis+sentinel://") {
        return;
    }
    let Ok(client) = Client::open(address(&settings.url)) else { return };
    loop {
        if let Ok(mut pubsub) = client.get_async_pubsub().await
            && pubsub.subscribe(CHANNEL).await.is_ok()
        {
            // What was said while nobody listened is made up for.
            for topic in [Topic::Clients, Topic::Keys] {
                if say.send(topic).await.is_err() {
                    return;
                }
            }
            let mut messages = pubsub.on_message();
            while let Some(message) = messages.next().await {
                let topic = match message.get_payload_bytes() {
                    b"clients" => Topic::Clients,
                    b"keys" => Topic::Keys,
                    _ => continue,
                };
                if say.send(topic).await.is_err() {
                    return;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[async_trait]
impl Announcements for RedisAnnouncements {
    async fn announce(&self, topic: Topic) -> Result<(), StoreError> {
        let word = match topic {
            Topic::Clients => "clients",
            Topic::Keys => "keys",
        };
        self.connection.run(&[Op::plain("PUBLISH", CHANNEL.to_owned()).arg(word)]).await.map_err(failed)?;
        Ok(())
    }

    async fn next(&self) -> Topic {
        match self.heard.lock().await.recv().await {
            Some(topic) => topic,
            None => std::future::pending().await,
        }
    }
}
