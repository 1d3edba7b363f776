//! "What the match decides": a pure function over whom VNeID proved and which legacy accounts could be theirs.

use super::account::{LegacyAccount, LegacyKind, LegacyStatus};
use super::names::same_name;
use crate::claims::Mark;
use crate::ids::AccountId;
use crate::person::{AccountKind, Profile};
use crate::upstream::population::Question;

/// Whom an account is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody.
    Nobody,
    /// The citizen who arrives.
    ThisCitizen,
    /// Somebody else.
    Another,
}

/// How somebody proved that an account is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By its password.
    Password,
    /// By a code sent to its phone.
    PhoneCode,
}

/// Why a link is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The portal had verified the personal number.
    VerifiedNumber,
    /// The portal had verified the old number, and it belongs to the personal number.
    VerifiedOldNumber,
    /// The portal had verified the tax code.
    VerifiedTaxCode,
    /// The citizen proved it.
    Proven(Proof),
}

impl Evidence {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::VerifiedNumber,
        Self::VerifiedOldNumber,
        Self::VerifiedTaxCode,
        Self::Proven(Proof::Password),
        Self::Proven(Proof::PhoneCode),
    ];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifiedNumber => "verified-number",
            Self::VerifiedOldNumber => "verified-old-number",
            Self::VerifiedTaxCode => "verified-tax-code",
            Self::Proven(Proof::Password) => "password",
            Self::Proven(Proof::PhoneCode) => "phone-code",
        }
    }

    /// From [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.as_str() == text)
    }
}

/// An account that could be the citizen's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The account.
    pub account: LegacyAccount,
    /// Whom it is linked to.
    pub owner: Owner,
    /// Whether the population database says that its old number belongs to the citizen's personal number; `None` while it was not
    /// asked, or did not answer.
    pub old_number_is_theirs: Option<bool>,
    /// How the citizen proved in this login that it is theirs.
    pub proof: Option<Proof>,
}

/// Why people must look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewReason {
    /// The number fits, and the name or the date of birth does not.
    Differs,
    /// It is linked to another citizen.
    LinkedToAnother,
    /// There is no way to prove it.
    NoWayToProve,
}

/// What is to be done about the accounts of one namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing fits.
    Nothing,
    /// One is the citizen's already.
    Linked(AccountId),
    /// Link it now.
    Link(AccountId, Evidence),
    /// Ask for proof first.
    Prove(AccountId, Vec<Proof>),
    /// Let the citizen choose the primary one; each with what it still needs (no way: none is needed).
    Choose(Vec<(AccountId, Vec<Proof>)>),
    /// No link: people look at it.
    Review,
    /// No link: the account is closed, locked or of a deceased person.
    Refused(AccountId, LegacyStatus),
}

/// The decision, and what people must look at whatever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What is to be done.
    pub decision: Decision,
    /// For the review queue.
    pub reviews: Vec<(AccountId, ReviewReason)>,
}

/// What an account's claims say of the citizen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// It is somebody else's, or says nothing.
    No,
    /// The number fits and was verified.
    Green(Evidence),
    /// The number fits as its user typed it.
    Yellow,
    /// The number fits, and who it names is somebody else.
    Differs,
}

fn fit(profile: &Profile, candidate: &Candidate) -> Fit {
    let claims = &candidate.account.claims;
    match (&profile.organization, candidate.account.kind) {
        // An organization is its tax code: names of companies change, and whose name stands there does not matter.
        (Some(organization), LegacyKind::Organization) => match &claims.tax_code {
            Some(code) if code.value == organization.tax_code => {
                by_mark(code.mark, Evidence::VerifiedTaxCode)
            }
            _ => Fit::No,
        },
        (Some(_), _) | (None, LegacyKind::Organization | LegacyKind::Administrator) => Fit::No,
        (None, LegacyKind::Citizen | LegacyKind::Post) => {
            let by_number = match &claims.personal_number {
                Some(number) if number.value == profile.personal_number => {
                    by_mark(number.mark, Evidence::VerifiedNumber)
                }
                // It is known to be somebody else's.
                Some(number) if number.mark == Mark::Green => Fit::No,
                _ => by_old_number(profile, candidate),
            };
            match by_number {
                Fit::Green(_) | Fit::Yellow if !agrees(profile, candidate) => Fit::Differs,
                // Without a name there is nothing that could disagree: not enough to link by itself.
                Fit::Green(_) if claims.full_name.is_none() => Fit::Yellow,
                fit => fit,
            }
        }
    }
}

const fn by_mark(mark: Mark, evidence: Evidence) -> Fit {
    match mark {
        Mark::Green => Fit::Green(evidence),
        Mark::Yellow => Fit::Yellow,
    }
}

fn by_old_number(profile: &Profile, candidate: &Candidate) -> Fit {
    let Some(old) = &candidate.account.claims.old_number else { return Fit::No };
    // VNeID vouches for what it says of the citizen itself.
    let said_by_vneid = profile.old_number.as_ref().map(|n| *n == old.value);
    match said_by_vneid.or(candidate.old_number_is_theirs) {
        Some(true) => by_mark(old.mark, Evidence::VerifiedOldNumber),
        Some(false) | None => Fit::No,
    }
}

/// Whether name and date of birth, as far as the account has them, are the citizen's.
fn agrees(profile: &Profile, candidate: &Candidate) -> bool {
    let claims = &candidate.account.claims;
    let name = claims.full_name.as_ref().is_none_or(|n| same_name(&n.value, &profile.full_name));
    let born = match (&claims.birth_date, &profile.birth_date) {
        (Some(theirs), Some(proven)) => theirs.value.agrees_with(proven),
        _ => true,
    };
    name && born
}

/// The ways to prove that an account is one's own.
fn ways(account: &LegacyAccount) -> Vec<Proof> {
    let password = account.has_password.then_some(Proof::Password);
    let phone = account.claims.phone.as_ref().map(|_| Proof::PhoneCode);
    password.into_iter().chain(phone).collect()
}

/// What the population database must be asked before the decision: whether an account's old number belongs to the citizen.
pub fn questions(profile: &Profile, candidates: &[Candidate]) -> Vec<(AccountId, Question)> {
    if profile.kind == AccountKind::Organization || profile.old_number.is_some() {
        return Vec::new();
    }
    let open = candidates.iter().filter(|c| {
        let number = c.account.claims.personal_number.as_ref();
        c.old_number_is_theirs.is_none()
            && c.owner == Owner::Nobody
            && matches!(c.account.kind, LegacyKind::Citizen | LegacyKind::Post)
            && number.is_none_or(|n| n.mark == Mark::Yellow && n.value != profile.personal_number)
    });
    open.filter_map(|c| {
        let old = c.account.claims.old_number.as_ref()?;
        let question = Question {
            personal_number: profile.personal_number.clone(),
            old_number: Some(old.value.clone()),
            full_name: None,
            birth_date: None,
        };
        Some((c.account.id.clone(), question))
    })
    .collect()
}

/// Decides about the accounts of one namespace.
pub fn decide(profile: &Profile, candidates: &[Candidate]) -> Decided {
    let mut reviews = Vec::new();
    let mut linked = None;
    let mut refused = None;
    // Those that fit: with the evidence that is there, or the ways to get it.
    let mut fitting: Vec<(AccountId, Result<Evidence, Vec<Proof>>)> = Vec::new();
    for candidate in candidates {
        let fit = fit(profile, candidate);
        let (id, status) = (candidate.account.id.clone(), candidate.account.status);
        match (candidate.owner, fit) {
            (Owner::ThisCitizen, _) => linked = linked.or(Some(id)),
            (_, Fit::No) => {}
            (Owner::Another, _) => reviews.push((id, ReviewReason::LinkedToAnother)),
            (Owner::Nobody, _) if status != LegacyStatus::Open => refused = refused.or(Some((id, status))),
            (Owner::Nobody, Fit::Differs) => reviews.push((id, ReviewReason::Differs)),
            (Owner::Nobody, Fit::Green(evidence)) => fitting.push((id, Ok(evidence))),
            (Owner::Nobody, Fit::Yellow) => match (candidate.proof, ways(&candidate.account)) {
                (Some(proof), _) => fitting.push((id, Ok(Evidence::Proven(proof)))),
                (None, ways) if ways.is_empty() => reviews.push((id, ReviewReason::NoWayToProve)),
                (None, ways) => fitting.push((id, Err(ways))),
            },
        }
    }
    let decision = match (linked, fitting.len(), fitting.pop()) {
        (Some(id), ..) => Decision::Linked(id),
        (None, 1, Some((id, Ok(evidence)))) => Decision::Link(id, evidence),
        (None, 1, Some((id, Err(ways)))) => Decision::Prove(id, ways),
        (None, _, Some(last)) => {
            fitting.push(last);
            let each = fitting.into_iter().map(|(id, has)| (id, has.err().unwrap_or_default()));
            Decision::Choose(each.collect())
        }
        (None, _, None) if !reviews.is_empty() => Decision::Review,
        (None, _, None) => refused.map_or(Decision::Nothing, |(id, status)| Decision::Refused(id, status)),
    };
    Decided { decision, reviews }
}

/// What becomes of a citizen who first signed in to an account, and then came back from VNeID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handover {
    /// Link it.
    Link(Evidence),
    /// It is theirs already.
    Linked,
    /// This VNeID is not the account's owner: no link, and both sessions end.
    NotTheOwner,
    /// No link: people look at it.
    Review(ReviewReason),
    /// The account is closed, locked or of a deceased person.
    Refused(LegacyStatus),
}

/// Decides about the account that the citizen signed in to before VNeID. `proof`: how they did.
pub fn hand_over(profile: &Profile, candidate: &Candidate, proof: Proof) -> Handover {
    let (account, claims) = (&candidate.account, &candidate.account.claims);
    match candidate.owner {
        Owner::ThisCitizen => return Handover::Linked,
        Owner::Another => return Handover::Review(ReviewReason::LinkedToAnother),
        Owner::Nobody => {}
    }
    if account.status != LegacyStatus::Open {
        return Handover::Refused(account.status);
    }
    match (&profile.organization, account.kind) {
        (Some(organization), LegacyKind::Organization) => {
            let same = claims.tax_code.as_ref().is_some_and(|c| c.value == organization.tax_code);
            return if same { Handover::Link(Evidence::Proven(proof)) } else { Handover::NotTheOwner };
        }
        (None, LegacyKind::Citizen | LegacyKind::Post) => {}
        _ => return Handover::NotTheOwner,
    }
    let same_number = claims.personal_number.as_ref().map(|n| n.value == profile.personal_number);
    let same_old = claims.old_number.as_ref().and_then(|old| {
        profile.old_number.as_ref().map(|n| *n == old.value).or(candidate.old_number_is_theirs)
    });
    match (same_number, same_old) {
        (Some(false), _) | (None, Some(false)) => Handover::NotTheOwner,
        _ if !agrees(profile, candidate) => Handover::Review(ReviewReason::Differs),
        // Whoever knows the password of an account without a number shows at least a name.
        (None, None) if claims.full_name.is_none() => Handover::Review(ReviewReason::NoWayToProve),
        _ => Handover::Link(Evidence::Proven(proof)),
    }
}
