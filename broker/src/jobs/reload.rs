//! Registrations, keys and the rules of namespaces in memory follow the store: at the word of a change, and by looking for oneself
//! twice a second in case the word was lost. So what an administrator changes is in force everywhere within a second.

use super::instance::Jobs;
use crate::state::KeyRingError;
use std::sync::atomic::Ordering;

impl Jobs {
    /// Reads registrations and keys again if the store's revision is another than the last one seen; says whether it did.
    ///
    /// # Errors
    /// When the store does not answer or a key is unreadable. What is in memory stays in force.
    pub async fn reload_if_changed(&self) -> Result<bool, KeyRingError> {
        let stores = &self.broker.stores;
        // Read before what it stands for: a change in between is seen at the next look.
        let revision = stores.registrations.revision().await?;
        if self.revision.load(Ordering::Acquire) == revision {
            return Ok(false);
        }
        // Keys first: one that was taken away because it had leaked must go, also when a registration does not read.
        self.broker.keyring.reload(&*stores.keys).await?;
        self.broker.registry.reload(&*stores.registrations, &*stores.sectors).await?;
        self.broker.namespaces.reload(&*stores.namespaces).await?;
        self.revision.store(revision, Ordering::Release);
        tracing::info!(
            revision,
            clients = self.broker.registry.len(),
            "registrations, keys and namespaces were read again"
        );
        Ok(true)
    }
}
