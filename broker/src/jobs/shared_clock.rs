//! The clock by which instances compare what they share: due moments, claims, the turns of scheduled jobs. The clocks of their machines
//! differ, and one that is wrong must neither take what another has in hand nor leave what is due. So each instance measures how far its
//! machine is from the database, and counts that in.

use super::instance::Jobs;
use broker_domain::clock::Timestamp;
use broker_domain::ports::StoreError;
use std::sync::atomic::Ordering;

/// A difference that the way there and back could make, in milliseconds: it is none.
const NOISE_MS: i64 = 1_000;
/// A difference that operators are to mend, in milliseconds: signatures and sessions are dated by the machine itself.
const WRONG_MS: i64 = 60_000;

impl Jobs {
    /// The present moment, as all instances compare what they share.
    pub(super) fn now(&self) -> Timestamp {
        let own = self.broker.clock.now().millis();
        Timestamp::from_millis(own.saturating_add(self.database_ahead_ms.load(Ordering::Relaxed)))
    }

    /// Measures how far the database's clock is ahead of this machine's.
    ///
    /// # Errors
    /// When the database does not answer: what was measured last holds on.
    pub async fn compare_clocks(&self) -> Result<(), StoreError> {
        let before = self.machine.now().millis();
        let Some(theirs) = self.broker.stores.upkeep.clock().await? else { return Ok(()) };
        let after = self.machine.now().millis();
        let middle = before.saturating_add(after.saturating_sub(before) / 2);
        let ahead = theirs.millis().saturating_sub(middle);
        let ahead = if ahead.saturating_abs() <= NOISE_MS { 0 } else { ahead };
        let last = self.database_ahead_ms.swap(ahead, Ordering::Relaxed);
        let is_wrong = |ms: i64| ms.saturating_abs() > WRONG_MS;
        if is_wrong(ahead) && !is_wrong(last) {
            let secs = ahead / 1000;
            tracing::error!(
                database_ahead_secs = secs,
                "the clocks of this machine and the database differ: mend the wrong one"
            );
        }
        let secs = (ahead / 1000).to_string().parse().unwrap_or(0.0);
        self.metrics.gauge("broker_database_clock_ahead_seconds", &[], secs);
        Ok(())
    }
}
