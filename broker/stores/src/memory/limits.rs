//! Limits of attempts in the process: the same sliding windows as in Redis.

use super::Memory;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ports::{Attempted, Limit, LimitName, Limits, StoreError};
use std::collections::{HashMap, VecDeque};

/// The attempts that were allowed under one name, the oldest first.
struct Counted {
    window_secs: i64,
    at: VecDeque<Timestamp>,
}

impl Counted {
    fn drop_old(&mut self, now: Timestamp) {
        let window_secs = self.window_secs;
        self.at.retain(|at| now < at.plus_secs(window_secs));
    }
}

/// All that is counted.
#[derive(Default)]
pub(super) struct Counts(HashMap<LimitName, Counted>);

impl Counts {
    pub(super) fn sweep(&mut self, now: Timestamp) {
        self.0.retain(|_, counted| {
            counted.drop_old(now);
            !counted.at.is_empty()
        });
    }

    /// The moment at which a limit allows an attempt; `None` when it does now.
    fn exhausted(&mut self, limit: &Limit, now: Timestamp) -> Option<Timestamp> {
        let window_secs = limit.window_secs.max(0);
        let counted = self.0.get_mut(&limit.name);
        let at = counted.map(|counted| {
            counted.window_secs = window_secs;
            counted.drop_old(now);
            &counted.at
        });
        let most = usize::try_from(limit.most).unwrap_or(usize::MAX);
        let surplus = at.map_or(0, VecDeque::len).checked_sub(most)?;
        // The one that must leave the window before another may enter; without any allowed, nothing ever does.
        let leaves = at.and_then(|at| at.get(surplus)).copied().filter(|_| most > 0).unwrap_or(now);
        Some(leaves.plus_secs(window_secs))
    }

    fn attempt(&mut self, limits: &[Limit], now: Timestamp) -> Attempted {
        if let Some(retry_at) = limits.iter().filter_map(|limit| self.exhausted(limit, now)).max() {
            return Attempted::TooMany { retry_at };
        }
        for limit in limits {
            let window_secs = limit.window_secs.max(0);
            let new = || Counted { window_secs, at: VecDeque::new() };
            let counted = self.0.entry(limit.name.clone()).or_insert_with(new);
            let place = counted.at.partition_point(|at| *at <= now);
            counted.at.insert(place, now);
        }
        Attempted::Allowed
    }
}

#[async_trait]
impl Limits for Memory {
    async fn attempt(&self, limits: &[Limit], now: Timestamp) -> Result<Attempted, StoreError> {
        if limits.is_empty() {
            return Ok(Attempted::Allowed);
        }
        self.step(|s| s.counts.attempt(limits, now)).await
    }

    async fn forgive(&self, names: &[LimitName]) -> Result<(), StoreError> {
        if names.is_empty() {
            return Ok(());
        }
        self.step(|s| names.iter().for_each(|name| drop(s.counts.0.remove(name)))).await
    }
    async fn take_back(&self, name: &LimitName) -> Result<(), StoreError> {
        self.step(|s| s.counts.0.get_mut(name).map(|counted| counted.at.pop_back()).map_or((), drop)).await
    }
}
