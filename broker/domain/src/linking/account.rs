//! An account that a portal (or Vietnam Post) had created before VNeID, as it was imported.

use crate::claims::{Claims, Marked};
use crate::ids::{AccountId, Namespace};
use crate::subject::Subject;
use serde::{Deserialize, Serialize};

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
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Citizen, Self::Organization, Self::Administrator, Self::Post];

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
    /// What the portal knew, and what its holder had typed in.
    pub claims: Claims,
    /// What its holder typed in and the population database confirmed: true of whose number it is, and no proof that it is the holder's.
    /// In `claims` it stands as typed in.
    pub confirmed: Option<Claims>,
}

impl LegacyAccount {
    /// The account with what its holder had the population database confirm.
    #[must_use]
    pub fn with_confirmed(mut self, confirmed: Claims) -> Self {
        let counts = self.claims.take_typed(&confirmed);
        self.confirmed = counts.then_some(confirmed);
        self
    }

    /// Whether its holder need not be asked for a number: the portal had verified one, or the population database confirmed one.
    pub fn has_number(&self) -> bool {
        self.confirmed.is_some() || self.claims.personal_number.as_ref().is_some_and(Marked::is_green)
    }
}
