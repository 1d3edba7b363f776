//! An account that a portal (or Vietnam Post) had created before VNeID, as it was imported.

use crate::clock::Timestamp;
use crate::ids::{AccountId, Namespace};
use crate::person::{BirthDate, Gender, Name, OldNumber, PersonalNumber, TaxCode};
use crate::subject::Subject;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How far a claim can be believed; that there is none is the third mark, red.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mark {
    /// Verified against the population database or another trusted one.
    Green,
    /// Typed in by the user, verified by none.
    Yellow,
}

/// A claim with its mark, where it came from, and when it was verified.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked<T> {
    /// The value.
    pub value: T,
    /// How far it can be believed.
    pub mark: Mark,
    /// Where it came from, in the portal's words.
    pub source: Option<String>,
    /// When it was verified.
    pub verified_at: Option<Timestamp>,
}

impl<T> Marked<T> {
    /// A value of a mark, of which nothing more is known.
    pub const fn new(value: T, mark: Mark) -> Self {
        Self { value, mark, source: None, verified_at: None }
    }
}

impl<T> fmt::Debug for Marked<T> {
    /// Without the value, which is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Marked({:?})", self.mark)
    }
}

/// Whose account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LegacyKind {
    /// A citizen's.
    Citizen,
    /// An organization's, found by its tax code.
    Organization,
    /// An administrator's: exempt from VNeID, and nobody's in particular.
    Administrator,
    /// One that Vietnam Post had issued.
    Post,
}

/// Whether it can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LegacyStatus {
    /// As usual.
    Open,
    /// Closed by its owner or its portal.
    Closed,
    /// Locked by its portal.
    Locked,
    /// Its owner has died.
    Deceased,
}

impl LegacyKind {
    /// As stored.
    pub const fn number(self) -> i64 {
        match self {
            Self::Citizen => 1,
            Self::Organization => 2,
            Self::Administrator => 3,
            Self::Post => 4,
        }
    }

    /// From [`Self::number`].
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::Citizen),
            2 => Some(Self::Organization),
            3 => Some(Self::Administrator),
            4 => Some(Self::Post),
            _ => None,
        }
    }
}

impl LegacyStatus {
    /// As stored.
    pub const fn number(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Closed => 1,
            Self::Locked => 2,
            Self::Deceased => 3,
        }
    }

    /// From [`Self::number`].
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Open),
            1 => Some(Self::Closed),
            2 => Some(Self::Locked),
            3 => Some(Self::Deceased),
            _ => None,
        }
    }
}

/// What the portal knew, each claim with its mark; `None` is the red one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegacyClaims {
    /// Số định danh cá nhân.
    pub personal_number: Option<Marked<PersonalNumber>>,
    /// Số CMND.
    pub old_number: Option<Marked<OldNumber>>,
    /// Số hộ chiếu.
    pub passport: Option<Marked<String>>,
    /// Họ và tên.
    pub full_name: Option<Marked<Name>>,
    /// Ngày sinh.
    pub birth_date: Option<Marked<BirthDate>>,
    /// Giới tính.
    pub gender: Option<Marked<Gender>>,
    /// Số điện thoại.
    pub phone: Option<Marked<String>>,
    /// Thư điện tử.
    pub email: Option<Marked<String>>,
    /// Địa chỉ.
    pub address: Option<Marked<String>>,
    /// Mã số thuế.
    pub tax_code: Option<Marked<TaxCode>>,
    /// Mã số doanh nghiệp.
    pub business_code: Option<Marked<String>>,
    /// Tên tổ chức.
    pub organization_name: Option<Marked<String>>,
}

/// The account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyAccount {
    /// Ours.
    pub id: AccountId,
    /// The portal that had created it.
    pub namespace: Namespace,
    /// The key under which that portal keeps its user: what its owner's `sub` becomes there.
    pub tech_id: Subject,
    /// Whose it is.
    pub kind: LegacyKind,
    /// Whether it can be used.
    pub status: LegacyStatus,
    /// Whether its password can be checked, by the imported hash or by the portal.
    pub has_password: bool,
    /// What the portal knew.
    pub claims: LegacyClaims,
}
