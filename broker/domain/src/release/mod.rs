//! Which claims a client gets: by scope (OpenID Connect Core 5.4), by the `claims` parameter (5.5), by profile.

use crate::authorization::ClaimWish;
use crate::claims::Marked;
use crate::client::Client;
use crate::level::Level;
use crate::person::{AccountKind, Gender};
use crate::scope::ScopeSet;
use crate::token::Login;
use serde_json::{Map, Value, json};

/// All claims that may be released, for discovery's `claims_supported`.
pub const CLAIMS: [&str; 29] = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "sid",
    "at_hash",
    "name",
    "family_name",
    "middle_name",
    "given_name",
    "gender",
    "birthdate",
    "locale",
    "zoneinfo",
    "email",
    "email_verified",
    "address",
    "phone_number",
    "phone_number_verified",
    "account_type",
    "personal_number",
    "old_number",
    "passport_number",
    "tax_code",
    "organization_name",
];

/// The claims of a scope.
fn of_scope(scope: &str) -> &'static [&'static str] {
    match scope {
        "profile" => {
            &["name", "family_name", "middle_name", "given_name", "gender", "birthdate", "locale", "zoneinfo"]
        }
        "email" => &["email", "email_verified"],
        "phone" => &["phone_number", "phone_number_verified"],
        "address" => &["address"],
        "citizen" => &["account_type", "personal_number", "old_number", "passport_number"],
        "organization" => &["account_type", "tax_code", "organization_name"],
        _ => &[],
    }
}

/// The userinfo answer: `sub` and what scope and single wishes release. No blank strings, no nulls.
pub fn userinfo(login: &Login, client: &Client, scope: &ScopeSet) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("sub".to_owned(), json!(login.subject.as_str()));
    for name in scope.iter().flat_map(of_scope) {
        put(&mut out, login, name);
    }
    wishes(&mut out, &login.userinfo_claims, login, client);
    if client.is_dvcqg() {
        dvcqg(&mut out, login);
    }
    out
}

/// The claims of the id_token beyond the protocol's own: only what the `claims` parameter asked for, unless an old portal
/// reads them there.
pub fn id_token(login: &Login, client: &Client) -> Map<String, Value> {
    let mut out = Map::new();
    wishes(&mut out, &login.id_token_claims, login, client);
    if client.is_dvcqg() {
        dvcqg(&mut out, login);
    }
    out
}

fn wishes(out: &mut Map<String, Value>, wishes: &[ClaimWish], login: &Login, client: &Client) {
    // A single wish reaches no further than the scopes that the client may have.
    let allowed: Vec<&str> = client.scopes().iter().flat_map(of_scope).copied().collect();
    for wish in wishes {
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
}

fn put(out: &mut Map<String, Value>, login: &Login, name: &str) {
    if let Some(value) = claim(login, name) {
        out.insert(name.to_owned(), value);
    }
}

fn claim(login: &Login, name: &str) -> Option<Value> {
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
        "email_verified" => text(&known.email).and(verified(&known.email)),
        "phone_number" => text(&known.phone),
        "phone_number_verified" => text(&known.phone).and(verified(&known.phone)),
        "address" => text(&known.address).map(|a| json!({"formatted": a, "country": "VN"})),
        "account_type" => Some(json!(match login.kind {
            AccountKind::Citizen => "citizen",
            AccountKind::Organization => "organization",
        })),
        "personal_number" => known.personal_number.as_ref().map(|n| json!(n.value.as_str())),
        "old_number" => known.old_number.as_ref().map(|n| json!(n.value.as_str())),
        "passport_number" => text(&known.passport),
        "tax_code" => known.tax_code.as_ref().map(|c| json!(c.value.as_str())),
        "organization_name" => text(&known.organization_name),
        _ => None,
    }
}

/// A text that is no blank.
fn text(claim: &Option<Marked<String>>) -> Option<Value> {
    claim.as_ref().filter(|t| !t.value.trim().is_empty()).map(|t| json!(t.value))
}

fn verified<T>(claim: &Option<Marked<T>>) -> Option<Value> {
    claim.as_ref().map(|c| json!(c.is_green()))
}

/// The claims that portals of the former sign-on read. `TechID` is the subject: the key under which they store people.
fn dvcqg(out: &mut Map<String, Value>, login: &Login) {
    let known = &login.claims;
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(name.to_owned(), value);
        }
    };
    put("TechID", Some(json!(login.subject.as_str())));
    put("LoaiTaiKhoan", Some(json!(if login.kind == AccountKind::Organization { 2 } else { 1 })));
    put("SoDinhDanh", known.personal_number.as_ref().map(|n| json!(n.value.as_str())));
    put("SoCMND", known.old_number.as_ref().map(|n| json!(n.value.as_str())));
    put("HoChieu", text(&known.passport));
    put("HoVaTen", known.full_name.as_ref().map(|n| json!(n.value.as_str())));
    put("NgaySinh", known.birth_date.as_ref().map(|d| json!(d.value.vietnamese())));
    put(
        "GioiTinh",
        Some(json!(match known.gender.as_ref().map(|g| g.value) {
            Some(Gender::Male) => 1,
            Some(Gender::Female) => 2,
            None => 0,
        })),
    );
    put("DiaChi", text(&known.address));
    put("SoDienThoai", text(&known.phone));
    put("ThuDienTu", text(&known.email));
    put("MaSoThue", known.tax_code.as_ref().map(|c| json!(c.value.as_str())));
    put("MaSoDoanhNghiep", text(&known.business_code));
    put("TenDoanhNghiep", text(&known.organization_name));
    let reached: Vec<&str> =
        Level::ALL.into_iter().filter(|l| *l <= login.level).map(Level::as_str).collect();
    put("loAs", Some(json!(reached)));
}

#[cfg(test)]
mod tests;
