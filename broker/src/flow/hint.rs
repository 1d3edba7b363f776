//! `id_token_hint`: at authorize and at logout.

use crate::state::Broker;
use broker_domain::ids::{ClientId, SessionId};
use broker_domain::logout::Hint;

/// An id_token of ours, whatever its age.
pub(super) fn hint(broker: &Broker, token: &str) -> Option<Hint> {
    let verified = broker.keyring.verify_own(token, None).ok()?;
    // Neither a logout token nor an access token is a hint.
    if verified.header.typ.as_deref().is_some_and(|t| !t.eq_ignore_ascii_case("jwt")) {
        return None;
    }
    let text = |name: &str| verified.claims.get(name).and_then(|v| v.as_str());
    if text("iss") != Some(broker.issuer.as_str()) {
        return None;
    }
    let audience = match verified.claims.get("aud") {
        Some(serde_json::Value::Array(list)) => text("azp").or_else(|| list.first().and_then(|v| v.as_str())),
        _ => text("aud"),
    };
    Some(Hint {
        client: ClientId::new(audience?),
        subject: text("sub")?.to_owned(),
        sid: text("sid").and_then(SessionId::parse),
    })
}
