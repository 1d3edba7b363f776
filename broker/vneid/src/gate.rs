//! The breaker of one that is called, shared by all requests.

use crate::settings::BreakerSettings;
use broker_domain::clock::Timestamp;
use broker_domain::upstream::{Breaker, BreakerRules, Health, UpstreamFailure};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

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
        if self.at(now).breaker.may_send(now) { Ok(()) } else { Err(UpstreamFailure::CircuitOpen) }
    }

    /// Whether calls may be made. Whoever drops the leave without a word has shown nothing.
    ///
    /// # Errors
    /// [`UpstreamFailure::CircuitOpen`] while it is known to be ill.
    pub fn may_call(&self, now: Timestamp) -> Result<Leave<'_>, UpstreamFailure> {
        if self.at(now).breaker.may_call(now) {
            Ok(Leave { gate: self, told: false })
        } else {
            Err(UpstreamFailure::CircuitOpen)
        }
    }

    /// The upstream has shown that it is ill.
    pub(crate) fn failed(&self, now: Timestamp) {
        self.at(now).breaker.failed(now);
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

    fn at(&self, now: Timestamp) -> MutexGuard<'_, Inner> {
        let mut inner = self.lock();
        inner.seen = Some((now, Instant::now()));
        inner
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
