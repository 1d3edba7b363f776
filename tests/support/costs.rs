//! What requests cost, as the telemetry counts it.

use broker::telemetry::{Observer, RequestSummary};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Every request so far.
#[derive(Clone, Default)]
pub struct Costs(Arc<Mutex<Vec<RequestSummary>>>);

impl Costs {
    /// Who counts.
    pub fn observer(&self) -> Observer {
        let all = self.0.clone();
        Arc::new(move |summary| all.lock().unwrap().push(summary.clone()))
    }

    /// The last request to a route.
    #[track_caller]
    pub fn last(&self, route: &str) -> RequestSummary {
        let all = self.0.lock().unwrap();
        let found = all.iter().rev().find(|s| s.route == route);
        found.unwrap_or_else(|| panic!("no request to {route}")).clone()
    }

    /// The last request of all.
    pub fn newest(&self) -> RequestSummary {
        self.0.lock().unwrap().last().unwrap().clone()
    }

    /// How many requests there were.
    pub fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// A percentile of some times, in milliseconds.
pub fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, Duration::as_secs_f64) * 1000.0
}
