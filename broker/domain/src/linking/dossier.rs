//! What people look at when they decide: what VNeID proved beside what the account, or the record of before, has.

use super::account::LegacyAccount;
use super::names::same_name;
use super::review::{ReviewReason, Vote};
use crate::claims::Mark;
use crate::clock::Timestamp;
use crate::event::UnlinkReason;
use crate::ids::{AccountId, CitizenId, InteractionId, ReviewId, UpstreamId};
use crate::person::{BirthDate, Gender, Name, OldNumber, PersonalNumber, Profile, TaxCode};
use crate::upstream::Arrival;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One claim as both sides have it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// Which claim, by the name that portals know.
    pub claim: String,
    /// What VNeID said of the citizen.
    pub proven: Option<String>,
    /// What the account, or the record of before, has.
    pub other: Option<String>,
    /// How far the account's can be believed.
    pub mark: Option<Mark>,
    /// Whether both agree, when there are both.
    pub agrees: Option<bool>,
}

/// An identity that came, as it is added when people accept it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedIdentity {
    /// Which upstream.
    pub upstream: UpstreamId,
    /// Its issuer.
    pub issuer: String,
    /// The subject there.
    pub subject: String,
}

/// What people look at. Sealed at rest; it does not print.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Side by side.
    pub exhibits: Vec<Exhibit>,
    /// The number that came, when people may accept it.
    pub number: Option<PersonalNumber>,
    /// The identity that came, when people may accept it.
    pub identity: Option<ClaimedIdentity>,
    /// What whoever asked for it said.
    pub words: Option<String>,
    /// What portals are told when a link ends by it.
    pub unlink: Option<UnlinkReason>,
}

impl fmt::Debug for Dossier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dossier(…)")
    }
}

/// A case to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReview {
    /// Its id, when there is no open one of the same reason, citizen and account.
    pub id: ReviewId,
    /// Why.
    pub reason: ReviewReason,
    /// Whom it is about.
    pub citizen: CitizenId,
    /// Which account.
    pub account: Option<AccountId>,
    /// In which login it came up.
    pub interaction: Option<InteractionId>,
    /// What people look at.
    pub dossier: Dossier,
    /// What whoever asks for it says themselves, when that is an operator: the first of the two.
    pub first: Option<Vote>,
    /// The present moment.
    pub now: Timestamp,
}

fn both<T: ?Sized>(a: Option<&T>, b: Option<&T>, agree: impl Fn(&T, &T) -> bool) -> Option<bool> {
    Some(agree(a?, b?))
}

const fn sex(gender: Gender) -> &'static str {
    match gender {
        Gender::Male => "male",
        Gender::Female => "female",
    }
}

impl Dossier {
    /// A citizen beside a legacy account.
    pub fn of_account(profile: &Profile, account: &LegacyAccount) -> Self {
        let claims = &account.claims;
        let mut exhibits = Vec::new();
        let mut add = |claim: &str, proven: Option<String>, other: Option<(String, Mark)>, agrees| {
            let (other, mark) = other.map_or((None, None), |(value, mark)| (Some(value), Some(mark)));
            exhibits.push(Exhibit { claim: claim.to_owned(), proven, other, mark, agrees });
        };
        macro_rules! claim {
            ($claim:literal, $field:ident, $proven:expr, $show:expr, $agree:expr) => {
                let (proven, theirs) = ($proven, claims.$field.as_ref());
                let agrees = both(proven, theirs.map(|m| &m.value), $agree);
                let theirs = theirs.map(|m| ($show(&m.value), m.mark));
                add($claim, proven.map($show), theirs, agrees);
            };
        }
        claim!(
            "personal_number",
            personal_number,
            Some(&profile.personal_number),
            |n: &PersonalNumber| n.as_str().to_owned(),
            |a, b| a == b
        );
        let plain = |text: &String| text.clone();
        claim!(
            "old_number",
            old_number,
            profile.old_number.as_ref(),
            |n: &OldNumber| n.as_str().to_owned(),
            |a, b| a == b
        );
        claim!("full_name", full_name, Some(&profile.full_name), |n: &Name| n.as_str().to_owned(), same_name);
        claim!("birth_date", birth_date, profile.birth_date.as_ref(), BirthDate::iso, BirthDate::agrees_with);
        claim!("gender", gender, profile.gender.as_ref(), |g: &Gender| sex(*g).to_owned(), |a, b| a == b);
        claim!("passport", passport, profile.passport.as_ref(), plain, |a, b| a == b);
        claim!("phone", phone, profile.phone.as_ref(), plain, |a, b| a == b);
        claim!("email", email, profile.email.as_ref(), plain, |a, b| a.eq_ignore_ascii_case(b));
        claim!("address", address, profile.address.as_ref(), plain, |a, b| a == b);
        let organization = profile.organization.as_ref();
        claim!(
            "tax_code",
            tax_code,
            organization.map(|o| &o.tax_code),
            |c: &TaxCode| c.as_str().to_owned(),
            |a, b| a == b
        );
        claim!("organization_name", organization_name, organization.map(|o| &o.name), plain, |a, b| a == b);
        exhibits.retain(|e| e.proven.is_some() || e.other.is_some());
        Self { exhibits, ..Self::default() }
    }

    /// Who arrives beside what is known of the citizen whose identity or number it is.
    pub fn of_arrival(arrival: &Arrival, known: &Profile) -> Self {
        let new = &arrival.profile;
        let one = |claim: &str, proven: Option<String>, other: Option<String>, agrees| Exhibit {
            claim: claim.to_owned(),
            proven,
            other,
            mark: None,
            agrees,
        };
        let same = |a: &Option<String>, b: &Option<String>| both(a.as_ref(), b.as_ref(), |a, b| a == b);
        let (number, before) = (new.personal_number.as_str(), known.personal_number.as_str());
        let tax = |p: &Profile| p.organization.as_ref().map(|o| o.tax_code.as_str().to_owned());
        let old = |p: &Profile| p.old_number.as_ref().map(|n| n.as_str().to_owned());
        let exhibits = vec![
            one("personal_number", Some(number.to_owned()), Some(before.to_owned()), Some(number == before)),
            one("old_number", old(new), old(known), same(&old(new), &old(known))),
            one(
                "full_name",
                Some(new.full_name.as_str().to_owned()),
                Some(known.full_name.as_str().to_owned()),
                Some(same_name(&new.full_name, &known.full_name)),
            ),
            one(
                "birth_date",
                new.birth_date.map(|d| d.iso()),
                known.birth_date.map(|d| d.iso()),
                both(new.birth_date.as_ref(), known.birth_date.as_ref(), BirthDate::agrees_with),
            ),
            one(
                "gender",
                new.gender.map(|g| sex(g).to_owned()),
                known.gender.map(|g| sex(g).to_owned()),
                both(new.gender.as_ref(), known.gender.as_ref(), |a, b| a == b),
            ),
            one("phone", new.phone.clone(), known.phone.clone(), same(&new.phone, &known.phone)),
            one("tax_code", tax(new), tax(known), same(&tax(new), &tax(known))),
        ];
        let exhibits = exhibits.into_iter().filter(|e| e.proven.is_some() || e.other.is_some()).collect();
        let identity = ClaimedIdentity {
            upstream: arrival.upstream.clone(),
            issuer: arrival.issuer.clone(),
            subject: arrival.subject.clone(),
        };
        Self {
            exhibits,
            number: Some(new.personal_number.clone()),
            identity: Some(identity),
            ..Self::default()
        }
    }
}
