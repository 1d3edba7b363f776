//! Instances tell each other how often who came.

use super::instance::Jobs;
use broker_domain::ports::StoreError;

impl Jobs {
    /// Tells what was counted here, and learns what the others counted.
    ///
    /// # Errors
    /// When the store does not answer: each instance limits by itself meanwhile.
    pub async fn exchange_rates(&self) -> Result<(), StoreError> {
        let broker = &self.broker;
        broker.rates.exchange(&*broker.stores.rates, &broker.hasher, broker.clock.now()).await
    }
}
