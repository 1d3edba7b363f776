//! One row as an account.

use super::column::{Claim, Column};
use broker_domain::claims::{Claims, Mark, Marked, Source};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, Namespace};
use broker_domain::linking::{LegacyAccount, LegacyKind, LegacyStatus, Notation};
use broker_domain::person::{BirthDate, Gender, Name, OldNumber, PersonalNumber, TaxCode};
use broker_domain::ports::ImportedAccount;
use broker_domain::secret::{Entropy, Secret};
use broker_domain::subject::Subject;
use std::collections::HashMap;

/// The longest text that a free claim may have, in characters.
const MAX_TEXT: usize = 500;

/// What is wrong with a row, in a column; never with its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// The column.
    pub(super) column: &'static str,
    /// What is wrong.
    pub(super) reason: &'static str,
}

const fn finding(column: &'static str, reason: &'static str) -> Finding {
    Finding { column, reason }
}

/// The fields of a row by column, blanks left out.
#[derive(Default)]
pub(super) struct Fields {
    plain: HashMap<&'static str, String>,
    values: HashMap<Claim, String>,
    marks: HashMap<Claim, String>,
    sources: HashMap<Claim, String>,
    times: HashMap<Claim, String>,
}

impl Fields {
    /// Takes a field; a blank one is none.
    pub(super) fn put(&mut self, column: Column, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let text = text.to_owned();
        match column {
            Column::TechId => drop(self.plain.insert("tech_id", text)),
            Column::UserName => drop(self.plain.insert("user_name", text)),
            Column::PasswordHash => drop(self.plain.insert("password_hash", text)),
            Column::Kind => drop(self.plain.insert("kind", text)),
            Column::Status => drop(self.plain.insert("status", text)),
            Column::Value(claim) => drop(self.values.insert(claim, text)),
            Column::Mark(claim) => drop(self.marks.insert(claim, text)),
            Column::Source(claim) => drop(self.sources.insert(claim, text)),
            Column::VerifiedAt(claim) => drop(self.times.insert(claim, text)),
        }
    }

    /// The account, and what was left out of it; or why there is none.
    pub(super) fn account(
        mut self,
        namespace: &Namespace,
        entropy: &dyn Entropy,
    ) -> Result<(ImportedAccount, Vec<Finding>), Finding> {
        let tech_id = self.plain.remove("tech_id").ok_or(finding("tech_id", "missing"))?;
        let tech_id = Subject::new(tech_id)
            .ok_or(finding("tech_id", "must have 1 to 255 visible ASCII characters, without blanks"))?;
        let kind = match self.plain.remove("kind").as_deref() {
            None | Some("citizen") => LegacyKind::Citizen,
            Some("organization") => LegacyKind::Organization,
            Some("administrator") => LegacyKind::Administrator,
            Some("post") => LegacyKind::Post,
            Some(_) => return Err(finding("kind", "must be citizen, organization, administrator or post")),
        };
        let status = match self.plain.remove("status").as_deref() {
            None | Some("open") => LegacyStatus::Open,
            Some("closed") => LegacyStatus::Closed,
            Some("locked") => LegacyStatus::Locked,
            Some("deceased") => LegacyStatus::Deceased,
            Some(_) => return Err(finding("status", "must be open, closed, locked or deceased")),
        };
        let mut left_out = Vec::new();
        let user_name = self.plain.remove("user_name").filter(|name| {
            let fits = name.chars().count() <= MAX_TEXT;
            if !fits {
                left_out.push(finding("user_name", "too long: left out"));
            }
            fits
        });
        let password = self.plain.remove("password_hash").and_then(|hash| {
            let known = Notation::of(&hash).is_some();
            if !known {
                left_out.push(finding("password_hash", "in no known notation: left out"));
            }
            known.then(|| Secret::new(hash))
        });
        let claims = self.claims(&mut left_out)?;
        let account = LegacyAccount {
            id: AccountId::generate(entropy),
            namespace: namespace.clone(),
            tech_id,
            kind,
            status,
            has_password: password.is_some(),
            claims,
        };
        Ok((ImportedAccount { account, user_name, password }, left_out))
    }

    fn claims(&mut self, left_out: &mut Vec<Finding>) -> Result<Claims, Finding> {
        let text = |text: &str| (text.chars().count() <= MAX_TEXT).then(|| text.to_owned());
        Ok(Claims {
            personal_number: self.claim(
                Claim::PersonalNumber,
                |t| PersonalNumber::parse(t).ok(),
                left_out,
            )?,
            old_number: self.claim(Claim::OldNumber, |t| OldNumber::parse(t).ok(), left_out)?,
            passport: self.claim(Claim::Passport, text, left_out)?,
            full_name: self.claim(Claim::FullName, |t| Name::parse(t).ok(), left_out)?,
            birth_date: self.claim(Claim::BirthDate, |t| BirthDate::parse(t).ok(), left_out)?,
            gender: self.claim(Claim::Gender, gender, left_out)?,
            phone: self.claim(Claim::Phone, phone, left_out)?,
            email: self.claim(Claim::Email, text, left_out)?,
            address: self.claim(Claim::Address, text, left_out)?,
            tax_code: self.claim(Claim::TaxCode, |t| TaxCode::parse(t).ok(), left_out)?,
            business_code: self.claim(Claim::BusinessCode, text, left_out)?,
            organization_name: self.claim(Claim::OrganizationName, text, left_out)?,
        })
    }

    fn claim<T>(
        &mut self,
        claim: Claim,
        read: impl Fn(&str) -> Option<T>,
        left_out: &mut Vec<Finding>,
    ) -> Result<Option<Marked<T>>, Finding> {
        let mark = match self.marks.remove(&claim).as_deref() {
            // What nobody vouches for was typed in.
            None | Some("yellow") => Mark::Yellow,
            Some("green") => Mark::Green,
            // There is none.
            Some("red") => return Ok(None),
            Some(_) => return Err(finding(claim.name(), "its mark must be green, yellow or red")),
        };
        let Some(text) = self.values.remove(&claim) else { return Ok(None) };
        let Some(value) = read(&text) else {
            left_out.push(finding(claim.name(), "cannot be read: left out"));
            return Ok(None);
        };
        let verified_at = match self.times.remove(&claim).map(|t| Timestamp::parse_rfc3339(&t)) {
            Some(None) => {
                left_out.push(finding(claim.name(), "its time of verification cannot be read: left out"));
                None
            }
            Some(at) => at,
            None => None,
        };
        Ok(Some(Marked {
            value,
            mark,
            source: self.sources.remove(&claim).map(|s| Source::named(&s)),
            verified_at,
        }))
    }
}

fn gender(text: &str) -> Option<Gender> {
    match text.to_lowercase().as_str() {
        "nam" | "male" | "1" | "m" => Some(Gender::Male),
        "nữ" | "nu" | "female" | "2" | "f" => Some(Gender::Female),
        _ => None,
    }
}

fn phone(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| !c.is_whitespace() && !"-.()".contains(*c)).collect();
    let digits = kept.strip_prefix('+').unwrap_or(&kept);
    ((8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then_some(kept)
}
