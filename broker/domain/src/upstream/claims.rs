//! From an upstream's claims to a citizen's profile. What names a person must be there and readable; what is missing besides is
//! missing; what contradicts the personal number signs nobody in.

use super::failure::UpstreamFailure;
use super::names::ClaimNames;
use super::refused::Refused;
use crate::person::{
    AccountKind, BirthDate, Gender, Name, OldNumber, Organization, PersonalNumber, Profile, TaxCode,
};
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest organization name, in characters.
const MAX_ORGANIZATION_NAME: usize = 300;
/// The most organizations that are read of a list.
const MAX_ORGANIZATIONS: usize = 50;
/// The longest address, in characters.
const MAX_ADDRESS: usize = 500;
/// The longest e-mail address (RFC 5321, 4.5.3.1), in characters.
const MAX_EMAIL: usize = 254;

/// The value of a claim; `None` when it is absent, null or an empty text. A name that begins with `/` is a JSON pointer.
pub(super) fn find<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let value = match name.strip_prefix('/') {
        None => claims.get(name)?,
        Some(pointer) => {
            let (first, rest) = pointer.split_once('/').map_or((pointer, None), |(f, r)| (f, Some(r)));
            let top = claims.get(&first.replace("~1", "/").replace("~0", "~"))?;
            rest.map_or(Some(top), |rest| top.pointer(&format!("/{rest}")))?
        }
    };
    let blank = match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    };
    (!blank).then_some(value)
}

/// A text, or a whole number as text.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// Whether the claims hold what names a person.
pub(super) fn names_somebody(claims: &Map<String, Value>, names: &ClaimNames) -> bool {
    find(claims, &names.personal_number).is_some() && find(claims, &names.full_name).is_some()
}

/// Reads who signed in.
///
/// # Errors
/// [`UpstreamFailure::BadClaims`] when a claim without which nobody can be signed in is missing, or it or the date of birth is
/// unreadable; [`UpstreamFailure::ContradictoryClaims`] when birth date or sex contradict the personal number. Both name the
/// claim, never its value.
pub fn profile(claims: &Map<String, Value>, names: &ClaimNames) -> Result<Profile, Refused> {
    let reader = Reader { claims };
    let kind = reader.kind(&names.account_type)?;
    let personal_number = reader.required(&names.personal_number, |t| PersonalNumber::parse(t).ok())?;
    let full_name = reader.required(&names.full_name, name)?;
    let birth_date = match find(claims, &names.birth_date) {
        None => None,
        Some(_) => Some(reader.required(&names.birth_date, |t| BirthDate::parse(t).ok())?),
    };
    let gender = reader.optional(&names.gender, gender);
    for (agrees, claim) in [
        (personal_number.agrees_with(birth_date.as_ref(), None), &names.birth_date),
        (personal_number.agrees_with(None, gender), &names.gender),
    ] {
        if !agrees {
            return Err(Refused::quoting(UpstreamFailure::ContradictoryClaims, claim));
        }
    }
    let organization = match kind {
        AccountKind::Citizen => None,
        AccountKind::Organization => Some(Organization {
            tax_code: reader.required(&names.tax_code, |t| TaxCode::parse(t).ok())?,
            name: reader.required(&names.organization_name, |t| clean(t, MAX_ORGANIZATION_NAME))?,
        }),
    };
    Ok(Profile {
        kind,
        personal_number,
        full_name,
        birth_date,
        gender,
        old_number: reader.optional(&names.old_number, |t| OldNumber::parse(t).ok()),
        passport: reader.optional(&names.passport, passport),
        phone: reader.verified(&names.phone, phone),
        email: reader.verified(&names.email, email),
        address: reader.address(&names.address),
        organization,
    })
}

/// Reads the organizations that a person who signed in may act for instead: a list of objects that hold tax code and name under the
/// names that they have in the claims of an organization. An entry that names no organization, or one that was named before, is left
/// out: it keeps nobody from signing in as themselves.
pub fn organizations(claims: &Map<String, Value>, names: &ClaimNames) -> Vec<Organization> {
    let Some(Value::Array(entries)) = find(claims, &names.organizations) else { return Vec::new() };
    let mut read: Vec<Organization> = Vec::new();
    for entry in entries.iter().take(MAX_ORGANIZATIONS).filter_map(Value::as_object) {
        let reader = Reader { claims: entry };
        let tax_code = reader.optional(&names.tax_code, |t| TaxCode::parse(t).ok());
        let name = reader.optional(&names.organization_name, |t| clean(t, MAX_ORGANIZATION_NAME));
        if let (Some(tax_code), Some(name)) = (tax_code, name)
            && read.iter().all(|known| known.tax_code != tax_code)
        {
            read.push(Organization { tax_code, name });
        }
    }
    read
}

/// The subject where the upstream gives none: the personal number, or the organization's tax code and who acts for it. The
/// prefixes keep the two apart.
pub fn sealed_subject(profile: &Profile) -> String {
    match &profile.organization {
        None => format!("pid:{}", profile.personal_number.as_str()),
        Some(organization) => organization_subject(organization, &profile.personal_number),
    }
}

/// The subject of an organization for which `acting` acts.
pub(super) fn organization_subject(organization: &Organization, acting: &PersonalNumber) -> String {
    format!("org:{}:{}", organization.tax_code.as_str(), acting.as_str())
}

struct Reader<'a> {
    claims: &'a Map<String, Value>,
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<String> {
        find(self.claims, name).and_then(text_of)
    }

    fn required<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, Refused> {
        self.text(name)
            .and_then(|text| parse(&text))
            .ok_or_else(|| Refused::quoting(UpstreamFailure::BadClaims, name))
    }

    /// What is unreadable and names nobody counts as missing: nobody is kept out for an odd telephone number.
    fn optional<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.text(name).and_then(|text| parse(&text))
    }

    /// As optional; and what the upstream itself calls unverified (OpenID Connect Core 5.1) is not taken, since every field of
    /// a profile counts as proven.
    fn verified<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let denied = match find(self.claims, &format!("{name}_verified")) {
            Some(Value::Bool(verified)) => !verified,
            Some(Value::String(verified)) => verified.eq_ignore_ascii_case("false"),
            _ => false,
        };
        if denied { None } else { self.optional(name, parse) }
    }

    fn address(&self, name: &str) -> Option<String> {
        match find(self.claims, name)? {
            Value::Object(parts) => parts.get("formatted").and_then(text_of),
            other => text_of(other),
        }
        .and_then(|text| clean(&text, MAX_ADDRESS))
    }

    fn kind(&self, name: &str) -> Result<AccountKind, Refused> {
        let bad = || Refused::quoting(UpstreamFailure::BadClaims, name);
        let Some(value) = find(self.claims, name) else { return Ok(AccountKind::Citizen) };
        match text_of(value).ok_or_else(bad)?.trim().to_lowercase().as_str() {
            "personal" | "person" | "citizen" | "individual" => Ok(AccountKind::Citizen),
            "organization" | "organisation" | "enterprise" | "business" => Ok(AccountKind::Organization),
            _ => Err(bad()),
        }
    }
}

fn gender(text: &str) -> Option<Gender> {
    match text.trim().nfc().collect::<String>().to_lowercase().as_str() {
        "nam" | "male" | "m" | "1" => Some(Gender::Male),
        "nữ" | "female" | "f" | "2" => Some(Gender::Female),
        _ => None,
    }
}

/// A name of letters, marks and what joins them: nothing that draws pictures, hides or turns the line round.
fn name(text: &str) -> Option<Name> {
    let name = Name::parse(text).ok()?;
    let fits = |c: char| {
        let picture = ('\u{1F000}'..='\u{1FAFF}').contains(&c);
        (c.is_alphabetic() && !picture) || is_combining_mark(c) || " '’ʼ-.,".contains(c)
    };
    name.as_str().chars().all(fits).then_some(name)
}

/// A text without control characters, spaces collapsed, composed.
fn clean(text: &str, max_chars: usize) -> Option<String> {
    if text.len() > max_chars.saturating_mul(16) {
        return None;
    }
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    let fits = !text.is_empty() && text.chars().count() <= max_chars && !text.chars().any(char::is_control);
    fits.then_some(text)
}

fn passport(text: &str) -> Option<String> {
    let text = text.trim();
    ((6..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric()))
        .then(|| text.to_ascii_uppercase())
}

fn phone(text: &str) -> Option<String> {
    let kept: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '(' | ')')).collect();
    let digits = kept.strip_prefix('+').unwrap_or(&kept);
    ((8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then_some(kept)
}

fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let fits = !local.is_empty()
        && domain.contains('.')
        && text.chars().count() <= MAX_EMAIL
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    fits.then(|| text.to_owned())
}
