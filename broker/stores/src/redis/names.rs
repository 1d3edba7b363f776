//! The names of keys.

use broker_domain::ids::{FamilyId, InteractionId, SessionId};

/// Audit events on their way.
pub(super) const QUEUE: &str = "{audit}:queue";

pub(super) fn interaction_key(id: &InteractionId) -> String {
    format!("i:{id}")
}

pub(super) fn session_key(sid: &SessionId) -> String {
    format!("s:{{{sid}}}")
}

pub(super) fn family_key(family: &FamilyId) -> String {
    format!("g:{family}")
}

pub(super) fn lease_key(name: &str) -> String {
    format!("{{audit}}:lease:{name}")
}
