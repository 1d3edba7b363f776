//! The names of keys. Braces hold what keys used together share, so that a Cluster keeps them together.

use broker_domain::ids::{FamilyId, InteractionId, SessionId};
use broker_domain::ports::LimitName;
use broker_domain::session::Holder;

/// Audit events on their way.
pub(super) const QUEUE: &str = "{audit}:queue";
/// The request that dropped events last.
pub(super) const DROPPED: &str = "{audit}:dropped";

pub(super) fn interaction_key(id: &InteractionId) -> String {
    format!("i:{id}")
}

pub(super) fn session_key(sid: &SessionId) -> String {
    format!("s:{{{sid}}}")
}

/// Where a session that was ended is kept for the command that may be repeated.
pub(super) fn grave_key(sid: &SessionId) -> String {
    format!("x:{{{sid}}}")
}

/// The sessions of a holder: in another slot than they are.
pub(super) fn holder_key(holder: &Holder) -> String {
    match holder {
        Holder::Citizen(id) => format!("h:c:{id}"),
        Holder::Account(id) => format!("h:a:{id}"),
    }
}

pub(super) fn family_key(family: &FamilyId) -> String {
    format!("g:{family}")
}

pub(super) fn lease_key(name: &str) -> String {
    format!("{{audit}}:lease:{name}")
}

/// One window of a rate: those of one name share a slot.
pub(super) fn rate_key(name: &LimitName, window: i64) -> String {
    format!("r:{{{name}}}:{window}")
}

pub(super) fn limit_key(name: &LimitName) -> String {
    format!("l:{{limits}}:{name}")
}

/// That a request has taken back an attempt.
pub(super) fn taken_back_key(name: &LimitName, request: &str) -> String {
    format!("lt:{{limits}}:{name}:{request}")
}
