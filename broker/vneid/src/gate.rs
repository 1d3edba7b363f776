//! The breaker of one that is called, shared by all requests.

use crate::settings::BreakerSettings;
use broker_domain::clock::Timestamp;
use broker_domain::upstream::{Breaker, BreakerRules, Health, UpstreamFailure};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// How far behind another request one may be, in milliseconds: as long as requests take.
const OUT_OF_ORDER_MS: i64 = 5_000;

/// A circuit breaker.
pub struct Gate(Mutex<Inner>);

struct Inner {
    breaker: Breaker,
    // What the clock said last, and when: for questions that bring no time with them.
    seen: Option<(Timestamp, Instant)>,
}

impl Gate {
    /// A closed one.
    pub fn new(settings: BreakerSettings) -> Self {
        let rules = BreakerRules {
            threshold: settings.failures,
            within: settings.within_secs.into(),
            cool_down: settings.open_secs.into(),
        };
        Self(Mutex::new(Inner { breaker: Breaker::new(rules), seen: None }))
    }

    /// Whether a citizen may be sent.
    pub(crate) fn may_send(&self, now: Timestamp) -> Result<(), UpstreamFailure> {
        let (mut inner, now) = self.at(now);
        if inner.breaker.may_send(now) { Ok(()) } else { Err(UpstreamFailure::CircuitOpen) }
    }

    /// Whether calls may be made. Whoever drops the leave without a word has shown nothing.
    ///
    /// # Errors
    /// [`UpstreamFailure::CircuitOpen`] while it is known to be ill.
    pub fn may_call(&self, now: Timestamp) -> Result<Leave<'_>, UpstreamFailure> {
        let (mut inner, now) = self.at(now);
        if inner.breaker.may_call(now) {
            Ok(Leave { gate: self, told: false })
        } else {
            Err(UpstreamFailure::CircuitOpen)
        }
    }

    /// The upstream has shown that it is ill.
    pub(crate) fn failed(&self, now: Timestamp) {
        let (mut inner, now) = self.at(now);
        inner.breaker.failed(now);
    }

    pub(crate) fn health(&self) -> Health {
        let inner = self.lock();
        inner.breaker.health(inner.now())
    }

    /// The present moment, by the last one that was told and what has passed since.
    pub(crate) fn now(&self) -> Timestamp {
        self.lock().now()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Requests read the clock when they begin, and speak out of order: one that is a little behind means the present moment. Who is
    /// further behind speaks of a clock that was set back.
    fn at(&self, now: Timestamp) -> (MutexGuard<'_, Inner>, Timestamp) {
        let mut inner = self.lock();
        let told = inner.seen.map_or(now, |(told, _)| told);
        let now = if (0..OUT_OF_ORDER_MS).contains(&told.millis_since(now)) { told } else { now };
        inner.seen = Some((now, Instant::now()));
        (inner, now)
    }
}

impl Inner {
    fn now(&self) -> Timestamp {
        self.seen.map_or(Timestamp::from_millis(0), |(at, since)| later(at, since))
    }
}

/// `at` and what has passed since `since`.
pub(crate) fn later(at: Timestamp, since: Instant) -> Timestamp {
    let passed = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(at.millis().saturating_add(passed))
}

/// Leave to call, whose end must be told.
pub struct Leave<'a> {
    gate: &'a Gate,
    told: bool,
}

impl Leave<'_> {
    /// It answered as it should.
    pub fn well(mut self) {
        self.told = true;
        self.gate.lock().breaker.succeeded();
    }

    /// It has shown that it is ill.
    pub fn ill(mut self, now: Timestamp) {
        self.told = true;
        self.gate.failed(now);
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if !self.told {
            self.gate.lock().breaker.abandoned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request that began before another one failed, and asks after it, finds the circuit open.
    #[test]
    fn requests_speak_out_of_order() {
        let settings = BreakerSettings { failures: 1, open_secs: 10, ..BreakerSettings::default() };
        let (gate, begun) = (Gate::new(settings), Timestamp::from_secs(1000));
        gate.may_call(begun).unwrap().ill(Timestamp::from_millis(begun.millis() + 50));
        assert_eq!(gate.may_send(begun), Err(UpstreamFailure::CircuitOpen));
        assert!(gate.may_call(begun).is_err());
        assert_eq!(gate.may_send(begun.plus_secs(9)), Err(UpstreamFailure::CircuitOpen));
        assert_eq!(gate.may_send(begun.plus_secs(11)), Ok(()));
    }

    /// A clock that is set back keeps no circuit open.
    #[test]
    fn a_clock_is_set_back() {
        let settings = BreakerSettings { failures: 1, open_secs: 10, ..BreakerSettings::default() };
        let (gate, begun) = (Gate::new(settings), Timestamp::from_secs(1000));
        gate.failed(begun);
        assert_eq!(gate.may_send(begun.plus_secs(-60)), Ok(()));
    }
}
