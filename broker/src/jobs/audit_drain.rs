//! Audit events on their way: from the store of what expires to the log that lasts, in order, by one instance at a time.

use super::instance::Jobs;
use broker_domain::ports::StoreError;

/// Events written in one go.
const BATCH: usize = 200;
/// Seconds for which an instance keeps the work to itself.
const LEASE_SECS: i64 = 10;

impl Jobs {
    /// Writes events that wait, and says how many; 0 when there are none or another instance is at it.
    ///
    /// An instance that cannot read the first of them, because a later version wrote it, lets the work go: it asks for the lease no more,
    /// and one that can read it takes over.
    ///
    /// An event is dropped only after the log holds it, and the log passes over what it holds already: a crash in between
    /// repeats work and loses nothing.
    ///
    /// # Errors
    /// When a store does not answer; the events stay where they are.
    pub async fn drain_audit(&self) -> Result<usize, StoreError> {
        let stores = &self.broker.stores;
        // Looked at before the lease is asked for: an error here leaves the lease to others.
        if stores.expiring.pending_events(1).await?.is_empty() {
            return Ok(0);
        }
        if !stores.expiring.lease("audit", &self.owner, LEASE_SECS).await? {
            return Ok(0);
        }
        let events = stores.expiring.pending_events(BATCH).await?;
        if events.is_empty() {
            return Ok(0);
        }
        stores.audit.append(&events).await?;
        stores.expiring.drop_events(&self.owner, events.len()).await?;
        for event in &events {
            self.metrics.count("broker_audit_events_total", &[("kind", event.kind.name())], 1);
        }
        Ok(events.len())
    }

    /// Writes all events that wait: at the end of the program.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn drain_audit_fully(&self) -> Result<usize, StoreError> {
        let mut total = 0;
        loop {
            match self.drain_audit().await? {
                0 => return Ok(total),
                n => total += n,
            }
        }
    }
}
