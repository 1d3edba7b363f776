//! The port over Redis.

use super::connection::{Connection, RedisSettings, failed};
use super::names::{QUEUE, family_key, interaction_key, lease_key, session_key};
use super::ops::Op;
use super::script::Which;
use super::writes::Writer;
use crate::record::unpack;
use crate::sealing::Sealer;
use async_trait::async_trait;
use broker_domain::audit::AuditEvent;
use broker_domain::authorization::Interaction;
use broker_domain::clock::{Clock, Timestamp};
use broker_domain::ids::{ClientId, FamilyId, InteractionId, SectorId, SessionId};
use broker_domain::ports::{Expiring, Opened, Participants, StoreError, Taken, Write, Written};
use broker_domain::scope::ScopeSet;
use broker_domain::secret::{Entropy, SecretHash};
use broker_domain::session::{Participant, Session};
use broker_domain::subject::Subject;
use broker_domain::token::{Grant, LiveToken, NewToken, Redeemed, Refreshed, Rotation};
use redis::{RedisResult, Value, from_redis_value};
use std::collections::HashMap;
use std::sync::Arc;

/// How long the answer of an ended session is kept for a command that is repeated.
const GRAVE_MS: i64 = 60_000;

/// The store of what expires.
pub struct RedisStore {
    connection: Connection,
    writer: Writer,
}

fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt(format!("Redis: {what}"))
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

    async fn one(&self, op: Op) -> Result<Value, StoreError> {
        let answers = self.connection.run(&[op]).await.map_err(failed)?;
        answers.into_iter().next().ok_or_else(|| damaged("no answer"))
    }

    fn interaction(&self, key: &str, fields: &[u8]) -> Result<Interaction, StoreError> {
        unpack(&self.writer.sealer, key, fields)
    }

    fn session(&self, sid: &SessionId, value: Value) -> Result<Option<Session>, StoreError> {
        let fields: HashMap<String, Vec<u8>> =
            from_redis_value(value).map_err(|_| damaged("a session does not read"))?;
        let Some(record) = fields.get("d") else { return Ok(None) };
        let key = session_key(sid);
        let mut session: Session = unpack(&self.writer.sealer, &key, record)?;
        let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).ok();
        if let Some(idle) = fields.get("i").and_then(text).and_then(|t| t.parse().ok()) {
            session.idle_until = Timestamp::from_millis(idle);
        }
        for (name, bytes) in &fields {
            if let Some(family) = name.strip_prefix("f:").and_then(FamilyId::parse) {
                let text = text(bytes).unwrap_or_default();
                let (end, client) =
                    text.split_once('|').ok_or_else(|| damaged("a participant does not read"))?;
                let expires_at =
                    Timestamp::from_millis(end.parse().map_err(|_| damaged("a participant does not read"))?);
                session.participants.push(Participant { family, client: ClientId::new(client), expires_at });
            } else if name.starts_with("u:") {
                let (sector, subject): (SectorId, Subject) = unpack(&self.writer.sealer, &key, bytes)?;
                if session.subject(&sector).is_none() {
                    session.subjects.push((sector, subject));
                }
            }
        }
        Ok(Some(session))
    }

    fn live(
        &self,
        family: &FamilyId,
        record: &[u8],
        scope: &str,
        expires_at: Timestamp,
    ) -> Result<LiveToken, StoreError> {
        let grant: Grant = unpack(&self.writer.sealer, &family_key(family), record)?;
        Ok(LiveToken {
            grant,
            scope: ScopeSet::parse(scope).ok_or_else(|| damaged("a scope does not read"))?,
            expires_at,
        })
    }
}

/// A script's answer: a number, and what it says.
fn verdict(value: Value) -> Result<(i64, Vec<u8>), StoreError> {
    let mut parts: Vec<Value> = from_redis_value(value).map_err(|_| damaged("an answer does not read"))?;
    let second = if parts.len() > 1 { parts.pop() } else { None };
    let first = parts.pop().ok_or_else(|| damaged("an empty answer"))?;
    let number = from_redis_value(first).map_err(|_| damaged("an answer does not read"))?;
    let bytes = match second {
        Some(value) => from_redis_value(value).map_err(|_| damaged("an answer does not read"))?,
        None => Vec::new(),
    };
    Ok((number, bytes))
}

fn client_of(bytes: Vec<u8>) -> Result<ClientId, StoreError> {
    String::from_utf8(bytes).map(ClientId::new).map_err(|_| damaged("a client does not read"))
}

type Optional = Vec<Option<Vec<u8>>>;

#[async_trait]
impl Expiring for RedisStore {
    async fn commit(&self, writes: Vec<Write>) -> Result<Vec<Written>, StoreError> {
        let audits: Vec<bool> = writes.iter().map(|w| matches!(w, Write::Audit(_))).collect();
        let ops = writes.into_iter().map(|w| self.writer.op(w)).collect::<Result<Vec<_>, _>>()?;
        if ops.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.connection.run(&ops).await.map_err(failed)?;
        let written = |(answer, audit): (Value, bool)| match answer {
            Value::Int(0) if !audit => Written::Lost,
            _ => Written::Done,
        };
        Ok(answers.into_iter().zip(audits).map(written).collect())
    }

    async fn open(
        &self,
        interaction: Option<&InteractionId>,
        session: Option<&SessionId>,
    ) -> Result<Opened, StoreError> {
        let mut ops = Vec::new();
        ops.extend(interaction.map(|id| Op::plain("HGET", interaction_key(id)).arg("d")));
        ops.extend(session.map(|sid| Op::plain("HGETALL", session_key(sid))));
        if ops.is_empty() {
            return Ok(Opened::default());
        }
        let mut answers = self.connection.run(&ops).await.map_err(failed)?.into_iter();
        let mut opened = Opened::default();
        if let (Some(id), Some(value)) = (interaction, interaction.and_then(|_| answers.next())) {
            let record: Option<Vec<u8>> =
                from_redis_value(value).map_err(|_| damaged("an interaction does not read"))?;
            opened.interaction = record.map(|r| self.interaction(&interaction_key(id), &r)).transpose()?;
        }
        if let (Some(sid), Some(value)) = (session, answers.next()) {
            opened.session = self.session(sid, value)?;
        }
        Ok(opened)
    }

    async fn take_return(
        &self,
        interaction: &InteractionId,
        state: &SecretHash,
        session: Option<&SessionId>,
    ) -> Result<(Taken, Option<Session>), StoreError> {
        let key = interaction_key(interaction);
        let mut ops =
            vec![Op::run(Which::TakeReturn, key.clone()).arg(state.to_text()).arg(self.writer.request_id())];
        ops.extend(session.map(|sid| Op::plain("HGETALL", session_key(sid))));
        let mut answers = self.connection.run(&ops).await.map_err(failed)?.into_iter();
        let (number, record) = verdict(answers.next().ok_or_else(|| damaged("no answer"))?)?;
        let taken = match number {
            0 => Taken::Unknown,
            1 => Taken::Taken(Box::new(self.interaction(&key, &record)?)),
            _ => Taken::Stale(Box::new(self.interaction(&key, &record)?)),
        };
        let session = match (session, answers.next()) {
            (Some(sid), Some(value)) => self.session(sid, value)?,
            _ => None,
        };
        Ok((taken, session))
    }

    async fn end_session(&self, sid: &SessionId) -> Result<Option<Participants>, StoreError> {
        let grave = format!("x:{{{sid}}}");
        let op = Op::run_on_two(Which::EndSession, session_key(sid), grave)
            .arg(self.writer.request_id())
            .num(GRAVE_MS);
        Ok(self.session(sid, self.one(op).await?)?.map(|session| Participants { session }))
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
            .arg(self.writer.request_id());
        Ok(match verdict(self.one(op).await?)? {
            (1, record) => Redeemed::Granted(Box::new(unpack(&self.writer.sealer, &key, &record)?)),
            (2, client) => Redeemed::Replayed(client_of(client)?),
            _ => Redeemed::Unknown,
        })
    }

    async fn refresh(&self, rotation: Rotation) -> Result<Refreshed, StoreError> {
        let key = family_key(&rotation.family);
        let new = rotation.replacement.as_ref();
        let op = Op::run(Which::Refresh, key.clone())
            .arg(rotation.presented.to_text())
            .arg(rotation.client.as_str())
            .arg(rotation.scope.as_ref().map_or(String::new(), ToString::to_string))
            .arg(rotation.access.hash.to_text())
            .num(rotation.access.expires_at.millis())
            .arg(new.map_or(String::new(), |n: &NewToken| n.hash.to_text()))
            .num(new.map_or(0, |n| n.expires_at.millis()))
            .num(rotation.now.millis())
            .arg(self.writer.request_id());
        Ok(match verdict(self.one(op).await?)? {
            (1, record) => Refreshed::Granted(Box::new(unpack(&self.writer.sealer, &key, &record)?)),
            (2, client) => Refreshed::Reused(client_of(client)?),
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
        let fields: Optional =
            from_redis_value(self.one(op).await?).map_err(|_| damaged("a family does not read"))?;
        let [Some(record), Some(access)] = fields.as_slice() else { return Ok(None) };
        let access = std::str::from_utf8(access).map_err(|_| damaged("a token does not read"))?;
        let (end, scope) = access.split_once('|').ok_or_else(|| damaged("a token does not read"))?;
        let expires_at = Timestamp::from_millis(end.parse().map_err(|_| damaged("a token does not read"))?);
        if now >= expires_at { Ok(None) } else { self.live(family, record, scope, expires_at).map(Some) }
    }

    async fn refresh_token(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError> {
        let op = Op::plain("HMGET", family_key(family)).arg("d").arg("r").arg("re").arg("s");
        let fields: Optional =
            from_redis_value(self.one(op).await?).map_err(|_| damaged("a family does not read"))?;
        let [Some(record), Some(hash), Some(end), Some(scope)] = fields.as_slice() else { return Ok(None) };
        let text = |bytes: &[u8]| {
            std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| damaged("a token does not read"))
        };
        let expires_at =
            Timestamp::from_millis(text(end)?.parse().map_err(|_| damaged("a token does not read"))?);
        if SecretHash::from_text(&text(hash)?) != Some(*token) || now >= expires_at {
            return Ok(None);
        }
        self.live(family, record, &text(scope)?, expires_at).map(Some)
    }

    async fn revoke_access(&self, family: &FamilyId, token: &SecretHash) -> Result<bool, StoreError> {
        let op = Op::plain("HDEL", family_key(family)).arg(format!("a:{}", token.to_text()));
        Ok(self.one(op).await? == Value::Int(1))
    }

    async fn pending_events(&self, limit: usize) -> Result<Vec<AuditEvent>, StoreError> {
        let Some(last) = i64::try_from(limit).ok().and_then(|l| l.checked_sub(1)).filter(|l| *l >= 0) else {
            return Ok(Vec::new());
        };
        let op = Op::plain("LRANGE", QUEUE.to_owned()).num(0).num(last);
        let records: Vec<Vec<u8>> =
            from_redis_value(self.one(op).await?).map_err(|_| damaged("the audit queue does not read"))?;
        records.iter().map(|r| unpack(&self.writer.sealer, QUEUE, r)).collect()
    }

    async fn drop_events(&self, owner: &str, count: usize) -> Result<bool, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let op = Op::run_on_two(Which::DropEvents, QUEUE.to_owned(), lease_key("audit"))
            .arg(owner)
            .num(count)
            .arg(self.writer.request_id());
        Ok(self.one(op).await? == Value::Int(1))
    }

    async fn lease(&self, name: &str, owner: &str, secs: i64) -> Result<bool, StoreError> {
        let op = Op::run(Which::Lease, lease_key(name)).arg(owner).num(secs.saturating_mul(1000));
        Ok(self.one(op).await? == Value::Int(1))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        // A read of a key that is never written: it goes to a server that must answer, also in a Cluster.
        self.one(Op::plain("EXISTS", "ping".to_owned())).await.map(|_| ())
    }
}
