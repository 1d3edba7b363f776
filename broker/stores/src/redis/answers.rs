//! What scripts and commands answer.

use super::names::family_key;
use crate::record::unpack;
use crate::sealing::Sealer;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{ClientId, FamilyId};
use broker_domain::ports::StoreError;
use broker_domain::scope::ScopeSet;
use broker_domain::token::{Grant, LiveToken};
use redis::{FromRedisValue, Value, from_redis_value};

pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt(format!("Redis: {what}"))
}

/// An answer as a type.
pub(super) fn read<T: FromRedisValue>(value: Value, what: &str) -> Result<T, StoreError> {
    from_redis_value(value).map_err(|_| damaged(what))
}

/// A script's answer: a number, and what it says.
pub(super) fn verdict(value: Value) -> Result<(i64, Vec<u8>), StoreError> {
    const WHAT: &str = "an answer does not read";
    let mut parts = read::<Vec<Value>>(value, WHAT)?.into_iter();
    let number = read(parts.next().ok_or_else(|| damaged(WHAT))?, WHAT)?;
    Ok((number, parts.next().map_or(Ok(Vec::new()), |said| read(said, WHAT))?))
}

pub(super) fn client(bytes: Vec<u8>) -> Result<ClientId, StoreError> {
    String::from_utf8(bytes).map(ClientId::new).map_err(|_| damaged("a client does not read"))
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(bytes).map_err(|_| damaged("a token does not read"))
}

pub(super) fn moment(bytes: &str) -> Result<Timestamp, StoreError> {
    bytes.parse().map(Timestamp::from_millis).map_err(|_| damaged("a token does not read"))
}

/// A living token of a family.
pub(super) fn live(
    sealer: &Sealer,
    family: &FamilyId,
    record: &[u8],
    scope: &str,
    expires_at: Timestamp,
) -> Result<LiveToken, StoreError> {
    let grant: Grant = unpack(sealer, &family_key(family), record)?;
    let scope = ScopeSet::parse(scope).ok_or_else(|| damaged("a scope does not read"))?;
    Ok(LiveToken { grant, scope, expires_at })
}
