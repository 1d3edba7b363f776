//! No gateway is configured.

use async_trait::async_trait;
use broker_domain::ids::EventId;
use broker_domain::ports::{Messenger, MessengerFailure};

/// Sends nothing, and says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMessenger;

#[async_trait]
impl Messenger for NoMessenger {
    async fn send(&self, _id: &EventId, _to: &str, _text: &str) -> Result<(), MessengerFailure> {
        Err(MessengerFailure::NotConfigured)
    }
}
