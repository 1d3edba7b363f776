//! `/oauth2/jwks`: the published keys (RFC 7517).

use crate::respond::json_cached;
use crate::state::Broker;
use axum::extract::State;
use axum::response::Response;
use broker_domain::ports::Signer;
use std::sync::Arc;

/// How long clients may keep the keys, in seconds. A new key is published for longer than that before it signs.
pub const MAX_AGE_SECS: u32 = 300;

/// The key set.
pub async fn get(State(broker): State<Arc<Broker>>) -> Response {
    json_cached(&broker.keyring.key_set(), MAX_AGE_SECS)
}
