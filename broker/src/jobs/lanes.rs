//! Which destinations this instance is at, and which it leaves alone for a while because they do not answer: so that no destination
//! holds up another, and none is called by many at once.

use broker_domain::clock::Timestamp;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::Lane;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Lanes of one kind that one instance is at, at once: more than there are portals, as long as most of them answer.
const AT_ONCE: usize = 64;

/// That a destination is left alone.
#[derive(Clone, Copy)]
struct Pause {
    until: Timestamp,
    /// After how many failures in a row.
    failures: u32,
    /// When an operator had last made something due there: a later moment ends the pause.
    retried_at: Option<Timestamp>,
}

#[derive(Default)]
struct Kept {
    is_busy: bool,
    pause: Option<Pause>,
}

/// All lanes that there is something to remember of.
#[derive(Clone, Default)]
pub(super) struct Lanes(Arc<Mutex<HashMap<Lane, Kept>>>);

/// A lane that this instance is at, until it is dropped.
pub(super) struct Turn {
    lanes: Lanes,
    lane: Lane,
    retried_at: Option<Timestamp>,
}

impl Lanes {
    fn kept(&self) -> MutexGuard<'_, HashMap<Lane, Kept>> {
        // No step below leaves things half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to work on a lane; `None` when this instance is at it already, leaves it alone, or is at enough of them. `retried_at`: when
    /// an operator last made something due in it.
    pub(super) fn take(&self, lane: Lane, retried_at: Option<Timestamp>, now: Timestamp) -> Option<Turn> {
        let mut kept = self.kept();
        let busy = |kind: OutboxKind| kept.iter().filter(|(l, k)| l.kind == kind && k.is_busy).count();
        let is_full = busy(lane.kind) >= AT_ONCE;
        let of_lane = kept.entry(lane.clone()).or_default();
        if of_lane.pause.is_some_and(|pause| retried_at > pause.retried_at) {
            of_lane.pause = None;
        }
        let is_paused = of_lane.pause.is_some_and(|pause| now < pause.until);
        if is_full || of_lane.is_busy || is_paused {
            if !of_lane.is_busy && of_lane.pause.is_none() {
                kept.remove(&lane);
            }
            return None;
        }
        of_lane.is_busy = true;
        Some(Turn { lanes: self.clone(), lane, retried_at })
    }
}

impl Turn {
    pub(super) const fn lane(&self) -> &Lane {
        &self.lane
    }

    /// The destination answered: its pause ends.
    pub(super) fn answered(&self) {
        if let Some(kept) = self.lanes.kept().get_mut(&self.lane) {
            kept.pause = None;
        }
    }

    /// The destination failed again: it is left alone for as long as `back_off` says of so many failures in a row.
    pub(super) fn failed(&self, now: Timestamp, back_off: impl Fn(u32) -> i64) {
        if let Some(kept) = self.lanes.kept().get_mut(&self.lane) {
            let failures = kept.pause.map_or(0, |pause| pause.failures).saturating_add(1);
            let until = now.plus_secs(back_off(failures));
            kept.pause = Some(Pause { until, failures, retried_at: self.retried_at });
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut kept = self.lanes.kept();
        if let Some(of_lane) = kept.get_mut(&self.lane) {
            of_lane.is_busy = false;
            if of_lane.pause.is_none() {
                kept.remove(&self.lane);
            }
        }
    }
}
