//! Limits of attempts over Redis: a sorted set for each, one member for each attempt that was allowed, by its moment.
//!
//! One attempt counts under several limits at once, so all of them must be on one server: in a Cluster they share one slot. An
//! attempt costs the broker a password hash, tens of milliseconds of a processor; one server counts tens of thousands a second.

use super::answers::{damaged, moment, text, verdict};
use super::names::{limit_key, taken_back_key};
use super::ops::Op;
use super::script::Which;
use super::store::{MEMORY_MS, RedisStore};
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ports::{Attempted, Limit, LimitName, Limits, StoreError};

/// What Redis keeps beyond a window: clocks differ.
const SLACK_MS: i64 = 60_000;

#[async_trait]
impl Limits for RedisStore {
    async fn attempt(&self, limits: &[Limit], now: Timestamp) -> Result<Attempted, StoreError> {
        let Some((first, others)) = limits.split_first() else { return Ok(Attempted::Allowed) };
        let mut op = Op::run(Which::Attempt, limit_key(&first.name));
        for limit in others {
            op = op.key(limit_key(&limit.name));
        }
        op = op.num(now.millis()).arg(self.request_id()).num(SLACK_MS);
        for limit in limits {
            op = op.num(limit.most.into()).num(limit.window_secs.max(0).saturating_mul(1000));
        }
        match verdict(self.one(op).await?)? {
            (1, _) => Ok(Attempted::Allowed),
            (2, at) => Ok(Attempted::TooMany { retry_at: moment(text(&at)?)? }),
            _ => Err(damaged("an answer does not read")),
        }
    }

    async fn forgive(&self, names: &[LimitName]) -> Result<(), StoreError> {
        let Some((first, others)) = names.split_first() else { return Ok(()) };
        let mut op = Op::plain("DEL", limit_key(first));
        for name in others {
            op = op.arg(limit_key(name));
        }
        self.one(op).await.map(|_| ())
    }

    async fn take_back(&self, name: &LimitName) -> Result<(), StoreError> {
        let op = Op::run(Which::TakeBack, limit_key(name)).key(taken_back_key(name, &self.request_id()));
        self.one(op.num(MEMORY_MS)).await.map(|_| ())
    }
}
