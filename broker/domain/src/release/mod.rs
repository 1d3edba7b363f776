//! Which claims a client gets: by scope (OpenID Connect Core 5.4), by the `claims` parameter (5.5), by profile.

use crate::authorization::ClaimWish;
use crate::client::Client;
use crate::level::Level;
use crate::person::{AccountKind, Gender, Profile};
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
        put(&mut out, &login.profile, name);
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
            name if allowed.contains(&name) => put(out, &login.profile, name),
            _ => {}
        }
    }
}

fn put(out: &mut Map<String, Value>, person: &Profile, name: &str) {
    if let Some(value) = claim(person, name) {
        out.insert(name.to_owned(), value);
    }
}

fn claim(person: &Profile, name: &str) -> Option<Value> {
    let full = person.full_name.as_str();
    let words: Vec<&str> = full.split(' ').collect();
    let text = |t: &Option<String>| t.as_ref().filter(|t| !t.trim().is_empty()).map(|t| json!(t));
    match name {
        "name" => Some(json!(full)),
        // Vietnamese names: family name first, given name last, what is between them is the middle name.
        "family_name" => words.first().filter(|_| words.len() > 1).map(|w| json!(w)),
        "given_name" => words.last().map(|w| json!(w)),
        "middle_name" => {
            words.get(1..words.len().saturating_sub(1)).filter(|m| !m.is_empty()).map(|m| json!(m.join(" ")))
        }
        "gender" => person.gender.map(|g| {
            json!(match g {
                Gender::Male => "male",
                Gender::Female => "female",
            })
        }),
        "birthdate" => person.birth_date.map(|d| json!(d.iso())),
        "locale" => Some(json!("vi-VN")),
        "zoneinfo" => Some(json!("Asia/Ho_Chi_Minh")),
        "email" => text(&person.email),
        "email_verified" => text(&person.email).map(|_| json!(true)),
        "phone_number" => text(&person.phone),
        "phone_number_verified" => text(&person.phone).map(|_| json!(true)),
        "address" => text(&person.address).map(|a| json!({"formatted": a, "country": "VN"})),
        "account_type" => Some(json!(match person.kind {
            AccountKind::Citizen => "citizen",
            AccountKind::Organization => "organization",
        })),
        "personal_number" => Some(json!(person.personal_number.as_str())),
        "old_number" => person.old_number.as_ref().map(|n| json!(n.as_str())),
        "passport_number" => text(&person.passport),
        "tax_code" => person.organization.as_ref().map(|o| json!(o.tax_code.as_str())),
        "organization_name" => person.organization.as_ref().map(|o| json!(o.name)),
        _ => None,
    }
}

/// The claims that portals of the former sign-on read. `TechID` is the subject: the key under which they store people.
fn dvcqg(out: &mut Map<String, Value>, login: &Login) {
    let p = &login.profile;
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(name.to_owned(), value);
        }
    };
    let text = |t: &Option<String>| t.as_ref().filter(|t| !t.trim().is_empty()).map(|t| json!(t));
    put("TechID", Some(json!(login.subject.as_str())));
    put("LoaiTaiKhoan", Some(json!(if p.kind == AccountKind::Organization { 2 } else { 1 })));
    put("SoDinhDanh", Some(json!(p.personal_number.as_str())));
    put("SoCMND", p.old_number.as_ref().map(|n| json!(n.as_str())));
    put("HoChieu", text(&p.passport));
    put("HoVaTen", Some(json!(p.full_name.as_str())));
    put("NgaySinh", p.birth_date.map(|d| json!(d.vietnamese())));
    put(
        "GioiTinh",
        Some(json!(match p.gender {
            Some(Gender::Male) => 1,
            Some(Gender::Female) => 2,
            None => 0,
        })),
    );
    put("DiaChi", text(&p.address));
    put("SoDienThoai", text(&p.phone));
    put("ThuDienTu", text(&p.email));
    put("MaSoThue", p.organization.as_ref().map(|o| json!(o.tax_code.as_str())));
    put("TenDoanhNghiep", p.organization.as_ref().map(|o| json!(o.name)));
    let reached: Vec<&str> =
        Level::ALL.into_iter().filter(|l| *l <= login.level).map(Level::as_str).collect();
    put("loAs", Some(json!(reached)));
}

#[cfg(test)]
mod tests;
