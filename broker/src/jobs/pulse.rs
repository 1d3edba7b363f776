//! The gauges of this instance.

use super::instance::Jobs;
use broker_domain::ports::{KeyState, StoreError};
use broker_domain::upstream::Health;

impl Jobs {
    /// Sets the gauges that nobody sets elsewhere.
    ///
    /// # Errors
    /// When the store does not say how much waits.
    pub async fn pulse(&self) -> Result<(), StoreError> {
        let (broker, metrics) = (&self.broker, &self.metrics);
        metrics.upkeep();
        metrics.gauge("broker_clients", &[], as_f64(broker.registry.len()));
        metrics.gauge("broker_rate_names", &[], as_f64(broker.rates.names()));
        let keys = broker.keyring.states();
        for state in [KeyState::Next, KeyState::Current, KeyState::Retiring] {
            let count = keys.iter().filter(|(_, s)| *s == state).count();
            metrics.gauge("broker_signing_keys", &[("state", state.as_str())], as_f64(count));
        }
        for (alg, since) in broker.keyring.signing_since() {
            let since = as_f64(usize::try_from(since.secs()).unwrap_or(0));
            metrics.gauge("broker_signing_key_since_timestamp_seconds", &[("alg", alg.as_str())], since);
        }
        for upstream in &broker.upstreams {
            let open = f64::from(u8::from(upstream.health() == Health::Open));
            metrics.gauge("broker_upstream_open", &[("upstream", upstream.id().as_str())], open);
        }
        let now = broker.clock.now();
        let stuck_before = now.plus_secs(-self.rules.events_stuck_after);
        for (kind, counts) in broker.stores.outbox.counts(stuck_before).await? {
            for (gauge, count) in [
                ("broker_outbox_waiting", counts.waiting),
                ("broker_outbox_stuck", counts.stuck),
                ("broker_outbox_refused", counts.refused),
                ("broker_outbox_given_up", counts.given_up),
            ] {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                metrics.gauge(gauge, &[("kind", kind.as_str())], as_f64(count));
            }
            let age = counts.oldest.map_or(0, |oldest| now.secs_since(oldest).max(0));
            let age = as_f64(usize::try_from(age).unwrap_or(0));
            metrics.gauge("broker_outbox_oldest_seconds", &[("kind", kind.as_str())], age);
        }
        // What is kept in the process is swept by it, also when nobody comes.
        broker.stores.expiring.ping().await
    }
}

/// Exact up to 2^53, which no count here reaches.
fn as_f64(n: usize) -> f64 {
    n.to_string().parse().unwrap_or(f64::MAX)
}
