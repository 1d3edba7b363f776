//! Messages to phones. A citizen waits for each, so whoever writes one sends it at once; the loop sends what an instance left behind
//! that died in between. A message dies with its code: what no login waits for any more is dropped.

use super::channel::{Answer, Channel};
use super::instance::Jobs;
use crate::state::Broker;
use async_trait::async_trait;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::authorization::Step;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{Destination, EventId};
use broker_domain::outbox::{Message, OutboxKind, Outgoing, back_off_of_message};
use broker_domain::ports::{Lane, MessengerFailure, Queued, StoreError};
use std::time::Duration;

/// For how many seconds whoever writes a message has it to themselves.
pub const HELD_SECS: i64 = 30;
/// Messages that the gateway gets at once, from one instance.
const AT_ONCE: usize = 8;
/// How long the gateway may take; it has a limit of its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// All phones.
fn phones() -> Lane {
    Lane { kind: OutboxKind::Message, destination: Destination::phones() }
}

/// Sends a message that has just been written, and takes it out of the outbox: the citizen is told what came of it, and asks again. One
/// that may or may not have been sent stays, and is tried again under its id, by which the gateway knows what it had.
///
/// # Errors
/// When the gateway did not take it.
pub async fn send_at_once(broker: &Broker, outgoing: &Outgoing) -> Result<(), MessengerFailure> {
    let sent = match outgoing.message() {
        Some(message) => hand_over(broker, &outgoing.id, message).await,
        None => Err(MessengerFailure::NotTaken),
    };
    if !sent.is_err_and(MessengerFailure::may_have_sent) {
        withdraw(broker, &outgoing.id).await;
    }
    sent
}

/// Takes a message out of the outbox. One that stays there does no harm: the gateway knows one that it had by its id, and what no login
/// waits for is dropped.
pub async fn withdraw(broker: &Broker, id: &EventId) {
    if let Err(error) = broker.stores.outbox.remove(&phones(), std::slice::from_ref(id), None).await {
        tracing::warn!(%error, "a message could not be taken out of the outbox");
    }
}

async fn hand_over(broker: &Broker, id: &EventId, message: &Message) -> Result<(), MessengerFailure> {
    broker.messenger.send(id, message.to.reveal(), message.text.reveal()).await
}

/// Whether the login still waits for this code.
async fn is_wanted(broker: &Broker, message: &Message, now: Timestamp) -> Result<bool, StoreError> {
    let opened = broker.stores.expiring.open(Some(&message.interaction), None).await?;
    let Some(Step::Proving(proving)) = opened.interaction.map(|interaction| interaction.step) else {
        return Ok(false);
    };
    Ok(proving.code.is_some_and(|sent| sent.code == message.code && now < sent.expires_at))
}

/// The sending of messages.
pub(super) struct MessageChannel<'a>(pub(super) &'a Jobs);

#[async_trait]
impl Channel for MessageChannel<'_> {
    fn takes(&self, _destination: &Destination) -> bool {
        true
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }

    fn back_off(&self, failed: u32) -> i64 {
        back_off_of_message(failed)
    }

    async fn deliver(&self, queued: &Queued) -> Result<Answer, StoreError> {
        let (broker, now) = (&self.0.broker, self.0.broker.clock.now());
        let Some(message) = queued.outgoing.message() else {
            return Ok(Answer::Dropped("it is no message".to_owned()));
        };
        if queued.outgoing.ends_at.is_some_and(|ends_at| ends_at <= now) {
            return Ok(Answer::Dropped("its time is over".to_owned()));
        }
        if !is_wanted(broker, message, now).await? {
            return Ok(Answer::Dropped("no login waits for it".to_owned()));
        }
        Ok(match hand_over(broker, &queued.outgoing.id, message).await {
            Ok(()) => Answer::Delivered,
            Err(failure) if failure.is_final() => Answer::Dropped(failure.to_string()),
            Err(failure) => Answer::Again(failure.to_string()),
        })
    }

    fn said(&self, _destination: &Destination, tried: &[(Queued, Answer)]) -> Vec<AuditEvent> {
        let broker = &self.0.broker;
        let event = |kind, queued: &Queued, why: Option<&String>| {
            let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), broker.clock.now(), kind);
            event.interaction = queued.outgoing.message().map(|message| message.interaction.clone());
            event.note = why.cloned();
            event
        };
        let said = tried.iter().filter_map(|(queued, answer)| match answer {
            Answer::Delivered => Some(event(AuditKind::CodeSent, queued, None)),
            Answer::Stopped(_, why) | Answer::Dropped(why) => {
                Some(event(AuditKind::MessageDropped, queued, Some(why)))
            }
            Answer::Again(_) | Answer::Silent(_) => None,
        });
        said.collect()
    }
}
