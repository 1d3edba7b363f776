//! What would happen to each account when its owner arrives: the decision of the match, made before anybody has come.
//!
//! ```text
//!   accounts of one number, in all namespaces
//!     └─ who is their owner?  as the best verified of them say: number, name, date of birth
//!          └─ decide(), namespace by namespace, as if that citizen stood at the door
//!               └─ one answer for each account
//! ```

use super::account::{LegacyAccount, LegacyKind, LegacyStatus};
use super::decide::{Candidate, Decision, Evidence, Owner, decide};
use super::names::same_name;
use super::review::ReviewReason;
use crate::claims::Mark;
use crate::ids::{AccountId, CitizenId, Namespace};
use crate::person::{
    AccountKind, BirthDate, Gender, Name, OldNumber, Organization, PersonalNumber, Profile, TaxCode,
};
use crate::proof::Proof;
use std::collections::HashMap;

/// By what the owner of an account would be known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// By the personal number.
    Number(PersonalNumber),
    /// By the old number alone: the population database says whose it is.
    OldNumber(OldNumber),
    /// By the tax code of an organization.
    TaxCode(TaxCode),
    /// By nothing.
    Nothing,
}

impl Basis {
    /// That of an account.
    pub fn of(account: &LegacyAccount) -> Self {
        let claims = &account.claims;
        if account.kind == LegacyKind::Organization {
            return claims.tax_code.as_ref().map_or(Self::Nothing, |c| Self::TaxCode(c.value.clone()));
        }
        match (&claims.personal_number, &claims.old_number) {
            (Some(number), _) => Self::Number(number.value.clone()),
            (None, Some(old)) => Self::OldNumber(old.value.clone()),
            (None, None) => Self::Nothing,
        }
    }
}

macro_rules! outcomes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $says:literal;)*) => {
        /// What would happen to an account.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Planned { $($(#[$doc])* $name,)* }

        impl Planned {
            /// All of them, in the order of a report.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// A word for programs; it never changes.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it means, for operators.
            pub const fn says(self) -> &'static str {
                match self { $(Self::$name => $says,)* }
            }
        }
    };
}

outcomes! {
    /// It has its citizen.
    Linked = "linked", "linked already";
    /// The number was verified, and everything agrees.
    LinkByNumber = "link-by-number", "is linked at once: its personal number was verified";
    /// The tax code was verified.
    LinkByTaxCode = "link-by-tax-code", "is linked at once: its tax code was verified";
    /// The old number was verified, and the population database will be asked.
    LinkByOldNumber = "link-by-old-number", "only an old number, verified: is linked once the population database confirms it";
    /// Its owner must show that it is theirs: both ways are open.
    ProveEither = "prove-by-password-or-phone", "its owner proves it by password or by a code to its phone";
    /// By the password only.
    ProvePassword = "prove-by-password", "its owner proves it by password";
    /// By a code to the phone only.
    ProvePhone = "prove-by-phone", "its owner proves it by a code to its phone";
    /// The same after the population database was asked.
    ProveOldNumber = "prove-old-number", "only an old number, typed in: its owner proves it once the population database confirms it";
    /// The owner has several in this namespace.
    Choose = "choose", "its owner has several here and chooses the primary one";
    /// Another account of the owner in this namespace has its citizen.
    Further = "further", "its owner has another one here that is linked already";
    /// The same number stands in an account with another name.
    ConflictName = "conflict-name", "conflict: the same number with another name";
    /// The same number stands in an account with another date of birth, or the number itself says another year.
    ConflictBirth = "conflict-birth", "conflict: the same number with another date of birth, or one that the number contradicts";
    /// The number contradicts what stands beside it.
    ConflictNumber = "conflict-number", "conflict: the number contradicts the sex or the year of birth beside it";
    /// Accounts of one number in one namespace are linked to different citizens.
    ConflictOwner = "conflict-owner", "conflict: accounts of one number are linked to different citizens";
    /// The number was typed in, and there is neither a password nor a phone.
    NoWayToProve = "no-way-to-prove", "typed in, with neither password nor phone to prove it by";
    /// Closed.
    Closed = "closed", "closed: is not linked";
    /// Locked.
    Locked = "locked", "locked: is not linked";
    /// Its owner has died.
    Deceased = "deceased", "of a deceased person: is not linked";
    /// An administrator's.
    Exempt = "exempt", "an administrator's: exempt";
    /// Neither number nor tax code.
    NothingToMatch = "nothing-to-match", "nothing to match it by: linked only by who signs in to it first";
}

/// An account, and whom it is linked to.
#[derive(Clone, Debug)]
pub struct Planning {
    /// The account.
    pub account: LegacyAccount,
    /// Whom it is linked to.
    pub owner: Option<CitizenId>,
}

/// What would happen to each of some accounts that have one [`Basis`], in the order given. All accounts of that basis must be among
/// them, of whatever namespace: what is a conflict is seen only side by side.
pub fn plan(group: &[Planning]) -> Vec<Planned> {
    let arriving = Arriving::of(group);
    let mut planned: HashMap<&AccountId, Planned> = HashMap::new();
    if let Some(arriving) = &arriving {
        let mut namespaces: Vec<&Namespace> = group.iter().map(|p| &p.account.namespace).collect();
        namespaces.sort();
        namespaces.dedup();
        for namespace in namespaces {
            let here: Vec<&Planning> = group.iter().filter(|p| p.account.namespace == *namespace).collect();
            planned.extend(arriving.at_the_door(&here, group));
        }
    }
    group.iter().map(|one| settled(one, planned.get(&one.account.id).copied())).collect()
}

/// What an account's own state says wins over what its owner would find.
fn settled(one: &Planning, planned: Option<Planned>) -> Planned {
    let account = &one.account;
    match (account.kind, &one.owner, account.status) {
        (LegacyKind::Administrator, ..) => Planned::Exempt,
        (_, Some(_), _) => match planned {
            Some(Planned::ConflictOwner) => Planned::ConflictOwner,
            _ => Planned::Linked,
        },
        (_, None, LegacyStatus::Closed) => Planned::Closed,
        (_, None, LegacyStatus::Locked) => Planned::Locked,
        (_, None, LegacyStatus::Deceased) => Planned::Deceased,
        (_, None, LegacyStatus::Open) => planned.unwrap_or(Planned::NothingToMatch),
    }
}

/// The citizen who would arrive.
struct Arriving {
    profile: Profile,
    citizen: Option<CitizenId>,
    /// The best verified accounts disagree about who that is: only some of what they say can be true.
    is_doubtful: bool,
}

/// How far it can be believed that an account names the owner of its number: most of all when its owner has it already.
fn rank(one: &Planning) -> u8 {
    let green = Some(Mark::Green);
    let claims = &one.account.claims;
    let number = match one.account.kind {
        LegacyKind::Organization => claims.tax_code.as_ref().map(|c| c.mark),
        _ => claims.personal_number.as_ref().map(|n| n.mark).or(claims.old_number.as_ref().map(|n| n.mark)),
    };
    let name = claims.full_name.as_ref().map(|n| n.mark);
    let gender = claims.gender.as_ref().map(|g| g.value);
    let fits =
        claims.personal_number.as_ref().is_none_or(|n| n.value.agrees_with(birth(&one.account), gender));
    let signs = [one.owner.is_some(), number == green, fits, name == green, name.is_some()];
    signs.into_iter().fold(0, |rank, sign| rank * 2 + u8::from(sign))
}

fn name(account: &LegacyAccount) -> Option<&Name> {
    account.claims.full_name.as_ref().map(|n| &n.value)
}

fn birth(account: &LegacyAccount) -> Option<&BirthDate> {
    account.claims.birth_date.as_ref().map(|b| &b.value)
}

fn other_name(a: Option<&Name>, b: Option<&Name>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if !same_name(a, b))
}

fn other_birth(a: Option<&BirthDate>, b: Option<&BirthDate>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if !a.agrees_with(b))
}

/// A number of somebody like the owner of an account, for whom something else is known: whoever arrives has one.
fn stand_in(account: &LegacyAccount) -> Option<PersonalNumber> {
    let year = birth(account).map_or(1980, BirthDate::year);
    let gender = account.claims.gender.as_ref().map_or(Gender::Male, |g| g.value);
    let sex = (year - 1900).div_euclid(100) * 2 + i32::from(gender == Gender::Female);
    PersonalNumber::parse(&format!("001{sex}{:02}000000", year.rem_euclid(100)))
        .or_else(|_| PersonalNumber::parse("001080000000"))
        .ok()
}

impl Arriving {
    /// Whom the accounts name; `None` when they name nobody who could be recognised.
    fn of(group: &[Planning]) -> Option<Self> {
        let eligible = || group.iter().filter(|p| p.account.kind != LegacyKind::Administrator);
        let best = eligible().map(rank).max()?;
        let best: Vec<&LegacyAccount> = eligible().filter(|p| rank(p) == best).map(|p| &p.account).collect();
        let first = best.first()?;
        let mut profile = Self::profile(first)?;
        // The most precise date that the number does not contradict.
        let whole = |b: &&BirthDate| matches!(b, BirthDate::Day(..));
        let agrees = |b: &&BirthDate| profile.birth_date.is_none_or(|p| p.year() == b.year());
        let date = best.iter().filter_map(|a| birth(a)).filter(agrees).find(whole).copied();
        profile.birth_date = date.or(profile.birth_date);
        let is_person = profile.kind == AccountKind::Citizen;
        let is_doubtful = is_person
            && best.iter().any(|a| {
                other_name(name(first), name(a)) || other_birth(profile.birth_date.as_ref(), birth(a))
            });
        let citizen = group.iter().find_map(|p| p.owner.clone());
        Some(Self { profile, citizen, is_doubtful })
    }

    fn profile(account: &LegacyAccount) -> Option<Profile> {
        let basis = Basis::of(account);
        let stand_in = || stand_in(account);
        let (personal_number, old_number, organization) = match basis {
            Basis::Number(number) => (number, None, None),
            Basis::OldNumber(old) => (stand_in()?, Some(old), None),
            Basis::TaxCode(tax_code) => {
                (stand_in()?, None, Some(Organization { tax_code, name: String::new() }))
            }
            Basis::Nothing => return None,
        };
        let is_known = organization.is_none() && old_number.is_none();
        // What the number itself says of the birth is true of its owner, whatever an account says.
        let by_number = is_known.then(|| BirthDate::Year(personal_number.birth_year()));
        let said = birth(account).copied();
        let birth_date = match (said, by_number) {
            (Some(said), Some(year)) if !said.agrees_with(&year) => Some(year),
            (said, year) => said.or(year),
        };
        Some(Profile {
            kind: if organization.is_some() { AccountKind::Organization } else { AccountKind::Citizen },
            personal_number,
            // Without a name no account can disagree with one.
            full_name: name(account).cloned().or_else(|| Name::parse("A").ok())?,
            birth_date,
            gender: None,
            old_number,
            passport: None,
            phone: None,
            email: None,
            address: None,
            organization,
        })
    }

    /// What the citizen would find in one namespace.
    fn at_the_door<'a>(&self, here: &[&'a Planning], group: &[Planning]) -> Vec<(&'a AccountId, Planned)> {
        let candidates: Vec<Candidate> = here.iter().map(|p| self.candidate(p)).collect();
        let decided = decide(&self.profile, &candidates);
        let of = |one: &&'a Planning| {
            let id = &one.account.id;
            let reason = decided.reviews.iter().find(|(reviewed, _)| reviewed == id).map(|(_, why)| *why);
            let planned = match reason {
                Some(ReviewReason::Differs)
                    if other_name(name(&one.account), Some(&self.profile.full_name)) =>
                {
                    Planned::ConflictName
                }
                Some(ReviewReason::Differs) => Planned::ConflictBirth,
                Some(ReviewReason::Contradicts) => Planned::ConflictNumber,
                Some(ReviewReason::LinkedToAnother) => Planned::ConflictOwner,
                Some(_) => Planned::NoWayToProve,
                None => self.planned(id, &decided.decision)?,
            };
            Some((id, if self.is_doubtful { doubted(one, group, planned) } else { planned }))
        };
        here.iter().filter_map(of).collect()
    }

    fn candidate(&self, one: &Planning) -> Candidate {
        let owner = match &one.owner {
            None => Owner::Nobody,
            owner if *owner == self.citizen => Owner::ThisCitizen,
            Some(_) => Owner::Another,
        };
        Candidate::new(one.account.clone(), owner)
    }

    /// What a namespace's decision means for one of its accounts; `None` when it does not touch it.
    fn planned(&self, id: &AccountId, decision: &Decision) -> Option<Planned> {
        match decision {
            Decision::Link(which, evidence) if which == id => Some(match evidence {
                Evidence::VerifiedNumber | Evidence::Proven(_) | Evidence::Reviewed => Planned::LinkByNumber,
                Evidence::VerifiedOldNumber => Planned::LinkByOldNumber,
                Evidence::VerifiedTaxCode => Planned::LinkByTaxCode,
            }),
            Decision::Prove(which, _) if which == id && self.profile.old_number.is_some() => {
                Some(Planned::ProveOldNumber)
            }
            Decision::Prove(which, ways) if which == id => Some(by(ways)),
            Decision::Choose(each) if each.iter().any(|(which, _)| which == id) => Some(Planned::Choose),
            Decision::Linked { more, .. } if more.iter().any(|(which, _)| which == id) => {
                Some(Planned::Further)
            }
            _ => None,
        }
    }
}

/// Nobody can say which of several is the owner: whatever names one of them is in conflict with the others.
fn doubted(one: &Planning, group: &[Planning], planned: Planned) -> Planned {
    let says = matches!(
        planned,
        Planned::Linked | Planned::Further | Planned::ConflictOwner | Planned::NoWayToProve
    );
    if says {
        planned
    } else if group.iter().any(|p| other_name(name(&one.account), name(&p.account))) {
        Planned::ConflictName
    } else if group.iter().any(|p| other_birth(birth(&one.account), birth(&p.account))) {
        Planned::ConflictBirth
    } else {
        planned
    }
}

fn by(ways: &[Proof]) -> Planned {
    match (ways.contains(&Proof::Password), ways.contains(&Proof::PhoneCode)) {
        (true, true) => Planned::ProveEither,
        (true, false) => Planned::ProvePassword,
        (false, _) => Planned::ProvePhone,
    }
}
