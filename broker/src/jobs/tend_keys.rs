//! The keys' own course: a new one is published when its time has come, takes over, and is forgotten in the end.

use super::instance::Jobs;
use super::keys::{KeyError, rotate, rotation_is_due};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::EventId;
use broker_domain::ports::{StoreError, Topic};

impl Jobs {
    /// Carries the keys on, begins a rotation when one is due, and deletes the private parts of those that can matter to nobody.
    ///
    /// # Errors
    /// When the store does not answer, or keys cannot be made.
    pub async fn tend_keys(&self) -> Result<(), KeyError> {
        self.promote_keys().await?;
        let (broker, times) = (&self.broker, self.rules.key_times);
        let (keys, now) = (&*broker.stores.keys, broker.clock.now());
        if rotation_is_due(&keys.keys().await?, times, now) {
            match rotate(keys, &*broker.entropy, false, now).await {
                Ok(changes) => {
                    tracing::info!(
                        made = changes.added,
                        "new signing keys are published, to sign after their time"
                    );
                    self.note_keys(AuditKind::KeysRotated, "published ahead, by schedule".to_owned()).await?;
                    self.announce(Topic::Keys).await;
                }
                // An administrator was first.
                Err(KeyError::UnderWay) => {}
                Err(other) => return Err(other),
            }
        }
        // As long again as they were published after they had signed the last time.
        let forgotten = keys.forget(now.plus_secs(-times.retiring)).await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "retired signing keys were deleted");
            self.note_keys(AuditKind::KeysForgotten, format!("{forgotten} keys")).await?;
        }
        Ok(())
    }

    async fn note_keys(&self, kind: AuditKind, note: String) -> Result<(), StoreError> {
        let now = self.broker.clock.now();
        let mut event = AuditEvent::new(EventId::generate(&*self.broker.entropy), now, kind);
        event.note = Some(note);
        self.broker.stores.audit.append(&[event]).await
    }
}
