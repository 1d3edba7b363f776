//! The circuit breaker of an upstream.
//!
//! ```text
//!   Closed ──N failures in a row──► Open ──time──► HalfOpen ──success──► Closed
//!                                     ▲                └──────failure──────┐
//!                                     └───────────────────────────────────┘
//! ```

use crate::settings::BreakerSettings;
use broker_domain::clock::Timestamp;
use broker_domain::upstream::Health;
use std::sync::{Mutex, PoisonError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Timestamp },
    HalfOpen { since: Timestamp },
}

/// A breaker.
#[derive(Debug)]
pub(crate) struct Breaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

impl Breaker {
    pub(crate) const fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Whether a call may be made now. In an open circuit whose time has passed, exactly one caller is let through.
    pub(crate) fn lets_through(&self, now: Timestamp) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let probe_lost = i64::from(self.settings.open_secs);
        match *state {
            State::Closed { .. } => true,
            State::Open { until } if now < until => false,
            // A probe that never came back (its citizen left) must not hold the circuit open for ever.
            State::HalfOpen { since } if now.secs_since(since) < probe_lost => false,
            State::Open { .. } | State::HalfOpen { .. } => {
                *state = State::HalfOpen { since: now };
                true
            }
        }
    }

    /// A call has come back.
    pub(crate) fn succeeded(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Closed { failures: 0 };
    }

    /// A call has failed by the upstream's own fault.
    pub(crate) fn failed(&self, now: Timestamp) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let open = State::Open { until: now.plus_secs(self.settings.open_secs.into()) };
        *state = match *state {
            State::Closed { failures } if failures + 1 < self.settings.failures => {
                State::Closed { failures: failures + 1 }
            }
            _ => open,
        };
    }

    pub(crate) fn health(&self) -> Health {
        match *self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Closed { .. } => Health::Closed,
            State::Open { .. } => Health::Open,
            State::HalfOpen { .. } => Health::HalfOpen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_and_probes_and_closes() {
        let at = Timestamp::from_secs;
        let b = Breaker::new(BreakerSettings { failures: 2, open_secs: 10 });
        b.failed(at(0));
        b.succeeded();
        b.failed(at(1));
        assert!(b.lets_through(at(1)));
        b.failed(at(1));
        assert_eq!(b.health(), Health::Open);
        assert!(!b.lets_through(at(10)));
        assert!(b.lets_through(at(11)));
        assert!(!b.lets_through(at(12)), "one probe only");
        b.failed(at(12));
        assert!(!b.lets_through(at(21)));
        assert!(b.lets_through(at(22)));
        assert!(b.lets_through(at(32)), "a probe that was lost is replaced");
        b.succeeded();
        assert_eq!(b.health(), Health::Closed);
    }
}
