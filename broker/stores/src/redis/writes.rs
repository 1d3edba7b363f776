//! From a write of the port to a command.

use super::names::{QUEUE, family_key, interaction_key, session_key};
use super::ops::Op;
use super::script::Which;
use crate::record::pack;
use crate::sealing::Sealer;
use broker_domain::authorization::{Interaction, Step};
use broker_domain::clock::{Clock, Timestamp};
use broker_domain::ids::RequestId;
use broker_domain::ports::{StoreError, Write};
use broker_domain::secret::Entropy;
use broker_domain::session::{Participant, Session};
use broker_domain::token::TOMBSTONE_SECS;
use std::sync::Arc;

/// How long interactions are kept: the page of one that is over still knows its portal.
const INTERACTION_MS: i64 = 24 * 3600 * 1000;
/// What Redis keeps beyond a record's own end, which counts: clocks differ.
const SLACK_MS: i64 = 3600 * 1000;

/// Makes commands of writes.
pub(super) struct Writer {
    pub(super) sealer: Sealer,
    entropy: Arc<dyn Entropy>,
    clock: Arc<dyn Clock>,
}

fn state_hash(interaction: &Interaction) -> String {
    match &interaction.step {
        Step::AtVneid(attempt) => attempt.state.to_text(),
        _ => String::new(),
    }
}

fn joined(participant: &Participant) -> String {
    format!("{}|{}", participant.expires_at.millis(), participant.client)
}

impl Writer {
    pub(super) fn new(sealer: Sealer, entropy: Arc<dyn Entropy>, clock: Arc<dyn Clock>) -> Self {
        Self { sealer, entropy, clock }
    }

    pub(super) fn request_id(&self) -> String {
        RequestId::generate(&*self.entropy).as_str().to_owned()
    }

    /// Milliseconds that Redis keeps something that ends at `end`.
    fn keep(&self, end: Timestamp) -> i64 {
        end.millis_since(self.clock.now()).max(0).saturating_add(SLACK_MS)
    }

    pub(super) fn op(&self, write: Write) -> Result<Op, StoreError> {
        Ok(match write {
            Write::BeginInteraction(interaction) => {
                let key = interaction_key(&interaction.id);
                let record = pack(&self.sealer, &key, &*interaction)?;
                Op::run(Which::BeginInteraction, key)
                    .num(interaction.version.into())
                    .arg(record)
                    .arg(state_hash(&interaction))
                    .num(INTERACTION_MS)
            }
            Write::SaveInteraction { interaction, from } => {
                let key = interaction_key(&interaction.id);
                let record = pack(&self.sealer, &key, &*interaction)?;
                Op::run(Which::SaveInteraction, key)
                    .num(from.into())
                    .num(interaction.version.into())
                    .arg(record)
                    .arg(state_hash(&interaction))
                    .arg(self.request_id())
            }
            Write::OpenSession(session) => {
                let mut op = self.session_op(Which::OpenSession, &session)?;
                for participant in &session.participants {
                    op = op.arg(participant.family.as_str()).arg(joined(participant));
                }
                op
            }
            Write::RenewSession(session) => self.session_op(Which::RenewSession, &session)?,
            Write::Join { sid, participant, subject, idle_until, now } => {
                let key = session_key(&sid);
                let subject = match subject {
                    Some(pair) => pack(&self.sealer, &key, &pair)?,
                    None => Vec::new(),
                };
                Op::run(Which::JoinSession, key)
                    .arg(participant.family.as_str())
                    .arg(joined(&participant))
                    .num(idle_until.millis())
                    .num(now.millis())
                    .arg(subject)
            }
            Write::OpenGrant { grant, code, access, expires_at } => {
                let key = family_key(&grant.family);
                let code_end = grant.code.as_ref().map_or(0, |c| c.expires_at.millis());
                let access_text = access
                    .as_ref()
                    .map_or(String::new(), |a| format!("{}|{}", a.expires_at.millis(), grant.scope));
                let record = pack(&self.sealer, &key, &*grant)?;
                Op::run(Which::OpenGrant, key)
                    .arg(grant.client.as_str())
                    .arg(record)
                    .arg(grant.scope.to_string())
                    .arg(code.map_or(String::new(), |c| c.to_text()))
                    .num(code_end)
                    .arg(access.map_or(String::new(), |a| a.hash.to_text()))
                    .arg(access_text)
                    .num(self.keep(expires_at.plus_secs(TOMBSTONE_SECS)))
            }
            Write::AttachTokens { family, access, refresh } => {
                let last =
                    refresh.as_ref().map_or(access.expires_at, |r| r.expires_at.max(access.expires_at));
                Op::run(Which::AttachTokens, family_key(&family))
                    .arg(access.hash.to_text())
                    .arg(format!("{}|", access.expires_at.millis()))
                    .arg(refresh.as_ref().map_or(String::new(), |r| r.hash.to_text()))
                    .num(refresh.as_ref().map_or(0, |r| r.expires_at.millis()))
                    .num(self.keep(last.plus_secs(TOMBSTONE_SECS)))
            }
            Write::RevokeFamily(family) => Op::run(Which::RevokeFamily, family_key(&family)),
            Write::Audit(event) => {
                Op::plain("RPUSH", QUEUE.to_owned()).arg(pack(&self.sealer, QUEUE, &*event)?)
            }
        })
    }

    fn session_op(&self, script: Which, session: &Session) -> Result<Op, StoreError> {
        let key = session_key(&session.sid);
        let record = pack(&self.sealer, &key, session)?;
        Ok(Op::run(script, key).arg(record).num(session.idle_until.millis()).num(self.keep(session.ends_at)))
    }
}
