//! What is over in the database goes, in small steps. What grows without end beside it is kept on purpose: the audit log, citizens,
//! accounts, links, cases.

use super::instance::Jobs;
use broker_domain::ports::{Leftovers, StoreError};

const DAY_SECS: i64 = 86_400;
/// Days for which what was given up can still be looked at, and let go once more.
const GIVEN_UP_DAYS: i64 = 30;
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
            imports_before: now.plus_secs(-IMPORT_DAYS * DAY_SECS),
        };
        for _ in 0..STEPS {
            let gone = self.broker.stores.upkeep.clean(&leftovers, AT_ONCE).await?;
            if gone == 0 {
                return Ok(());
            }
            self.metrics.count("broker_job_rows_deleted_total", &[], gone);
        }
        Ok(())
    }
}
