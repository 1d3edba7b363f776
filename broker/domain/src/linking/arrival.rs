//! "Which citizen arrives": a pure function over what VNeID says and what the store knows.

use super::review::ReviewReason;
use crate::ids::CitizenId;
use crate::person::{AccountKind, CitizenStatus, Profile};
use crate::upstream::Arrival;
use crate::upstream::population::{Answer, Question};

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
    /// Whom the old 9-digit number belongs to that VNeID knows as theirs.
    pub by_old_number: Option<Known>,
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The number is a known citizen's, but birth date or sex differ.
    DiffersFromRecord,
    /// The identity (or the old number) is a known citizen's, but the number is another one, and nobody confirms that both are one
    /// person's.
    NumberChanged,
    /// An unknown identity of an upstream that proves no numbers.
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
    /// A citizen that we know, under a number that is new, and perhaps an identity that is new too: both to be added.
    NewNumber(CitizenId),
    /// A citizen whom nobody knows.
    NewCitizen,
    /// The population database must be asked whether both numbers are one person's: see [`number_question`] and [`decide_number`].
    Ask,
    /// Nobody is signed in.
    Nobody(Doubt),
}

/// Decides. `authoritative`: whether this upstream proves the numbers that it gives.
pub fn decide_arrival(arrival: &Arrival, found: &Match, authoritative: bool) -> Arrived {
    let by_old = if found.by_number.is_none() { &found.by_old_number } else { &None };
    for known in [&found.by_identity, &found.by_number, by_old].into_iter().flatten() {
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
        // Both numbers are in use: were they one person's, two citizens would have to become one, which people decide.
        (Some(_), Some(_)) => Arrived::Nobody(Doubt::NumberChanged),
        (Some(_), None) if renumbered(arrival, found).is_some() => Arrived::Ask,
        (Some(_), None) => Arrived::Nobody(Doubt::NumberChanged),
        (None, Some(_)) if !authoritative => Arrived::Nobody(Doubt::NotAuthoritative),
        (None, Some(by_number)) if agrees(&arrival.profile, &by_number.profile) => {
            Arrived::NewIdentity(by_number.id.clone())
        }
        (None, Some(_)) => Arrived::Nobody(Doubt::DiffersFromRecord),
        // A number that nobody proved would bring its owner's accounts along, and its owner would join whoever came with it.
        (None, None) if !authoritative => Arrived::Nobody(Doubt::NotAuthoritative),
        (None, None) if renumbered(arrival, found).is_some() => Arrived::Ask,
        (None, None) => Arrived::NewCitizen,
    }
}

/// Who may have come with a number that was issued anew: whose identity it is, else whose old 9-digit number.
fn renumbered<'m>(arrival: &Arrival, found: &'m Match) -> Option<&'m Known> {
    let known = found.by_identity.as_ref().or(found.by_old_number.as_ref())?;
    // An organization's code is not issued anew, and whoever acts for one is not the organization.
    let people = [&arrival.profile, &known.profile].iter().all(|p| p.kind == AccountKind::Citizen);
    (people && known.profile.personal_number != arrival.profile.personal_number).then_some(known)
}

/// What the population database is asked when the decision is [`Arrived::Ask`]: whether the number that comes, with the name and the
/// date of birth that come with it, and the number that we know, are one person's.
pub fn number_question(arrival: &Arrival, found: &Match) -> Option<Question> {
    let known = renumbered(arrival, found)?;
    Some(Question {
        personal_number: arrival.profile.personal_number.clone(),
        old_number: None,
        former_number: Some(known.profile.personal_number.clone()),
        full_name: Some(arrival.profile.full_name.clone()),
        birth_date: arrival.profile.birth_date,
    })
}

/// Decides by the answer; `None` when there is none. Whoever came by a known identity stays that citizen or is nobody. Whoever came by a
/// new one, and shares no more with a known citizen than the old number, is somebody else when the database says so.
pub fn decide_number(arrival: &Arrival, found: &Match, answer: Option<&Answer>) -> Arrived {
    let doubt = Arrived::Nobody(Doubt::NumberChanged);
    let Some(known) = renumbered(arrival, found) else { return doubt };
    match answer {
        Some(Answer::Match) => Arrived::NewNumber(known.id.clone()),
        Some(Answer::Deceased) => Arrived::Nobody(Doubt::Deceased),
        Some(Answer::Differs(fields))
            if found.by_identity.is_none() && fields.former_number == Some(false) =>
        {
            Arrived::NewCitizen
        }
        Some(Answer::Differs(_) | Answer::Nobody | Answer::Several) | None => doubt,
    }
}

/// What people are to look at when nobody was signed in, and about which citizen; `None` where there is nothing to decide.
pub fn doubtful(doubt: Doubt, found: &Match) -> Option<(ReviewReason, &Known)> {
    match doubt {
        Doubt::DiffersFromRecord => Some((ReviewReason::RecordDiffers, found.by_number.as_ref()?)),
        Doubt::NumberChanged => {
            let known = found.by_identity.as_ref().or(found.by_old_number.as_ref())?;
            Some((ReviewReason::NumberChanged, known))
        }
        Doubt::NotAuthoritative | Doubt::Blocked | Doubt::Deceased => None,
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
