//! "Which citizen arrives": a pure function over what VNeID says and what the store knows.

use crate::ids::CitizenId;
use crate::person::{AccountKind, CitizenStatus, Profile};
use crate::upstream::Arrival;

/// A citizen that the store knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub id: CitizenId,
    /// Whether they may sign in.
    pub status: CitizenStatus,
    /// What was said of them last.
    pub profile: Profile,
}

/// What the store finds for an arrival.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    /// Whom the (issuer, subject) belongs to.
    pub by_identity: Option<Known>,
    /// Whom the personal number (or the organization's tax code and who acts) belongs to.
    pub by_number: Option<Known>,
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The number is a known citizen's, but birth date or sex differ.
    DiffersFromRecord,
    /// The identity is a known citizen's, but the number is another one.
    NumberChanged,
    /// An unknown identity of an upstream that may not vouch for numbers.
    NotAuthoritative,
    /// The citizen is blocked.
    Blocked,
    /// The citizen is known to have died.
    Deceased,
}

/// The decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// A citizen that we know.
    Known(CitizenId),
    /// A citizen that we know, under an identity that is new: to be added.
    NewIdentity(CitizenId),
    /// A citizen whom nobody knows.
    NewCitizen,
    /// Nobody is signed in.
    Nobody(Doubt),
}

/// Decides. `authoritative`: whether this upstream may vouch for a number that we know by another upstream.
pub fn decide_arrival(arrival: &Arrival, found: &Match, authoritative: bool) -> Arrived {
    for known in [&found.by_identity, &found.by_number].into_iter().flatten() {
        match known.status {
            CitizenStatus::Active => {}
            CitizenStatus::Blocked => return Arrived::Nobody(Doubt::Blocked),
            CitizenStatus::Deceased => return Arrived::Nobody(Doubt::Deceased),
        }
    }
    match (&found.by_identity, &found.by_number) {
        (Some(by_identity), Some(by_number)) if by_identity.id == by_number.id => {
            Arrived::Known(by_identity.id.clone())
        }
        // Numbers are issued anew after corrections: whether both are one person, only the population database can say.
        (Some(_), _) => Arrived::Nobody(Doubt::NumberChanged),
        (None, Some(_)) if !authoritative => Arrived::Nobody(Doubt::NotAuthoritative),
        (None, Some(by_number)) if agrees(&arrival.profile, &by_number.profile) => {
            Arrived::NewIdentity(by_number.id.clone())
        }
        (None, Some(_)) => Arrived::Nobody(Doubt::DiffersFromRecord),
        (None, None) => Arrived::NewCitizen,
    }
}

fn agrees(new: &Profile, old: &Profile) -> bool {
    // An organization is its tax code; who acts for it may change.
    if new.kind == AccountKind::Organization && old.kind == AccountKind::Organization {
        return true;
    }
    let birth = match (&new.birth_date, &old.birth_date) {
        (Some(a), Some(b)) => a.agrees_with(b),
        _ => true,
    };
    let sex = match (new.gender, old.gender) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    birth && sex
}
