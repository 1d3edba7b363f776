//! What is known of a citizen, and its parsers: numbers, names, dates.

use crate::ids::CitizenId;
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Why a datum is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDatum {
    /// Not 12 digits, or a structure that no personal number has.
    #[error("not a personal number")]
    PersonalNumber,
    /// Not 9 digits.
    #[error("not an old identity number")]
    OldNumber,
    /// Not a date, or one that the calendar does not have.
    #[error("not a date")]
    Date,
    /// Empty, too long, or with characters that no name has.
    #[error("not a name")]
    Name,
    /// Not a tax code (10 digits, or 10-3).
    #[error("not a tax code")]
    TaxCode,
}

/// The sex that a personal number or VNeID states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gender {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

/// A 12-digit personal number: province (3), century and sex (1), year (2), serial (6).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PersonalNumber(String);

impl PersonalNumber {
    /// Takes 12 digits; spaces, as people type them, are forgiven.
    pub fn parse(text: &str) -> Result<Self, BadDatum> {
        let digits = digits(text, 12).ok_or(BadDatum::PersonalNumber)?;
        // Province codes run from 001 to 096; beyond stand the countries where a birth was registered. 000 was never given.
        let province: u32 = digits.get(..3).and_then(|p| p.parse().ok()).ok_or(BadDatum::PersonalNumber)?;
        if province == 0 {
            return Err(BadDatum::PersonalNumber);
        }
        Ok(Self(digits))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The sex that the fourth digit states: even male, odd female.
    pub fn gender(&self) -> Gender {
        if self.digit(3).is_multiple_of(2) { Gender::Male } else { Gender::Female }
    }

    /// The year of birth that the fourth to sixth digits state.
    pub fn birth_year(&self) -> i32 {
        1900 + i32::from(self.digit(3) / 2) * 100 + i32::from(self.digit(4)) * 10 + i32::from(self.digit(5))
    }

    /// Whether the number agrees with what else is known.
    pub fn agrees_with(&self, birth: Option<&BirthDate>, gender: Option<Gender>) -> bool {
        birth.is_none_or(|b| b.year() == self.birth_year()) && gender.is_none_or(|g| g == self.gender())
    }

    /// For pages that show it before it is proven: all but the last three digits hidden.
    pub fn masked(&self) -> String {
        let tail: String = self.0.chars().skip(9).collect();
        format!("*** *** *** {tail}")
    }

    fn digit(&self, at: usize) -> u8 {
        self.0.as_bytes().get(at).map_or(0, |b| b.wrapping_sub(b'0'))
    }
}

/// A 9-digit number of the old identity card.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OldNumber(String);

impl OldNumber {
    /// Takes 9 digits; spaces are forgiven.
    pub fn parse(text: &str) -> Result<Self, BadDatum> {
        digits(text, 9).map(Self).ok_or(BadDatum::OldNumber)
    }
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The tax code of an organization: 10 digits, or 10, a hyphen and 3 for a branch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaxCode(String);

impl TaxCode {
    /// Takes the code; spaces are forgiven.
    pub fn parse(text: &str) -> Result<Self, BadDatum> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (main, branch) = text.split_once('-').unwrap_or((&text, "000"));
        if digits(main, 10).is_none() || digits(branch, 3).is_none() {
            return Err(BadDatum::TaxCode);
        }
        Ok(Self(text))
    }
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn digits(text: &str, count: usize) -> Option<String> {
    let kept: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    (kept.len() == count && kept.bytes().all(|b| b.is_ascii_digit())).then_some(kept)
}

/// A date of birth, as precise as the record that holds it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BirthDate {
    /// A year alone: some old records hold no more.
    Year(i32),
    /// Year, month, day.
    Day(i32, u8, u8),
}

impl BirthDate {
    /// Reads `1985-03-12`, `12/03/1985`, `19850312` or `1985`.
    pub fn parse(text: &str) -> Result<Self, BadDatum> {
        let text = text.trim();
        let part = |s: &str, n: usize| digits(s, n).and_then(|d| d.parse::<i32>().ok()).ok_or(BadDatum::Date);
        let split = |sep: char| -> Option<(&str, &str, &str)> {
            let mut parts = text.split(sep);
            let three = (parts.next()?, parts.next()?, parts.next()?);
            parts.next().is_none().then_some(three)
        };
        let (year, month, day) = if let Some((y, m, d)) = split('-') {
            (part(y, 4)?, part(m, 2)?, part(d, 2)?)
        } else if let Some((d, m, y)) = split('/') {
            (part(y, 4)?, part(m, 2)?, part(d, 2)?)
        } else if let (8, Some(y), Some(m), Some(d)) =
            (text.len(), text.get(..4), text.get(4..6), text.get(6..))
        {
            (part(y, 4)?, part(m, 2)?, part(d, 2)?)
        } else {
            let year = part(text, 4)?;
            return if (1850..=2200).contains(&year) { Ok(Self::Year(year)) } else { Err(BadDatum::Date) };
        };
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return Err(BadDatum::Date),
        };
        if !(1850..=2200).contains(&year) || !(1..=days).contains(&day) {
            return Err(BadDatum::Date);
        }
        Ok(Self::Day(year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1)))
    }

    /// The year.
    pub const fn year(&self) -> i32 {
        match self {
            Self::Year(y) | Self::Day(y, _, _) => *y,
        }
    }

    /// Whether two dates agree at the precision that both have.
    pub fn agrees_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Day(..), Self::Day(..)) => self == other,
            _ => self.year() == other.year(),
        }
    }

    /// `1985-03-12` or `1985`: the `birthdate` claim (OpenID Connect Core 5.1).
    pub fn iso(&self) -> String {
        match self {
            Self::Year(y) => format!("{y:04}"),
            Self::Day(y, m, d) => format!("{y:04}-{m:02}-{d:02}"),
        }
    }

    /// `12/03/1985` or `1985`: as people in Viet Nam write it.
    pub fn vietnamese(&self) -> String {
        match self {
            Self::Year(y) => format!("{y:04}"),
            Self::Day(y, m, d) => format!("{d:02}/{m:02}/{y:04}"),
        }
    }
}

/// A name: NFC, spaces collapsed, at most 200 characters, no control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name(String);

impl Name {
    /// The most characters that a name may have.
    pub const MAX_CHARS: usize = 200;

    /// Takes a name in any Unicode form.
    pub fn parse(text: &str) -> Result<Self, BadDatum> {
        if text.len() > Self::MAX_CHARS * 16 {
            return Err(BadDatum::Name);
        }
        let name: String = text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
        let fits = !name.is_empty()
            && name.chars().count() <= Self::MAX_CHARS
            && name.chars().any(char::is_alphabetic)
            && !name.chars().any(char::is_control);
        fits.then_some(Self(name)).ok_or(BadDatum::Name)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! personal_debug {
    ($($t:ty),*) => {$(
        impl fmt::Debug for $t {
            /// Personal data does not print.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($t), "(…)"))
            }
        }
    )*};
}
personal_debug!(PersonalNumber, OldNumber, BirthDate, Name, Profile);

/// Whether an account is a person's or an organization's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountKind {
    /// A person.
    Citizen,
    /// An organization, with a person acting for it.
    Organization,
}

/// An organization as VNeID proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Mã số thuế.
    pub tax_code: TaxCode,
    /// Tên tổ chức.
    pub name: String,
}

/// What VNeID says of whom it signed in. Every field of it is verified (a green mark).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Person or organization.
    pub kind: AccountKind,
    /// Số định danh cá nhân: of the person, or of who acts for the organization.
    pub personal_number: PersonalNumber,
    /// Họ và tên.
    pub full_name: Name,
    /// Ngày sinh.
    pub birth_date: Option<BirthDate>,
    /// Giới tính.
    pub gender: Option<Gender>,
    /// Số CMND, the old 9-digit number.
    pub old_number: Option<OldNumber>,
    /// Số hộ chiếu.
    pub passport: Option<String>,
    /// Số điện thoại.
    pub phone: Option<String>,
    /// Thư điện tử.
    pub email: Option<String>,
    /// Địa chỉ.
    pub address: Option<String>,
    /// The organization, when one signs in.
    pub organization: Option<Organization>,
}

/// Whether a citizen may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CitizenStatus {
    /// As usual.
    Active,
    /// Blocked by an administrator.
    Blocked,
    /// Known to have died.
    Deceased,
}

/// A citizen as the broker stores one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citizen {
    /// Our identifier, never shown to a portal.
    pub id: CitizenId,
    /// Whether they may sign in.
    pub status: CitizenStatus,
    /// What VNeID said last.
    pub profile: Profile,
}

#[cfg(test)]
mod tests;
