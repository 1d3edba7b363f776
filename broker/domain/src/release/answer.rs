//! What a client gets: by scope (OpenID Connect Core 5.4), by the `claims` parameter (5.5), by profile.

use super::dvcqg::dvcqg;
use super::names::of_scope;
use super::verified::verified;
use crate::authorization::ClaimWishes;
use crate::claims::Marked;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::person::{AccountKind, Gender};
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

pub(super) fn claim(login: &Login, name: &str) -> Option<Value> {
    let known = &login.claims;
    let full = known.full_name.as_ref().map_or("", |n| n.value.as_str());
    let words: Vec<&str> = full.split(' ').collect();
    match name {
        "name" => Some(json!(full)).filter(|_| !full.is_empty()),
        // Vietnamese names: family name first, given name last, what is between them is the middle name.
        "family_name" => words.first().filter(|_| words.len() > 1).map(|w| json!(w)),
        "given_name" => words.last().filter(|w| !w.is_empty()).map(|w| json!(w)),
        "middle_name" => {
            words.get(1..words.len().saturating_sub(1)).filter(|m| !m.is_empty()).map(|m| json!(m.join(" ")))
        }
        "gender" => known.gender.as_ref().map(|g| {
            json!(match g.value {
                Gender::Male => "male",
                Gender::Female => "female",
            })
        }),
        "birthdate" => known.birth_date.as_ref().map(|d| json!(d.value.iso())),
        "locale" => Some(json!("vi-VN")),
        "zoneinfo" => Some(json!("Asia/Ho_Chi_Minh")),
        "email" => text(&known.email),
        "email_verified" => text(&known.email).and(is_verified(&known.email)),
        "phone_number" => text(&known.phone),
        "phone_number_verified" => text(&known.phone).and(is_verified(&known.phone)),
        "address" => text(&known.address).map(|a| json!({"formatted": a, "country": "VN"})),
        "account_type" => Some(json!(match login.kind {
            AccountKind::Citizen => "citizen",
            AccountKind::Organization => "organization",
        })),
        "personal_number" => known.personal_number.as_ref().map(|n| json!(n.value.as_str())),
        "old_number" => known.old_number.as_ref().map(|n| json!(n.value.as_str())),
        "passport_number" => text(&known.passport),
        "tax_code" => known.tax_code.as_ref().map(|c| json!(c.value.as_str())),
        "business_code" => text(&known.business_code),
        "organization_name" => text(&known.organization_name),
        // Who acts for the organization.
        "representative_name" if login.kind == AccountKind::Organization => claim(login, "name"),
        "representative_number" if login.kind == AccountKind::Organization => claim(login, "personal_number"),
        _ => None,
    }
}

/// A text that is no blank.
pub(super) fn text(claim: &Option<Marked<String>>) -> Option<Value> {
    claim.as_ref().filter(|t| !t.value.trim().is_empty()).map(|t| json!(t.value))
}

fn is_verified<T>(claim: &Option<Marked<T>>) -> Option<Value> {
    claim.as_ref().map(|c| json!(c.is_green()))
}
