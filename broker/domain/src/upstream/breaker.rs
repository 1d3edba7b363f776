//! The circuit breaker of an upstream: while it is ill, nobody waits for it.
//!
//! ```text
//!            failures in a row reach the threshold
//!   Closed ────────────────────────────────────────► Open
//!     ▲                                               │ cool-down has passed
//!     │ success                                       ▼
//!     └──────────────────────────────────────────  HalfOpen ──failure──► Open
//!                                                  (one at a time)
//! ```
//! A login is two things: a citizen is sent, and much later there are calls for them. So half open lets one citizen be sent in each
//! cool-down, and one login at a time make its calls; whoever comes back well closes the circuit.
//!
//! Only what the network showed may be told to it: an answer that a browser carries must never be able to open it.

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether an upstream takes calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Health {
    /// As usual.
    Closed,
    /// Too many failures: calls are refused at once for a while.
    Open,
    /// One call is let through to see.
    HalfOpen,
}

/// When the circuit opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerRules {
    /// So many failures in a row open it; 0 never does.
    pub threshold: u32,
    /// Seconds within which they must fall: a failure that is older is forgotten.
    pub within: i64,
    /// Seconds for which it stays open.
    pub cool_down: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed { failures: u32, last: Timestamp },
    Open { until: Timestamp },
    // A call that never tells its end gives way to another after a cool-down.
    HalfOpen { sent: Option<Timestamp>, calling: Option<Timestamp> },
}

/// The breaker: pure, it reads no clock.
#[derive(Clone, Debug)]
pub struct Breaker {
    rules: BreakerRules,
    state: State,
}

impl Breaker {
    /// A closed one.
    pub const fn new(rules: BreakerRules) -> Self {
        Self { rules, state: State::Closed { failures: 0, last: Timestamp::from_millis(0) } }
    }

    /// Whether a citizen may be sent.
    pub fn may_send(&mut self, now: Timestamp) -> bool {
        self.settle(now);
        match self.state {
            State::Closed { .. } => true,
            State::Open { .. } => false,
            State::HalfOpen { sent, .. } if self.is_recent(sent, now) => false,
            State::HalfOpen { calling, .. } => {
                self.state = State::HalfOpen { sent: Some(now), calling };
                true
            }
        }
    }

    /// Whether a login may make its calls. Whoever may must tell how it ended.
    pub fn may_call(&mut self, now: Timestamp) -> bool {
        self.settle(now);
        match self.state {
            State::Closed { .. } => true,
            State::Open { .. } => false,
            State::HalfOpen { calling, .. } if self.is_recent(calling, now) => false,
            State::HalfOpen { sent, .. } => {
                self.state = State::HalfOpen { sent, calling: Some(now) };
                true
            }
        }
    }

    /// The upstream answered as it should.
    pub const fn succeeded(&mut self) {
        // An open circuit stays so until its time: the answer may be to a call from before.
        if !matches!(self.state, State::Open { .. }) {
            self.state = State::Closed { failures: 0, last: Timestamp::from_millis(0) };
        }
    }

    /// The upstream showed that it is ill.
    pub fn failed(&mut self, now: Timestamp) {
        self.settle(now);
        let open = State::Open { until: now.plus_secs(self.rules.cool_down) };
        self.state = match self.state {
            State::Closed { failures, last } => {
                let recent = if now.secs_since(last) <= self.rules.within { failures } else { 0 };
                let failures = recent.saturating_add(1);
                if self.rules.threshold > 0 && failures >= self.rules.threshold {
                    open
                } else {
                    State::Closed { failures, last: now }
                }
            }
            State::HalfOpen { .. } => open,
            State::Open { .. } => self.state,
        };
    }

    /// Calls ended that showed nothing: nobody was asked, or nobody waited for the end. The next ones may show it.
    pub const fn abandoned(&mut self) {
        if let State::HalfOpen { sent, .. } = self.state {
            self.state = State::HalfOpen { sent, calling: None };
        }
    }

    /// How it stands at `now`.
    pub fn health(&self, now: Timestamp) -> Health {
        match self.state {
            State::Closed { .. } => Health::Closed,
            State::Open { until } if self.lasts(until, now) => Health::Open,
            State::Open { .. } | State::HalfOpen { .. } => Health::HalfOpen,
        }
    }

    fn settle(&mut self, now: Timestamp) {
        if matches!(self.state, State::Open { until } if !self.lasts(until, now)) {
            self.state = State::HalfOpen { sent: None, calling: None };
        }
    }

    // A clock that is set back must not keep a circuit open for longer than a cool-down.
    const fn lasts(&self, until: Timestamp, now: Timestamp) -> bool {
        let left = until.millis_since(now);
        left > 0 && left <= self.rules.cool_down.saturating_mul(1000)
    }

    fn is_recent(&self, since: Option<Timestamp>, now: Timestamp) -> bool {
        since.is_some_and(|since| (0..self.rules.cool_down).contains(&now.secs_since(since)))
    }
}
