//! The port over Redis.

use super::answers::{client, damaged, live, moment, read, text, verdict};
use super::connection::{Connection, failed};
use super::names::{
    DROPPED, QUEUE, family_key, grave_key, holder_key, interaction_key, lease_key, session_key,
};
use super::ops::Op;
use super::script::Which;
use super::sessions::session as read_session;
use super::settings::RedisSettings;
use super::writes::{Commands, Place, Writer};
use crate::limits::{ROTATED, beside};
use crate::record::unpack;
use crate::sealing::Sealer;
use async_trait::async_trait;
use broker_domain::audit::AuditEvent;
use broker_domain::clock::{Clock, Timestamp};
use broker_domain::ids::{ClientId, FamilyId, InteractionId, SessionId};
use broker_domain::ports::{Expiring, Opened, Participants, StoreError, Taken, Write, Written};
use broker_domain::scope::ScopeSet;
use broker_domain::secret::{Entropy, SecretHash};
use broker_domain::session::{Holder, Session};
use broker_domain::token::{LiveToken, NewToken, Redeemed, Refreshed, Rotation};
use redis::{RedisResult, Value};
use std::sync::Arc;

/// How long the answer of a step that consumes is kept for a command that is repeated.
pub(super) const MEMORY_MS: i64 = 60_000;

/// The store of what expires.
pub struct RedisStore {
    connection: Connection,
    writer: Writer,
}

impl RedisStore {
    /// Connects.
    pub(crate) async fn connect(
        settings: &RedisSettings,
        sealer: Sealer,
        entropy: Arc<dyn Entropy>,
        clock: Arc<dyn Clock>,
    ) -> RedisResult<Self> {
        Ok(Self {
            connection: Connection::open(settings).await?,
            writer: Writer::new(sealer, entropy, clock),
        })
    }

    /// The connection, for announcements.
    pub(crate) fn connection(&self) -> Connection {
        self.connection.clone()
    }

    pub(super) async fn run(&self, ops: &[Op]) -> Result<Vec<Value>, StoreError> {
        self.connection.run(ops).await.map_err(failed)
    }

    /// A new id for a request that may be sent twice.
    pub(super) fn request_id(&self) -> String {
        self.writer.request_id()
    }

    pub(super) async fn one(&self, op: Op) -> Result<Value, StoreError> {
        self.run(&[op]).await?.into_iter().next().ok_or_else(|| damaged("no answer"))
    }

    /// Whether a script says that it did what it was asked.
    async fn is_done(&self, op: Op) -> Result<bool, StoreError> {
        Ok(self.one(op).await? == Value::Int(1))
    }

    fn session(&self, sid: Option<&SessionId>, value: Option<Value>) -> Result<Option<Session>, StoreError> {
        match (sid, value) {
            (Some(sid), Some(value)) => read_session(&self.writer.sealer, sid, value),
            _ => Ok(None),
        }
    }
}

/// Those of a list that are too many.
fn too_many(list: &Value) -> Result<Vec<SessionId>, StoreError> {
    let sids: Vec<String> = read(list.clone(), "a list of sessions does not read")?;
    Ok(sids.iter().filter_map(|sid| SessionId::parse(sid)).collect())
}

fn session_op(sid: &SessionId) -> Op {
    Op::plain("HGETALL", session_key(sid))
}

#[async_trait]
impl Expiring for RedisStore {
    async fn commit(&self, writes: Vec<Write>) -> Result<Vec<Written>, StoreError> {
        let Commands { ops, places } = self.writer.ops(writes)?;
        if ops.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.run(&ops).await?;
        let written = |place: Place| match (answers.get(place.at), place.list.and_then(|at| answers.get(at)))
        {
            (Some(Value::Int(0)), _) if place.may_lose => Ok(Written::Lost),
            (Some(_), Some(list)) => Ok(beside(too_many(list)?)),
            (Some(_), None) => Ok(Written::Done),
            (None, _) => Err(damaged("no answer")),
        };
        places.into_iter().map(written).collect()
    }

    async fn open(
        &self,
        interaction: Option<&InteractionId>,
        session: Option<&SessionId>,
    ) -> Result<Opened, StoreError> {
        let mut ops = Vec::new();
        ops.extend(interaction.map(|id| Op::plain("HGET", interaction_key(id)).arg("d")));
        ops.extend(session.map(session_op));
        if ops.is_empty() {
            return Ok(Opened::default());
        }
        let mut answers = self.run(&ops).await?.into_iter();
        let mut opened = Opened::default();
        if let (Some(id), Some(value)) = (interaction, interaction.and_then(|_| answers.next())) {
            let record: Option<Vec<u8>> = read(value, "an interaction does not read")?;
            let key = interaction_key(id);
            opened.interaction = record.map(|r| unpack(&self.writer.sealer, &key, &r)).transpose()?;
        }
        opened.session = self.session(session, answers.next())?;
        Ok(opened)
    }

    async fn take_return(
        &self,
        interaction: &InteractionId,
        state: &SecretHash,
        session: Option<&SessionId>,
    ) -> Result<(Taken, Option<Session>), StoreError> {
        let key = interaction_key(interaction);
        let take = Op::run(Which::TakeReturn, key.clone()).arg(state.to_text()).arg(self.writer.request_id());
        let mut ops = vec![take];
        ops.extend(session.map(session_op));
        let mut answers = self.run(&ops).await?.into_iter();
        let (number, record) = verdict(answers.next().ok_or_else(|| damaged("no answer"))?)?;
        let taken = match number {
            0 => Taken::Unknown,
            1 => Taken::Taken(Box::new(unpack(&self.writer.sealer, &key, &record)?)),
            _ => Taken::Stale(Box::new(unpack(&self.writer.sealer, &key, &record)?)),
        };
        Ok((taken, self.session(session, answers.next())?))
    }

    async fn end_session(&self, sid: &SessionId) -> Result<Option<Participants>, StoreError> {
        let op = Op::run(Which::EndSession, session_key(sid))
            .key(grave_key(sid))
            .arg(self.writer.request_id())
            .num(MEMORY_MS);
        let ended = read_session(&self.writer.sealer, sid, self.one(op).await?)?;
        Ok(ended.map(|session| Participants { session }))
    }

    async fn sessions_of(&self, holder: &Holder) -> Result<Vec<Session>, StoreError> {
        let list = Op::plain("ZRANGE", holder_key(holder)).num(0).num(-1);
        let sids: Vec<String> = read(self.one(list).await?, "a list of sessions does not read")?;
        let sids: Vec<SessionId> = sids.iter().filter_map(|sid| SessionId::parse(sid)).collect();
        if sids.is_empty() {
            return Ok(Vec::new());
        }
        let ops: Vec<Op> = sids.iter().map(session_op).collect();
        let mut found = Vec::new();
        for (sid, value) in sids.iter().zip(self.run(&ops).await?) {
            // The list is in another slot: it may name one that is gone, and is forgotten there with its end.
            found.extend(read_session(&self.writer.sealer, sid, value)?.filter(|s| s.holder == *holder));
        }
        found.sort_by(|a, b| (a.created_at, &a.sid).cmp(&(b.created_at, &b.sid)));
        Ok(found)
    }

    async fn redeem(
        &self,
        family: &FamilyId,
        code: &SecretHash,
        now: Timestamp,
    ) -> Result<Redeemed, StoreError> {
        let key = family_key(family);
        let op = Op::run(Which::Redeem, key.clone())
            .arg(code.to_text())
            .num(now.millis())
            .arg(self.writer.request_id())
            .num(Writer::keep_tombstone());
        Ok(match verdict(self.one(op).await?)? {
            (1, record) => Redeemed::Granted(Box::new(unpack(&self.writer.sealer, &key, &record)?)),
            (2, owner) => Redeemed::Replayed(client(owner)?),
            _ => Redeemed::Unknown,
        })
    }

    async fn refresh(&self, rotation: Rotation) -> Result<Refreshed, StoreError> {
        let key = family_key(&rotation.family);
        let new = rotation.replacement.as_ref();
        let last = new.map_or(rotation.access.expires_at, |n| n.expires_at.max(rotation.access.expires_at));
        let op = Op::run(Which::Refresh, key.clone())
            .arg(rotation.presented.to_text())
            .arg(rotation.client.as_str())
            .arg(rotation.scope.as_ref().map_or(String::new(), ScopeSet::to_string))
            .arg(rotation.access.hash.to_text())
            .num(rotation.access.expires_at.millis())
            .arg(new.map_or(String::new(), |n: &NewToken| n.hash.to_text()))
            .num(new.map_or(0, |n| n.expires_at.millis()))
            .num(rotation.now.millis())
            .arg(self.writer.request_id())
            .num(self.writer.keep_family(last))
            .num(Writer::keep_tombstone())
            .arg(ROTATED.to_string());
        Ok(match verdict(self.one(op).await?)? {
            (1, record) => Refreshed::Granted(Box::new(unpack(&self.writer.sealer, &key, &record)?)),
            (2, owner) => Refreshed::Reused(client(owner)?),
            (3, _) => Refreshed::ScopeExceeded,
            _ => Refreshed::Unknown,
        })
    }

    async fn access(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError> {
        let op = Op::plain("HMGET", family_key(family)).arg("d").arg(format!("a:{}", token.to_text()));
        let fields: Vec<Option<Vec<u8>>> = read(self.one(op).await?, "a family does not read")?;
        let [Some(record), Some(access)] = fields.as_slice() else { return Ok(None) };
        let (end, scope) = text(access)?.split_once('|').ok_or_else(|| damaged("a token does not read"))?;
        let expires_at = moment(end)?;
        if now >= expires_at {
            return Ok(None);
        }
        live(&self.writer.sealer, family, record, scope, expires_at).map(Some)
    }

    async fn refresh_token(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError> {
        let op = Op::plain("HMGET", family_key(family)).arg("d").arg("r").arg("re").arg("s");
        let fields: Vec<Option<Vec<u8>>> = read(self.one(op).await?, "a family does not read")?;
        let [Some(record), Some(hash), Some(end), Some(scope)] = fields.as_slice() else { return Ok(None) };
        let expires_at = moment(text(end)?)?;
        if SecretHash::from_text(text(hash)?) != Some(*token) || now >= expires_at {
            return Ok(None);
        }
        live(&self.writer.sealer, family, record, text(scope)?, expires_at).map(Some)
    }

    async fn revoke_access(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        client: &ClientId,
    ) -> Result<bool, StoreError> {
        let op = Op::run(Which::RevokeAccess, family_key(family)).arg(token.to_text()).arg(client.as_str());
        self.is_done(op).await
    }

    async fn revoke_refresh(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        client: &ClientId,
    ) -> Result<bool, StoreError> {
        let op = Op::run(Which::RevokeRefresh, family_key(family))
            .arg(token.to_text())
            .arg(client.as_str())
            .num(Writer::keep_tombstone())
            .arg(self.writer.request_id());
        self.is_done(op).await
    }

    async fn pending_events(&self, limit: usize) -> Result<Vec<AuditEvent>, StoreError> {
        let Some(last) = i64::try_from(limit).ok().and_then(|l| l.checked_sub(1)).filter(|l| *l >= 0) else {
            return Ok(Vec::new());
        };
        let op = Op::plain("LRANGE", QUEUE.to_owned()).num(0).num(last);
        let records: Vec<Vec<u8>> = read(self.one(op).await?, "the audit queue does not read")?;
        let mut events = Vec::with_capacity(records.len());
        for record in &records {
            match unpack(&self.writer.sealer, QUEUE, record) {
                Ok(event) => events.push(event),
                // What a later version wrote holds up nothing that stands before it.
                Err(_) if !events.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(events)
    }

    async fn drop_events(&self, owner: &str, count: usize) -> Result<bool, StoreError> {
        let op = Op::run(Which::DropEvents, QUEUE.to_owned())
            .key(lease_key("audit"))
            .key(DROPPED.to_owned())
            .arg(owner)
            .num(i64::try_from(count).unwrap_or(i64::MAX))
            .arg(self.writer.request_id())
            .num(MEMORY_MS);
        self.is_done(op).await
    }

    async fn lease(&self, name: &str, owner: &str, secs: i64) -> Result<bool, StoreError> {
        let op = Op::run(Which::Lease, lease_key(name)).arg(owner).num(secs.saturating_mul(1000));
        self.is_done(op).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        // A write: a server that is full, cannot save, or lacks its replicas still answers reads.
        self.one(Op::plain("SET", "ping".to_owned()).arg("1").arg("PX").num(10_000)).await.map(|_| ())
    }
}
