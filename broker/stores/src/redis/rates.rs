//! Counters of rates over Redis: a plain number for each window. No request id is remembered: see the port.

use super::answers::read;
use super::names::rate_key;
use super::ops::Op;
use super::script::Which;
use super::store::RedisStore;
use async_trait::async_trait;
use broker_domain::ports::{Counts, RateCount, Rates, StoreError};
use broker_domain::rate::WINDOW_MS;

/// How long a counter is kept after it was last added to: its own window, the next one, and one more, since clocks differ.
const KEPT_MS: i64 = 3 * WINDOW_MS;

#[async_trait]
impl Rates for RedisStore {
    async fn add(&self, counts: &[RateCount]) -> Result<Vec<Counts>, StoreError> {
        if counts.is_empty() {
            return Ok(Vec::new());
        }
        let ops: Vec<Op> = counts
            .iter()
            .map(|count| {
                Op::run(Which::AddRate, rate_key(&count.name, count.window))
                    .key(rate_key(&count.name, count.window.saturating_sub(1)))
                    .num(count.more.into())
                    .num(KEPT_MS)
            })
            .collect();
        let answers = self.run(&ops).await?;
        answers
            .into_iter()
            .map(|answer| {
                let (current, previous) = read(answer, "a counter does not read")?;
                Ok(Counts { previous, current })
            })
            .collect()
    }
}
