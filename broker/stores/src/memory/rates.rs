//! Counters of rates in the process.

use super::Memory;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ports::{Counts, LimitName, RateCount, Rates, StoreError};
use broker_domain::rate::window;
use std::collections::HashMap;

/// All that is counted, by window.
#[derive(Default)]
pub(super) struct Windows(HashMap<i64, HashMap<LimitName, u64>>);

impl Windows {
    /// As long as in Redis: a window, the next one, and one more, since clocks differ.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        let oldest = window(now).saturating_sub(2);
        self.0.retain(|window, _| *window >= oldest);
    }

    fn of(&self, window: i64, name: &LimitName) -> u64 {
        self.0.get(&window).and_then(|names| names.get(name)).copied().unwrap_or(0)
    }

    fn add(&mut self, count: &RateCount) -> Counts {
        let current = self.0.entry(count.window).or_default().entry(count.name.clone()).or_default();
        *current = current.saturating_add(count.more.into());
        Counts { current: *current, previous: self.of(count.window.saturating_sub(1), &count.name) }
    }
}

#[async_trait]
impl Rates for Memory {
    async fn add(&self, counts: &[RateCount]) -> Result<Vec<Counts>, StoreError> {
        if counts.is_empty() {
            return Ok(Vec::new());
        }
        self.step(|s| counts.iter().map(|count| s.rates.add(count)).collect()).await
    }
}
