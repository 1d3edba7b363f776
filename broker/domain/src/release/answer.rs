//! What a client gets: by scope (OpenID Connect Core 5.4), by the `claims` parameter (5.5), by profile.

use super::claim::claim;
use super::dvcqg::dvcqg;
use super::names::of_scope;
use super::verified::verified;
use crate::authorization::ClaimWishes;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::scope::ScopeSet;
use crate::token::Login;
use serde_json::{Map, Value, json};

/// The userinfo answer: `sub` and what scope and single wishes release, at `now`. No blank strings, no nulls.
pub fn userinfo(login: &Login, client: &Client, scope: &ScopeSet, now: Timestamp) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("sub".to_owned(), json!(login.subject.as_str()));
    for name in scope.iter().flat_map(of_scope) {
        put(&mut out, login, name);
    }
    wishes(&mut out, &login.userinfo_claims, login, client, now);
    if client.is_dvcqg() {
        dvcqg(&mut out, login);
    }
    out
}

/// The claims of the id_token beyond the protocol's own: only what the `claims` parameter asked for, unless an old portal
/// reads them there.
pub fn id_token(login: &Login, client: &Client, now: Timestamp) -> Map<String, Value> {
    let mut out = Map::new();
    wishes(&mut out, &login.id_token_claims, login, client, now);
    if client.is_dvcqg() {
        dvcqg(&mut out, login);
    }
    out
}

fn wishes(
    out: &mut Map<String, Value>,
    wishes: &ClaimWishes,
    login: &Login,
    client: &Client,
    now: Timestamp,
) {
    if wishes.is_empty() {
        return;
    }
    // A single wish reaches no further than the scopes that the client may have.
    let allowed: Vec<&str> = client.scopes().iter().flat_map(of_scope).copied().collect();
    for wish in &wishes.single {
        match wish.name.as_str() {
            "auth_time" => {
                out.insert("auth_time".to_owned(), json!(login.auth_time.secs()));
            }
            "acr" => {
                out.insert("acr".to_owned(), json!(login.level.as_str()));
            }
            name if allowed.contains(&name) => put(out, login, name),
            _ => {}
        }
    }
    if let Some(verified) = verified(&wishes.verified, &allowed, login, now) {
        out.insert("verified_claims".to_owned(), verified);
    }
}

fn put(out: &mut Map<String, Value>, login: &Login, name: &str) {
    if let Some(value) = claim(login, name) {
        out.insert(name.to_owned(), value);
    }
}
