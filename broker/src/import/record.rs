//! One row as an account.

use super::column::{COUNT, Claim, Column};
use super::words::{kind_of, status_of};
use crate::passwords::{Heaviest, Unusable};
use broker_domain::claims::{Claims, Mark, Marked, Source};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, Namespace};
use broker_domain::linking::{LegacyAccount, LegacyKind, LegacyStatus};
use broker_domain::person::{BirthDate, Gender, Name, OldNumber, PersonalNumber, TaxCode};
use broker_domain::ports::ImportedAccount;
use broker_domain::secret::{Entropy, Secret};
use broker_domain::subject::Subject;

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

/// What all accounts of an import have in common.
pub(super) struct Ground<'a> {
    /// The portal that had created them.
    pub(super) namespace: &'a Namespace,
    /// The moment of the import.
    pub(super) now: Timestamp,
    /// Randomness.
    pub(super) entropy: &'a dyn Entropy,
}

/// What a row says of one claim.
#[derive(Default)]
struct Said {
    value: Option<String>,
    mark: Option<String>,
    source: Option<String>,
    verified_at: Option<String>,
}

/// The fields of a row by column, blanks left out.
#[derive(Default)]
pub(super) struct Fields {
    tech_id: Option<String>,
    user_name: Option<String>,
    password_hash: Option<String>,
    kind: Option<String>,
    status: Option<String>,
    /// Family name, middle name, given name.
    names: [Option<String>; 3],
    claims: [Said; COUNT],
}

impl Fields {
    fn said(&mut self, claim: Claim) -> Option<&mut Said> {
        self.claims.get_mut(claim as usize)
    }

    /// Takes a field; a blank one is none.
    pub(super) fn put(&mut self, column: Column, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let place = match column {
            Column::TechId => Some(&mut self.tech_id),
            Column::UserName => Some(&mut self.user_name),
            Column::PasswordHash => Some(&mut self.password_hash),
            Column::Kind => Some(&mut self.kind),
            Column::Status => Some(&mut self.status),
            Column::FamilyName => self.names.first_mut(),
            Column::MiddleName => self.names.get_mut(1),
            Column::GivenName => self.names.last_mut(),
            Column::Value(claim) => self.said(claim).map(|s| &mut s.value),
            Column::Mark(claim) => self.said(claim).map(|s| &mut s.mark),
            Column::Source(claim) => self.said(claim).map(|s| &mut s.source),
            Column::VerifiedAt(claim) => self.said(claim).map(|s| &mut s.verified_at),
        };
        if let Some(place) = place {
            *place = Some(text.to_owned());
        }
    }

    /// The account of a line, and what was left out of it; or why there is none. `heaviest` sees its password hash.
    pub(super) fn account(
        mut self,
        ground: &Ground<'_>,
        line: u64,
        heaviest: &mut Heaviest,
    ) -> Result<(ImportedAccount, Vec<Finding>), Finding> {
        let tech_id = self.tech_id.take().ok_or(finding("tech_id", "missing"))?;
        let tech_id = Subject::new(tech_id)
            .ok_or(finding("tech_id", "must have 1 to 255 visible ASCII characters, without blanks"))?;
        let kind = match self.kind.as_deref() {
            None => LegacyKind::Citizen,
            Some(word) => kind_of(word)
                .ok_or(finding("kind", "must be citizen, organization, administrator or post"))?,
        };
        let status = match self.status.as_deref() {
            None => LegacyStatus::Open,
            Some(word) => {
                status_of(word).ok_or(finding("status", "must be open, closed, locked or deceased"))?
            }
        };
        let mut left_out = Vec::new();
        let user_name = self.user_name.take().filter(|name| {
            let fits = name.chars().count() <= MAX_TEXT;
            if !fits {
                left_out.push(finding("user_name", "too long: left out"));
            }
            fits
        });
        let password = self.password_hash.take().and_then(|hash| match heaviest.see(&hash) {
            Ok(()) => Some(Secret::new(hash)),
            Err(why) => {
                left_out.push(finding("password_hash", unusable(why)));
                None
            }
        });
        self.join_names();
        let claims = self.claims(&mut left_out)?;
        let account = LegacyAccount {
            id: AccountId::of_many(ground.now, line, ground.entropy),
            namespace: ground.namespace.clone(),
            tech_id,
            kind,
            status,
            has_password: password.is_some(),
            claims,
            confirmed: None,
        };
        Ok((ImportedAccount { account, user_name, password }, left_out))
    }

    /// A name that came in parts becomes the full name, unless there is one.
    fn join_names(&mut self) {
        let parts: Vec<&str> = self.names.iter().flatten().map(String::as_str).collect();
        if let Some(said) = self.claims.get_mut(Claim::FullName as usize)
            && said.value.is_none()
            && !parts.is_empty()
        {
            said.value = Some(parts.join(" "));
        }
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
            current_address: self.claim(Claim::CurrentAddress, text, left_out)?,
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
        let said = self.said(claim).map(std::mem::take).unwrap_or_default();
        let mark = match said.mark.as_deref() {
            // What nobody vouches for was typed in.
            None | Some("yellow") => Mark::Yellow,
            Some("green") => Mark::Green,
            // There is none.
            Some("red") => return Ok(None),
            Some(_) => return Err(finding(claim.name(), "its mark must be green, yellow or red")),
        };
        let Some(text) = said.value else { return Ok(None) };
        let Some(value) = read(&text) else {
            left_out.push(finding(claim.name(), "cannot be read: left out"));
            return Ok(None);
        };
        let source = said.source.filter(|source| {
            let fits = source.chars().count() <= MAX_TEXT;
            if !fits {
                left_out.push(finding(claim.name(), "its source is too long: left out"));
            }
            fits
        });
        let verified_at = said.verified_at.and_then(|text| {
            let at = Timestamp::parse_rfc3339(&text);
            if at.is_none() {
                left_out.push(finding(claim.name(), "its time of verification cannot be read: left out"));
            }
            at
        });
        Ok(Some(Marked { value, mark, source: source.map(|s| Source::named(&s)), verified_at }))
    }
}

const fn unusable(why: Unusable) -> &'static str {
    match why {
        Unusable::Unknown => "in no known notation: left out",
        Unusable::Malformed => "damaged: left out",
        Unusable::TooMuchWork => "demands too much work: left out",
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
