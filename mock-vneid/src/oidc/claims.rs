//! What is said of a citizen.

use crate::fault::Fault;
use crate::state::{Given, Inner};
use serde_json::{Map, Value, json};

/// The claims of whom something was given for, by their usual names.
pub(crate) fn claims(inner: &Inner, given: &Given) -> Map<String, Value> {
    let mut out = Map::new();
    let Some(citizen) = inner.citizens.get(&given.proven.citizen) else { return out };
    let mut put = |name: &str, value: Value| {
        out.insert(name.to_owned(), value);
    };
    put("citizenPid", json!(citizen.personal_number));
    put("fullName", json!(citizen.full_name));
    put("birthDate", json!(citizen.birth_date));
    for (name, value) in [("gender", &citizen.gender), ("phoneNumber", &citizen.phone)] {
        if !value.is_empty() {
            put(name, json!(value));
        }
    }
    for (name, value) in
        [("email", &citizen.email), ("address", &citizen.address), ("oldNumber", &citizen.old_number)]
    {
        if let Some(value) = value {
            put(name, json!(value));
        }
    }
    match given.proven.tax_code.as_ref().and_then(|code| inner.organizations.get(code)) {
        Some(organization) => {
            put("accountType", json!("organization"));
            put("organizationName", json!(organization.name));
            put("taxCode", json!(organization.tax_code));
        }
        None => {
            put("accountType", json!("personal"));
            put("accountLevel", json!(citizen.account_level));
            let represented: Vec<Value> = inner
                .organizations_of(&citizen.personal_number)
                .iter()
                .map(|o| json!({"taxCode": o.tax_code, "organizationName": o.name}))
                .collect();
            if inner.settings.list_organizations && !represented.is_empty() {
                put("organizations", json!(represented));
            }
        }
    }
    out
}

/// Faults of claims.
pub(crate) fn spoil_claims(claims: &mut Map<String, Value>, faults: &[Fault]) {
    for fault in faults {
        match fault {
            Fault::MissingClaim { claim } => {
                claims.remove(claim);
            }
            Fault::OtherClaim { claim, value } => {
                claims.insert(claim.clone(), value.clone());
            }
            Fault::OtherSubject => {
                claims.insert("sub".to_owned(), json!("somebody-else"));
            }
            _ => {}
        }
    }
}

/// The subject of a citizen (or of one for an organization) here: a number issued anew does not change it.
pub(crate) fn subject(inner: &Inner, given: &Given) -> String {
    let number = &given.proven.citizen;
    let first = inner.citizens.get(number).and_then(|c| c.former_numbers.first()).unwrap_or(number);
    let who = format!("{first}/{}", given.proven.tax_code.as_deref().unwrap_or(""));
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, format!("mock-vneid:{who}").as_bytes());
    data_encoding::HEXLOWER.encode(hash.as_ref().get(..16).unwrap_or_default())
}
