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
use broker_domain::audit::AuditEvent;
use broker_domain::clock::Timestamp;
use broker_domain::ids::EventId;
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{Due, FailedAttempt, Lane, Queued, Stopped, StoreError, Write};
use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// What is claimed of one lane at once.
const CLAIMED_AT_ONCE: usize = 16;
/// How long one attempt may take, beside what the destination is given for its answer, in seconds.
const SPARE_SECS: i64 = 30;
/// Pauses between the attempts to note what came of a delivery.
const INSISTENCE_MS: [u64; 7] = [50, 100, 250, 500, 1_000, 2_000, 4_000];
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
        let turns = self.turns(kind).await?;
        let mut runs: FuturesUnordered<_> =
            turns.iter().map(|turn| self.deliver_lane(turn, &|| false)).collect();
        let mut result = Ok(0);
        while let Some(done) = runs.next().await {
            result = match (result, done) {
                (Ok(sum), Ok(tried)) => Ok(sum + tried),
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        result
    }

    /// The lanes of one kind in which something is due, and which this instance does not leave alone.
    ///
    /// # Errors
    /// When the outbox does not answer.
    pub(super) async fn turns(&self, kind: OutboxKind) -> Result<Vec<Turn>, StoreError> {
        let (now, channel) = (self.now(), self.channel(kind));
        let mut all = self.broker.stores.outbox.destinations(kind, now).await?;
        all.retain(|due| channel.takes(&due.destination));
        // Whoever always has something must not always be first.
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let length = all.len();
        all.rotate_left(turn.checked_rem(length).unwrap_or(0));
        let take =
            |due: Due| self.lanes.take(Lane { kind, destination: due.destination }, due.retried_at, now);
        Ok(all.into_iter().filter_map(take).collect())
    }

    /// Works on a lane until there is no more than it claims at once, its destination fails, or `is_over`; says how many deliveries were
    /// tried.
    ///
    /// # Errors
    /// As [`Self::deliver`].
    pub(super) async fn deliver_turn(
        &self,
        turn: &Turn,
        is_over: impl Fn() -> bool + Sync,
    ) -> Result<usize, StoreError> {
        let mut total = 0;
        loop {
            let tried = self.deliver_lane(turn, &is_over).await?;
            total += tried;
            if tried < CLAIMED_AT_ONCE || is_over() {
                return Ok(total);
            }
        }
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
            match self.broker.stores.outbox.adopt(self.now(), ADOPTED_AT_ONCE).await? {
                0 => return Ok(total),
                more => total += more,
            }
        }
    }

    /// Works on what one claim of a lane takes, up to the moment at which its destination does not answer. What came of each few is noted
    /// before the next few are tried, unless the program is about to end.
    async fn deliver_lane(
        &self,
        turn: &Turn,
        is_over: &(impl Fn() -> bool + Sync),
    ) -> Result<usize, StoreError> {
        let (lane, outbox, now) = (turn.lane(), &self.broker.stores.outbox, self.now());
        let channel = self.channel(lane.kind);
        let at_once = channel.at_once().max(1);
        let patience = i64::try_from(channel.patience().as_secs()).unwrap_or(60);
        let rounds = i64::try_from(CLAIMED_AT_ONCE.div_ceil(at_once)).unwrap_or(1);
        let claim = now.plus_secs(patience * rounds + SPARE_SECS);
        let limit = i64::try_from(CLAIMED_AT_ONCE).unwrap_or(1);
        let mut left: VecDeque<Queued> = outbox.claim(lane, now, claim, limit).await?.into();
        let (mut tried, mut result, mut is_failing) = (Vec::new(), Ok(()), false);
        // Nothing is sent that the claim might not last for.
        let lasts = || self.now().plus_secs(patience) < claim && !is_over();
        while !left.is_empty() && !is_failing && result.is_ok() && lasts() {
            let some: Vec<Queued> = left.drain(..at_once.min(left.len())).collect();
            let answers = join_all(some.iter().map(|queued| channel.deliver(queued))).await;
            let mut round = Vec::new();
            for (queued, answer) in some.into_iter().zip(answers) {
                match answer {
                    Ok(answer) => round.push((queued, answer)),
                    // One of our own stores is away: it was not tried.
                    Err(error) => {
                        left.push_back(queued);
                        result = Err(error);
                    }
                }
            }
            is_failing = !round.is_empty() && round.iter().all(|(_, answer)| answer.is_failure());
            // Said before it is noted: of what is noted nothing is left from which it could be said later.
            let said = self.say(channel.said(&lane.destination, &round)).await;
            if said.is_err() {
                round.iter_mut().for_each(|(_, answer)| answer.unsaid());
            }
            result = result.and(said).and(self.note_round(lane, &*channel, claim, &round).await);
            tried.extend(round);
        }
        let rest: Vec<EventId> = left.into_iter().map(|queued| queued.outgoing.id).collect();
        result = result.and(outbox.release(lane, &rest, claim).await);
        let is_silent = tried.last().is_some_and(|(_, answer)| matches!(answer, Answer::Silent(_)));
        if is_failing && (is_silent || !lane.kind.is_in_order()) {
            turn.failed(self.now(), |failures| channel.back_off(failures));
        } else if !tried.is_empty() {
            // Where order counts, what was answered holds up its lane by itself, until it is stepped over.
            turn.answered();
        }
        result.map(|()| tried.len())
    }

    /// Tells the audit log: by the queue, or past it while the queue's store is away.
    async fn say(&self, said: Vec<AuditEvent>) -> Result<(), StoreError> {
        if said.is_empty() {
            return Ok(());
        }
        let stores = &self.broker.stores;
        let writes = said.iter().cloned().map(|event| Write::Audit(Box::new(event))).collect();
        match stores.expiring.commit(writes).await {
            // Where it was heard all the same, the log knows the events by their ids.
            Err(_) => insist(|| stores.audit.append(&said)).await,
            Ok(_) => Ok(()),
        }
    }

    /// Notes what came of a few attempts; counts and logs. A store that is away meanwhile is tried again: what is not noted is sent twice.
    async fn note_round(
        &self,
        lane: &Lane,
        channel: &dyn Channel,
        claim: Timestamp,
        round: &[(Queued, Answer)],
    ) -> Result<(), StoreError> {
        let outbox = &self.broker.stores.outbox;
        let is_over = |answer: &Answer| matches!(answer, Answer::Delivered | Answer::Dropped(_));
        let over = round.iter().filter(|(_, answer)| is_over(answer));
        let gone: Vec<EventId> = over.map(|(queued, _)| queued.outgoing.id.clone()).collect();
        let removed = insist(|| outbox.remove(lane, &gone, Some(claim))).await;
        // What can be noted of the others is noted all the same.
        let mut result = removed.map(|_| ());
        for (queued, answer) in round {
            result = result.and(self.note(lane, channel, claim, queued, answer).await);
        }
        result
    }

    async fn note(
        &self,
        lane: &Lane,
        channel: &dyn Channel,
        claim: Timestamp,
        queued: &Queued,
        answer: &Answer,
    ) -> Result<(), StoreError> {
        let (outbox, now, id) = (&self.broker.stores.outbox, self.now(), &queued.outgoing.id);
        let (kind, to) = (lane.kind.as_str(), lane.destination.as_str());
        let labels = [("kind", kind), ("outcome", answer.outcome())];
        self.metrics.count("broker_outbox_deliveries_total", &labels, 1);
        let attempts = queued.attempts.saturating_add(1);
        let is_noted = match answer {
            Answer::Delivered => true,
            Answer::Again(why) | Answer::Silent(why) => {
                tracing::info!(kind, to, why, %id, attempts, "a delivery failed; it is tried again");
                let retry_at = now.plus_secs(channel.back_off(attempts));
                // What is over before that is looked at when it is over.
                let retry_at = queued.outgoing.ends_at.map_or(retry_at, |ends_at| ends_at.min(retry_at));
                let is_answered = matches!(answer, Answer::Again(_));
                let attempt = FailedAttempt { retry_at, why, is_answered };
                insist(|| outbox.failed(lane, id, attempt, Some(claim), now)).await?
            }
            Answer::Stopped(state, why) => {
                let at = state.as_str();
                tracing::warn!(kind, to, why, %id, attempts, state = at, "it is not delivered: it waits for an operator");
                let stopped = Stopped { state: *state, why };
                insist(|| outbox.stop(lane, id, stopped, Some(claim), now)).await?
            }
            Answer::Dropped(why) => {
                tracing::warn!(kind, to, why, %id, attempts, "it is not delivered any more");
                true
            }
        };
        if !is_noted {
            tracing::warn!(kind, to, %id, "an attempt was not noted: its claim was over, or somebody took it away");
        }
        Ok(())
    }
}

/// Says something to a store until it hears it, for as long as a claim allows.
async fn insist<T, F: Future<Output = Result<T, StoreError>>>(say: impl Fn() -> F) -> Result<T, StoreError> {
    let mut pauses = INSISTENCE_MS.into_iter();
    loop {
        match (say().await, pauses.next()) {
            (Err(StoreError::Unavailable(_)), Some(pause)) => {
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            (said, _) => return said,
        }
    }
}
