//! One claim by its name.

use crate::claims::Marked;
use crate::person::{AccountKind, Gender};
use crate::token::Login;
use serde_json::{Value, json};

pub(super) fn claim(login: &Login, name: &str) -> Option<Value> {
    let known = &login.claims;
    let full = known.full_name.as_ref().map_or("", |n| n.value.as_str());
    match name {
        "name" => Some(json!(full)).filter(|_| !full.is_empty()),
        // Vietnamese names: family name first, given name last, what is between them is the middle name.
        "family_name" => full.split_once(' ').map(|(first, _)| json!(first)),
        "given_name" => full.rsplit(' ').next().filter(|w| !w.is_empty()).map(|w| json!(w)),
        "middle_name" => {
            full.split_once(' ').and_then(|(_, rest)| rest.rsplit_once(' ')).map(|(middle, _)| json!(middle))
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
