//! From claims to a person, whatever their names.

use crate::settings::ClaimNames;
use broker_domain::person::{
    AccountKind, BirthDate, Gender, Name, OldNumber, Organization, PersonalNumber, Profile, TaxCode,
};
use broker_domain::upstream::UpstreamFailure;
use serde_json::{Map, Value};

/// A claim as text: numbers are taken as they are written; blanks count as absent.
pub(crate) fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let text = match claims.get(name)? {
        Value::String(s) => s.trim().to_owned(),
        Value::Number(n) => n.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Whether the claims say who it is; else userinfo must be asked.
pub(crate) fn suffice(claims: &Map<String, Value>, names: &ClaimNames) -> bool {
    text(claims, &names.personal_number).is_some() && text(claims, &names.full_name).is_some()
}

/// Reads the person. What nobody can be signed in without must be there and readable; of the rest, what does not read is refused
/// too: half a truth is no identity.
pub(crate) fn profile(claims: &Map<String, Value>, names: &ClaimNames) -> Result<Profile, UpstreamFailure> {
    let bad = UpstreamFailure::BadClaims;
    let get = |name: &str| text(claims, name);
    let personal_number = PersonalNumber::parse(&get(&names.personal_number).ok_or(bad)?).map_err(|_| bad)?;
    let full_name = Name::parse(&get(&names.full_name).ok_or(bad)?).map_err(|_| bad)?;
    if full_name.as_str().chars().any(is_pictograph) {
        return Err(bad);
    }
    let birth_date = get(&names.birth_date).map(|t| BirthDate::parse(&t)).transpose().map_err(|_| bad)?;
    let gender = get(&names.gender).and_then(|t| gender(&t));
    let old_number = get(&names.old_number).map(|t| OldNumber::parse(&t)).transpose().map_err(|_| bad)?;
    let tax_code = get(&names.tax_code).map(|t| TaxCode::parse(&t)).transpose().map_err(|_| bad)?;
    let kind = match get(&names.account_type).map(|t| t.to_lowercase()).as_deref() {
        None | Some("personal" | "citizen" | "1" | "individual") => AccountKind::Citizen,
        Some("organization" | "organisation" | "business" | "2") => AccountKind::Organization,
        Some(_) => return Err(bad),
    };
    let organization = match (kind, tax_code) {
        (AccountKind::Citizen, _) => None,
        (AccountKind::Organization, None) => return Err(bad),
        (AccountKind::Organization, Some(tax_code)) => {
            let name = get(&names.organization_name).filter(|n| n.chars().count() <= 300).ok_or(bad)?;
            Some(Organization { tax_code, name })
        }
    };
    if !personal_number.agrees_with(birth_date.as_ref(), gender) {
        return Err(UpstreamFailure::ContradictoryClaims);
    }
    let short = |name: &str, most: usize| get(name).filter(|t| t.chars().count() <= most);
    Ok(Profile {
        kind,
        personal_number,
        full_name,
        birth_date,
        gender,
        old_number,
        passport: short(&names.passport, 20),
        phone: short(&names.phone, 30),
        email: short(&names.email, 254),
        address: address(claims, &names.address),
        organization,
    })
}

fn address(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let text = match claims.get(name)? {
        Value::String(s) => s.trim().to_owned(),
        Value::Object(o) => o.get("formatted")?.as_str()?.trim().to_owned(),
        _ => return None,
    };
    (!text.is_empty() && text.chars().count() <= 500).then_some(text)
}

fn gender(text: &str) -> Option<Gender> {
    match text.to_lowercase().as_str() {
        "nam" | "male" | "m" | "1" => Some(Gender::Male),
        "nữ" | "nu" | "female" | "f" | "2" => Some(Gender::Female),
        _ => None,
    }
}

/// Emoji and their like: no name has them.
fn is_pictograph(c: char) -> bool {
    matches!(u32::from(c), 0x2600..=0x27bf | 0x1f000..=0x1faff | 0xe0000..=0xe007f | 0xfe00..=0xfe0f)
}

/// The identity's subject where the upstream gives none: the number, or the tax code with who acts.
pub(crate) fn subject(profile: &Profile) -> String {
    match &profile.organization {
        Some(o) => format!("organization:{}:{}", o.tax_code.as_str(), profile.personal_number.as_str()),
        None => format!("citizen:{}", profile.personal_number.as_str()),
    }
}

/// Strict JSON of an object.
pub(crate) fn object(bytes: &[u8]) -> Result<Map<String, Value>, UpstreamFailure> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(UpstreamFailure::Malformed),
    }
}

#[cfg(test)]
mod tests;
