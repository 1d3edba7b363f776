//! Delivery of all that goes out.
//!
//! ```text
//!   written before it is sent ─► claimed by one instance ─► delivered: gone
//!                                    ▲        │ no answer
//!                                    └ back-off ┤
//!                                             ├─► refused for good, or given up: waits for an operator (`broker outbox retry`)
//!                                             └─► over: dropped
//! ```
//!
//! A destination that does not answer is left alone for a while with all that goes there, so that it holds up no other.

use super::channel::{Answer, Channel};
use super::events::EventChannel;
use super::instance::Jobs;
use super::lanes::Turn;
use super::logout::LogoutChannel;
use super::message::MessageChannel;
use broker_domain::clock::Timestamp;
use broker_domain::ids::EventId;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{Lane, Queued, StoreError, Write};
use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::sync::atomic::Ordering;

/// What is claimed of one lane at once.
const CLAIMED_AT_ONCE: usize = 16;
/// How long one attempt may take, beside what the destination is given for its answer, in seconds.
const SPARE_SECS: i64 = 30;
/// Rows that are taken over from the program of before in one go.
const ADOPTED_AT_ONCE: i64 = 200;

impl Jobs {
    fn channel(&self, kind: OutboxKind) -> Box<dyn Channel + '_> {
        match kind {
            OutboxKind::Event => Box::new(EventChannel(self)),
            OutboxKind::Logout => Box::new(LogoutChannel(self)),
            OutboxKind::Message => Box::new(MessageChannel(self)),
        }
    }

    /// Delivers what is due of one kind, and says how many deliveries were tried.
    ///
    /// # Errors
    /// When the outbox does not answer. What was claimed comes back after its lease.
    pub async fn deliver(&self, kind: OutboxKind) -> Result<usize, StoreError> {
        let (now, channel) = (self.broker.clock.now(), self.channel(kind));
        let mut due = self.broker.stores.outbox.destinations(kind, now).await?;
        due.retain(|destination| channel.takes(destination));
        // Whoever always has something must not always be first.
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let length = due.len();
        due.rotate_left(turn.checked_rem(length).unwrap_or(0));
        let lanes = due.into_iter().map(|destination| Lane { kind, destination });
        let turns: Vec<Turn<'_>> = lanes.filter_map(|lane| self.lanes.take(lane, now)).collect();
        let mut runs: FuturesUnordered<_> =
            turns.into_iter().map(|turn| self.deliver_lane(turn, &*channel, now)).collect();
        let mut result = Ok(0);
        while let Some(done) = runs.next().await {
            result = match (result, done) {
                (Ok(sum), Ok(tried)) => Ok(sum + tried),
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        result
    }

    /// Delivers until nothing is due, or nothing succeeds any more; in the end says how many deliveries were tried.
    ///
    /// # Errors
    /// As [`Self::deliver`].
    pub async fn deliver_fully(&self, kind: OutboxKind) -> Result<usize, StoreError> {
        let mut total = 0;
        loop {
            match self.deliver(kind).await? {
                0 => return Ok(total),
                tried => total += tried,
            }
        }
    }

    /// Takes over what the program of before has written and not delivered; says how much that was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn adopt_fully(&self) -> Result<u64, StoreError> {
        let mut total = 0;
        loop {
            match self.broker.stores.outbox.adopt(self.broker.clock.now(), ADOPTED_AT_ONCE).await? {
                0 => return Ok(total),
                more => total += more,
            }
        }
    }

    /// Works on one lane, up to the moment at which its destination does not answer.
    async fn deliver_lane(
        &self,
        turn: Turn<'_>,
        channel: &dyn Channel,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let (lane, outbox) = (turn.lane(), &self.broker.stores.outbox);
        let at_once = channel.at_once().max(1);
        let patience = i64::try_from(channel.patience().as_secs()).unwrap_or(60);
        let rounds = i64::try_from(CLAIMED_AT_ONCE.div_ceil(at_once)).unwrap_or(1);
        let held_until = now.plus_secs(patience * rounds + SPARE_SECS);
        let limit = i64::try_from(CLAIMED_AT_ONCE).unwrap_or(1);
        let mut left = outbox.claim(lane, now, held_until, limit).await?.into_iter();
        let (mut tried, mut is_silent) = (Vec::new(), false);
        while !is_silent {
            let some: Vec<Queued> = left.by_ref().take(at_once).collect();
            if some.is_empty() {
                break;
            }
            let answers = join_all(some.iter().map(|queued| channel.deliver(queued))).await;
            let answers: Vec<Answer> = answers.into_iter().collect::<Result<_, _>>()?;
            is_silent = answers.iter().all(|answer| matches!(answer, Answer::Again(_)));
            for (queued, answer) in some.iter().zip(&answers) {
                self.settle(lane, channel, queued, answer).await?;
            }
            tried.extend(some.into_iter().zip(answers));
        }
        let rest: Vec<EventId> = left.map(|queued| queued.outgoing.id).collect();
        outbox.release(lane, &rest).await?;
        if is_silent {
            turn.failed(self.broker.clock.now(), |failures| channel.back_off(failures));
        } else {
            turn.answered();
        }
        let over = |answer: &Answer| matches!(answer, Answer::Delivered | Answer::Dropped(_));
        let gone: Vec<EventId> =
            tried.iter().filter(|(_, answer)| over(answer)).map(|(q, _)| q.outgoing.id.clone()).collect();
        outbox.remove(lane, &gone).await?;
        let said = channel.said(&lane.destination, &tried);
        if !said.is_empty() {
            let said = said.into_iter().map(|event| Write::Audit(Box::new(event))).collect();
            self.broker.stores.expiring.commit(said).await?;
        }
        Ok(tried.len())
    }

    /// Records what is to be known before the next attempt; counts and logs.
    async fn settle(
        &self,
        lane: &Lane,
        channel: &dyn Channel,
        queued: &Queued,
        answer: &Answer,
    ) -> Result<(), StoreError> {
        let (outbox, now) = (&self.broker.stores.outbox, self.broker.clock.now());
        let (kind, to, id) = (lane.kind.as_str(), lane.destination.as_str(), queued.outgoing.id.as_str());
        let labels = [("kind", kind), ("outcome", answer.outcome())];
        self.metrics.count("broker_outbox_deliveries_total", &labels, 1);
        let attempts = queued.attempts.saturating_add(1);
        match answer {
            Answer::Delivered => {}
            Answer::Again(why) => {
                let retry_at = now.plus_secs(channel.back_off(attempts));
                // What is over before that is looked at when it is over.
                let retry_at = queued.outgoing.ends_at.map_or(retry_at, |ends_at| ends_at.min(retry_at));
                outbox.failed(lane, &queued.outgoing.id, retry_at, why, now).await?;
                tracing::info!(kind, to, why, id, attempts, "a delivery failed; it is tried again");
            }
            Answer::Stopped(state, why) => {
                outbox.stop(lane, &queued.outgoing.id, *state, why, now).await?;
                let state = state.as_str();
                tracing::warn!(
                    kind,
                    to,
                    why,
                    id,
                    attempts,
                    state,
                    "it is not delivered: it waits for an operator"
                );
            }
            Answer::Dropped(why) => {
                tracing::warn!(kind, to, why, id, attempts, "it is not delivered any more")
            }
        }
        Ok(())
    }
}
