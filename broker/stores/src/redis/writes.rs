//! From a write of the port to a command.

use super::names::{QUEUE, family_key, holder_key, interaction_key, session_key};
use super::ops::Op;
use super::script::Which;
use super::sessions::lines;
use crate::limits::PARTICIPANTS;
use crate::record::pack;
use crate::sealing::Sealer;
use broker_domain::audit::AuditEvent;
use broker_domain::authorization::{Interaction, Step};
use broker_domain::clock::{Clock, Timestamp};
use broker_domain::ids::RequestId;
use broker_domain::ports::{StoreError, Write};
use broker_domain::secret::Entropy;
use broker_domain::session::{SESSIONS_OF_ONE, Session};
use broker_domain::token::TOMBSTONE_SECS;
use std::sync::Arc;

/// What Redis keeps beyond a record's own end, which counts: clocks differ.
const SLACK_MS: i64 = 3600 * 1000;

/// Where the answer to a write stands, whether the write may have lost, and where the answer stands that names the sessions of the
/// same holder that are too many.
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) may_lose: bool,
    pub(super) list: Option<usize>,
}

/// The commands of one step.
#[derive(Default)]
pub(super) struct Commands {
    pub(super) ops: Vec<Op>,
    /// For each write the place of its answer.
    pub(super) places: Vec<Place>,
}

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

/// Milliseconds that Redis keeps an interaction from now on.
const fn lifetime(interaction: &Interaction) -> i64 {
    interaction.kept_secs().saturating_mul(1000)
}

impl Writer {
    pub(super) fn new(sealer: Sealer, entropy: Arc<dyn Entropy>, clock: Arc<dyn Clock>) -> Self {
        Self { sealer, entropy, clock }
    }

    /// A new id for a request that may be sent twice.
    pub(super) fn request_id(&self) -> String {
        RequestId::generate(&*self.entropy).as_str().to_owned()
    }

    /// Milliseconds that Redis keeps something that ends at `end`.
    pub(super) fn keep(&self, end: Timestamp) -> i64 {
        end.millis_since(self.clock.now()).max(0).saturating_add(SLACK_MS)
    }

    /// Milliseconds that Redis keeps a family after its last token, or what is left of one that was revoked.
    pub(super) fn keep_family(&self, end: Timestamp) -> i64 {
        self.keep(end.plus_secs(TOMBSTONE_SECS))
    }

    /// Milliseconds that Redis keeps what is left of a revoked family.
    pub(super) const fn keep_tombstone() -> i64 {
        TOMBSTONE_SECS.saturating_mul(1000).saturating_add(SLACK_MS)
    }

    fn op(&self, write: Write) -> Result<Op, StoreError> {
        Ok(match write {
            Write::BeginInteraction(interaction) => {
                let key = interaction_key(&interaction.id);
                let record = pack(&self.sealer, &key, &*interaction)?;
                Op::run(Which::BeginInteraction, key)
                    .num(interaction.version.into())
                    .arg(record)
                    .arg(state_hash(&interaction))
                    .num(lifetime(&interaction))
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
                    .num(lifetime(&interaction))
            }
            Write::OpenSession(session) => {
                self.session_op(Which::OpenSession, &session)?.arg(lines(&session.participants))
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
                    .num(participant.expires_at.millis())
                    .arg(participant.client.as_str())
                    .num(idle_until.millis())
                    .num(now.millis())
                    .arg(PARTICIPANTS.to_string())
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
                    .num(self.keep_family(expires_at))
            }
            Write::AttachTokens { family, access, refresh } => {
                let last =
                    refresh.as_ref().map_or(access.expires_at, |r| r.expires_at.max(access.expires_at));
                Op::run(Which::AttachTokens, family_key(&family))
                    .arg(access.hash.to_text())
                    .arg(format!("{}|", access.expires_at.millis()))
                    .arg(refresh.as_ref().map_or(String::new(), |r| r.hash.to_text()))
                    .num(refresh.as_ref().map_or(0, |r| r.expires_at.millis()))
                    .num(self.keep_family(last))
            }
            Write::RevokeFamily(family) => {
                Op::run(Which::RevokeFamily, family_key(&family)).num(Self::keep_tombstone())
            }
            Write::Unlist { holder, sid } => Op::plain("ZREM", holder_key(&holder)).arg(sid.as_str()),
            Write::Audit(event) => Op::plain("RPUSH", QUEUE.to_owned()).arg(self.event(&event)?),
        })
    }

    /// Commands for writes. Audit events go together; a session that is opened or renewed is listed right after.
    pub(super) fn ops(&self, writes: Vec<Write>) -> Result<Commands, StoreError> {
        let Commands { mut ops, mut places } = Commands::default();
        let mut events: Option<usize> = None;
        for write in writes {
            match (&write, events.and_then(|at| ops.get_mut(at).map(|op| (at, op)))) {
                (Write::Audit(event), Some((at, op))) => {
                    op.push(self.event(event)?);
                    places.push(Place { at, may_lose: false, list: None });
                }
                (Write::Audit(_), None) => {
                    events = Some(ops.len());
                    places.push(Place { at: ops.len(), may_lose: false, list: None });
                    ops.push(self.op(write)?);
                }
                _ => {
                    let list = match &write {
                        Write::OpenSession(session) | Write::RenewSession(session) => {
                            Some(self.list_op(session))
                        }
                        _ => None,
                    };
                    let may_lose = !matches!(write, Write::Unlist { .. });
                    let at = ops.len();
                    ops.push(self.op(write)?);
                    places.push(Place { at, may_lose, list: list.is_some().then_some(ops.len()) });
                    ops.extend(list);
                }
            }
        }
        Ok(Commands { ops, places })
    }

    fn event(&self, event: &AuditEvent) -> Result<Vec<u8>, StoreError> {
        pack(&self.sealer, QUEUE, event)
    }

    fn list_op(&self, session: &Session) -> Op {
        Op::run(Which::ListSession, holder_key(&session.holder))
            .arg(session.sid.as_str())
            .num(session.ends_at.millis())
            .num(self.clock.now().millis())
            .num(self.keep(session.ends_at))
            .arg(SESSIONS_OF_ONE.to_string())
    }

    fn session_op(&self, script: Which, session: &Session) -> Result<Op, StoreError> {
        let key = session_key(&session.sid);
        let record = pack(&self.sealer, &key, session)?;
        Ok(Op::run(script, key)
            .arg(record)
            .num(session.idle_until.millis())
            .num(session.ends_at.millis())
            .num(self.keep(session.ends_at)))
    }
}
