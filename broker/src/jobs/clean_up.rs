//! What is over in the database goes, in small steps. What grows without end beside it is kept on purpose: the audit log, citizens,
//! accounts, links, cases.

use super::instance::Jobs;
use broker_domain::clock::Timestamp;
use broker_domain::ids::ClientId;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{Leftovers, OutboxFilter, StoreError};

const DAY_SECS: i64 = 86_400;
/// Days for which what was given up can still be looked at, and let go once more.
const GIVEN_UP_DAYS: i64 = 30;
/// Days for which what a portal refused can still be looked at, and what waits for a portal that takes nothing can still be wanted.
const UNWANTED_DAYS: i64 = 365;
/// Days for which an import that was left off is gone on with at its place.
const IMPORT_DAYS: i64 = 365;
/// Rows of one step.
const AT_ONCE: i64 = 500;
/// Steps of one run at the most: the next run goes on.
const STEPS: usize = 200;

impl Jobs {
    /// Deletes what is over.
    ///
    /// # Errors
    /// When the database does not answer; what is gone stays gone.
    pub async fn clean_up(&self) -> Result<(), StoreError> {
        let now = self.broker.clock.now();
        let leftovers = Leftovers {
            given_up_before: now.plus_secs(-GIVEN_UP_DAYS * DAY_SECS),
            refused_before: now.plus_secs(-UNWANTED_DAYS * DAY_SECS),
            imports_before: now.plus_secs(-IMPORT_DAYS * DAY_SECS),
        };
        self.drop_unwanted(now.plus_secs(-UNWANTED_DAYS * DAY_SECS)).await?;
        for _ in 0..STEPS {
            let gone = self.broker.stores.upkeep.clean(&leftovers, AT_ONCE).await?;
            if gone == 0 {
                return Ok(());
            }
            self.metrics.count("broker_job_rows_deleted_total", &[], gone);
        }
        Ok(())
    }

    /// Drops old events to portals that are switched off, gone, or registered for no events any more.
    async fn drop_unwanted(&self, before: Timestamp) -> Result<(), StoreError> {
        let (outbox, registry) = (&self.broker.stores.outbox, &self.broker.registry);
        for due in outbox.destinations(OutboxKind::Event, self.now()).await? {
            let client = registry.enabled(&ClientId::new(due.destination.as_str()));
            if client.is_some_and(|client| client.metadata.events_delivery.is_some()) {
                continue;
            }
            let to = due.destination.to_string();
            let filter = OutboxFilter {
                kind: Some(OutboxKind::Event),
                destination: Some(due.destination),
                before: Some(before),
                ..OutboxFilter::default()
            };
            let gone = outbox.discard(&filter).await?;
            if gone > 0 {
                tracing::warn!(to, dropped = gone, "old events to a portal that takes none were dropped");
                self.metrics.count("broker_job_rows_deleted_total", &[], gone);
            }
        }
        Ok(())
    }
}
