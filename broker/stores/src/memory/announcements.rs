//! The word of a change within the process.

use async_trait::async_trait;
use broker_domain::ports::{Announcements, StoreError, Topic};
use tokio::sync::{Mutex, broadcast};

/// Reaches listeners in this process only: others look for themselves from time to time.
pub struct LocalAnnouncements {
    sender: broadcast::Sender<Topic>,
    receiver: Mutex<broadcast::Receiver<Topic>>,
}

impl Default for LocalAnnouncements {
    fn default() -> Self {
        let (sender, receiver) = broadcast::channel(64);
        Self { sender, receiver: Mutex::new(receiver) }
    }
}

#[async_trait]
impl Announcements for LocalAnnouncements {
    async fn announce(&self, topic: Topic) -> Result<(), StoreError> {
        // Nobody listening is no failure.
        let _ = self.sender.send(topic);
        Ok(())
    }

    async fn next(&self) -> Topic {
        let mut receiver = self.receiver.lock().await;
        loop {
            match receiver.recv().await {
                Ok(topic) => return topic,
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                // The sender lives as long as we do.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
