//! `verified_claims`: green claims, each with who verified it and when (OpenID Connect for Identity Assurance 1.0).

use super::claim::claim;
use super::names::VERIFIABLE;
use super::register::{EVIDENCE, Register, assurance_level, register};
use super::select::{members, select};
use crate::authorization::{VerifiedWish, VerifiedWishes};
use crate::claims::{Claims, Marked, Source};
use crate::clock::Timestamp;
use crate::token::Login;
use serde_json::{Map, Value, json};

/// Claims that one source verified at one time.
struct Group<'a> {
    source: &'a Source,
    register: Register<'a>,
    at: Option<Timestamp>,
    names: Vec<&'static str>,
}

/// The element, when anything of what is asked for can be given. `allowed`: the claims that the client may have at all.
///
/// Each object speaks of one source and one time, so that everything in it is true of every claim in it: one wish can lead to several.
pub(super) fn verified(
    wishes: &VerifiedWishes,
    allowed: &[&str],
    login: &Login,
    now: Timestamp,
) -> Option<Value> {
    if wishes.wishes.is_empty() {
        return None;
    }
    let groups = groups(login, allowed);
    let mut objects: Vec<Value> = wishes
        .wishes
        .iter()
        .flat_map(|wish| groups.iter().filter_map(|group| object(wish, group, login, now)))
        .collect();
    match (objects.len(), wishes.several) {
        (0, _) => None,
        (1, false) => objects.pop(),
        _ => Some(Value::Array(objects)),
    }
}

fn groups<'a>(login: &'a Login, allowed: &[&str]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for name in VERIFIABLE.into_iter().filter(|name| allowed.contains(name)) {
        let Some((source, at)) = green(&login.claims, name) else { continue };
        let Some(register) = register(source) else { continue };
        match groups.iter_mut().find(|g| g.source == source && g.at == at) {
            Some(group) => group.names.push(name),
            None => groups.push(Group { source, register, at, names: vec![name] }),
        }
    }
    groups
}

/// Who verified a claim, and when; `None` when nobody did.
fn green<'a>(known: &'a Claims, name: &str) -> Option<(&'a Source, Option<Timestamp>)> {
    fn of<T>(claim: &Option<Marked<T>>) -> Option<(&Source, Option<Timestamp>)> {
        claim.as_ref().filter(|c| c.is_green()).and_then(|c| Some((c.source.as_ref()?, c.verified_at)))
    }
    match name {
        "name" | "family_name" | "middle_name" | "given_name" | "representative_name" => of(&known.full_name),
        "gender" => of(&known.gender),
        "birthdate" => of(&known.birth_date),
        "email" => of(&known.email),
        "address" => of(&known.address),
        "phone_number" => of(&known.phone),
        "personal_number" | "representative_number" => of(&known.personal_number),
        "old_number" => of(&known.old_number),
        "passport_number" => of(&known.passport),
        "tax_code" => of(&known.tax_code),
        "business_code" => of(&known.business_code),
        "organization_name" => of(&known.organization_name),
        _ => None,
    }
}

/// The object for one wish of one group; `None` when a limit on the verification is not met, or no claim is left (5.7.3, 5.7.4).
fn object(wish: &VerifiedWish, group: &Group<'_>, login: &Login, now: Timestamp) -> Option<Value> {
    let verification = members(&wish.verification, &verification(group, login), now).ok()?;
    let claims: Map<String, Value> = wish
        .claims
        .iter()
        .filter_map(|(name, pattern)| {
            let known = group.names.iter().any(|n| n == name);
            let value = if known { claim(login, name) } else { None }?;
            Some((name.clone(), select(pattern, &value, now).ok()??))
        })
        .collect();
    (!claims.is_empty()).then(|| json!({"verification": verification, "claims": claims}))
}

/// All that can be said of the verification. When its record was made nobody tells us.
fn verification(group: &Group<'_>, login: &Login) -> Map<String, Value> {
    let Register { framework, record, name, check } = group.register;
    let mut check_details = json!({"check_method": check, "organization": name});
    let mut evidence = json!({
        "type": EVIDENCE,
        "record": {"type": record, "source": {"name": name, "country_code": "VNM"}},
    });
    let mut all = Map::new();
    all.insert("trust_framework".to_owned(), json!(framework));
    if let Some(level) = assurance_level(group.source, group.at, login) {
        all.insert("assurance_level".to_owned(), json!(level));
    }
    if let Some(at) = group.at {
        // Whole seconds, in UTC.
        let time = json!(Timestamp::from_secs(at.secs()).to_string().replace(".000Z", "Z"));
        all.insert("time".to_owned(), time.clone());
        for part in [&mut check_details, &mut evidence] {
            if let Some(part) = part.as_object_mut() {
                part.insert("time".to_owned(), time.clone());
            }
        }
    }
    if let Some(evidence) = evidence.as_object_mut() {
        evidence.insert("check_details".to_owned(), json!([check_details]));
    }
    all.insert("evidence".to_owned(), json!([evidence]));
    all
}
