//! A session as its hash holds it: the sealed record, and beside it what changes while the record stays.
//!
//! | field | what |
//! |---|---|
//! | `d` | the record, sealed |
//! | `i`, `e` | its idle and its last end, in milliseconds |
//! | `p` | participants, a line each: family, end in milliseconds, client |
//! | `u:…` | a subject that was stored while the session lived, sealed |

use super::names::session_key;
use crate::record::unpack;
use crate::sealing::Sealer;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{ClientId, FamilyId, SectorId, SessionId};
use broker_domain::ports::StoreError;
use broker_domain::session::{Participant, Session};
use broker_domain::subject::Subject;
use redis::{Value, from_redis_value};

fn damaged() -> StoreError {
    StoreError::Corrupt("Redis: a session does not read".to_owned())
}

/// Participants as lines.
pub(super) fn lines(participants: &[Participant]) -> String {
    participants.iter().map(|p| format!("{} {} {}\n", p.family, p.expires_at.millis(), p.client)).collect()
}

fn participant(line: &str) -> Option<Participant> {
    let mut words = line.splitn(3, ' ');
    let (family, ends, client) = (words.next()?, words.next()?, words.next()?);
    Some(Participant {
        family: FamilyId::parse(family)?,
        client: ClientId::new(client),
        expires_at: Timestamp::from_millis(ends.parse().ok()?),
    })
}

fn text(bytes: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(bytes).map_err(|_| damaged())
}

/// Reads a session's fields; `None` when there is no such session.
pub(super) fn session(sealer: &Sealer, sid: &SessionId, value: Value) -> Result<Option<Session>, StoreError> {
    let fields: Vec<(String, Vec<u8>)> = from_redis_value(value).map_err(|_| damaged())?;
    let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, bytes)| bytes.as_slice());
    let Some(record) = field("d") else { return Ok(None) };
    let key = session_key(sid);
    let mut session: Session = unpack(sealer, &key, record)?;
    let idle = text(field("i").ok_or_else(damaged)?)?;
    session.idle_until = Timestamp::from_millis(idle.parse().map_err(|_| damaged())?);
    for line in text(field("p").unwrap_or_default())?.lines() {
        session.participants.push(participant(line).ok_or_else(damaged)?);
    }
    for (_, sealed) in fields.iter().filter(|(name, _)| name.starts_with("u:")) {
        let (sector, subject): (SectorId, Subject) = unpack(sealer, &key, sealed)?;
        if session.subject(&sector).is_none() {
            session.subjects.push((sector, subject));
        }
    }
    Ok(Some(session))
}
