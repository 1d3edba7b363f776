//! Tests of the way to VNeID, by subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod answering;
mod asking;
mod breaking;
mod claiming;
mod exchanging;
mod returning;

use super::*;
use crate::clock::Timestamp;
use crate::ids::UpstreamId;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const ISSUER: &str = "https://vneid.example";
const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

fn rules(dialect: Dialect) -> Rules {
    Rules {
        upstream: UpstreamId::new("vneid"),
        issuer: ISSUER.to_owned(),
        client_id: "broker".to_owned(),
        dialect,
        names: ClaimNames::default(),
        levels: LevelRules::default(),
        leeway: 30,
        userinfo: UserinfoRule::WhenNeeded,
        locked_errors: vec!["account_locked".to_owned()],
        trust_freshness: true,
    }
}

fn binding(fresh: bool) -> Binding {
    Binding {
        state: "state-1".to_owned(),
        nonce: "nonce-1".to_owned(),
        verifier: "verifier-1".to_owned(),
        started_at: NOW.plus_secs(-60),
        fresh,
    }
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// The claims of a citizen, with `changes` laid over them; null takes a claim away.
fn citizen(changes: Value) -> Map<String, Value> {
    let mut claims = map(json!({
        "citizenPid": "001085000001", "fullName": "NGUYỄN VĂN AN", "birthDate": "1985-03-12",
        "accountType": "personal", "accountLevel": 2, "gender": "Nam",
    }));
    for (name, value) in map(changes) {
        match value {
            Value::Null => claims.remove(&name),
            value => claims.insert(name, value),
        };
    }
    claims
}

fn metadata(changes: Value) -> Result<Metadata, Refused> {
    let mut document = map(json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://vneid.example/authorize",
        "token_endpoint": "https://vneid.example/token",
        "userinfo_endpoint": "https://vneid.example/userinfo",
        "jwks_uri": "https://vneid.example/keys",
    }));
    document.extend(map(changes));
    Metadata::read(Value::Object(document).to_string().as_bytes(), ISSUER, UrlRule { http_on_loopback: true })
}

fn shared_metadata() -> Arc<Metadata> {
    Arc::new(metadata(json!({})).unwrap())
}
