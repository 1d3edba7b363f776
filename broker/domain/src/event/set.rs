//! The token (RFC 8417, 2) that carries one event to one client.

use super::kinds::PortalEvent;
use crate::clock::Timestamp;
use crate::ids::{ClientId, EventId};
use serde_json::{Map, Value, json};

/// The `typ` of its header (RFC 8417, 2.3).
pub const SET_TYPE: &str = "secevent+jwt";
/// Its media type (RFC 8417, 7.2).
pub const MEDIA_TYPE: &str = "application/secevent+jwt";

/// One event on its way to one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingEvent {
    /// Its id, the `jti`: the same however often it is sent, so that the client sees that it has it already.
    pub id: EventId,
    /// To whom.
    pub client: ClientId,
    /// What.
    pub event: PortalEvent,
    /// When it happened.
    pub at: Timestamp,
}

impl OutgoingEvent {
    /// The claims of its token, signed at `now`. No `exp` and no `sub` (RFC 8417, 2.2 and 4.5): it is no token to sign in with, and
    /// whoever is told late is told all the same. `sub_id` is RFC 9493's, `toe` when it happened.
    pub fn claims(&self, issuer: &str, now: Timestamp) -> Map<String, Value> {
        let mut claims = Map::new();
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("iss", json!(issuer));
        put("aud", json!(self.client.as_str()));
        put("iat", json!(now.secs()));
        put("jti", json!(self.id.as_str()));
        put("toe", json!(self.at.secs()));
        put("sub_id", json!({"format": "iss_sub", "iss": issuer, "sub": self.event.subject().as_str()}));
        put("events", json!({ self.event.uri(): self.event.payload() }));
        claims
    }
}
