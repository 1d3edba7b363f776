//! "What the match decides": a pure function over whom VNeID proved and which legacy accounts could be theirs.

use super::account::{LegacyAccount, LegacyKind, LegacyStatus};
use super::names::same_name;
use super::review::ReviewReason;
use crate::claims::{Mark, Marked};
use crate::ids::AccountId;
use crate::person::{AccountKind, CitizenStatus, Profile};
use crate::proof::Proof;
use crate::upstream::population::{Answer, Question};

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
    /// Two people decided it.
    Reviewed,
}

impl Evidence {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::VerifiedNumber,
        Self::VerifiedOldNumber,
        Self::VerifiedTaxCode,
        Self::Proven(Proof::Password),
        Self::Proven(Proof::PhoneCode),
        Self::Reviewed,
    ];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifiedNumber => "verified-number",
            Self::VerifiedOldNumber => "verified-old-number",
            Self::VerifiedTaxCode => "verified-tax-code",
            Self::Proven(Proof::Password) => "password",
            Self::Proven(Proof::PhoneCode) => "phone-code",
            Self::Reviewed => "review",
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
    /// Whether its personal number is one that the citizen had before.
    pub number_is_former: bool,
    /// Whether a link of it to the citizen was ended: it is not made anew by itself.
    pub was_ended: bool,
    /// What the population database says of its old number and the citizen's personal number.
    pub old_number: OldNumberIs,
    /// How the citizen proved in this login that it is theirs.
    pub proof: Option<Proof>,
}

impl Candidate {
    /// An account of which nobody has been asked anything yet.
    pub const fn new(account: LegacyAccount, owner: Owner) -> Self {
        Self {
            account,
            owner,
            number_is_former: false,
            was_ended: false,
            old_number: OldNumberIs::Unknown,
            proof: None,
        }
    }
}

/// Whose an old number is, by the population database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OldNumberIs {
    /// It was not asked, or did not answer.
    #[default]
    Unknown,
    /// It belongs to the citizen's personal number.
    Theirs,
    /// It does not.
    NotTheirs,
    /// Several records answer to it: an office has to look.
    Unclear,
    /// Its owner has died.
    OfTheDead,
}

impl From<&Answer> for OldNumberIs {
    fn from(answer: &Answer) -> Self {
        match answer {
            Answer::Match => Self::Theirs,
            Answer::Differs(_) | Answer::Nobody => Self::NotTheirs,
            Answer::Several => Self::Unclear,
            Answer::Deceased => Self::OfTheDead,
        }
    }
}

/// An account that fits, and what a link to it still needs: one of these proofs, or nothing.
pub type Offer = (AccountId, Vec<Proof>);

/// What is to be done about the accounts of one namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing fits.
    Nothing,
    /// One is the citizen's already. Whatever else fits becomes an alias of it, after proof.
    Linked {
        /// It.
        primary: AccountId,
        /// The others.
        more: Vec<Offer>,
    },
    /// Link it now.
    Link(AccountId, Evidence),
    /// Ask for proof first.
    Prove(AccountId, Vec<Proof>),
    /// Let the citizen choose the primary one; the others become aliases, each after its proof.
    Choose(Vec<Offer>),
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
    /// The number fits, and contradicts what stands beside it: bad input.
    Contradicts,
    /// Only the old number may fit, and several records answer to it.
    Unclear,
    /// Only the old number fits, and its owner has died.
    OfTheDead,
}

fn fit(profile: &Profile, candidate: &Candidate) -> Fit {
    match fit_of_claims(profile, candidate) {
        Fit::Green(_) if candidate.was_ended => Fit::Yellow,
        fit => fit,
    }
}

fn fit_of_claims(profile: &Profile, candidate: &Candidate) -> Fit {
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
                Some(number) if number.value == profile.personal_number || candidate.number_is_former => {
                    match (by_mark(number.mark, Evidence::VerifiedNumber), by_old_number(profile, candidate))
                    {
                        // What was typed in takes nothing from what the portal had verified.
                        (Fit::Yellow, old @ Fit::Green(_)) => old,
                        (fit, _) => fit,
                    }
                }
                // It is known to be somebody else's.
                Some(number) if number.mark == Mark::Green => Fit::No,
                _ => by_old_number(profile, candidate),
            };
            match by_number {
                Fit::Green(_) | Fit::Yellow if !agrees(profile, candidate) => Fit::Differs,
                Fit::Green(_) | Fit::Yellow if contradicts(profile, candidate) => Fit::Contradicts,
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
    match old_number_is(profile, candidate) {
        OldNumberIs::Theirs => by_mark(old.mark, Evidence::VerifiedOldNumber),
        OldNumberIs::NotTheirs | OldNumberIs::Unknown => Fit::No,
        OldNumberIs::Unclear => Fit::Unclear,
        OldNumberIs::OfTheDead => Fit::OfTheDead,
    }
}

/// Whose the account's old number is. VNeID vouches for what it says of the citizen itself.
pub(super) fn old_number_is(profile: &Profile, candidate: &Candidate) -> OldNumberIs {
    match (&profile.old_number, &candidate.account.claims.old_number) {
        (Some(proven), Some(theirs)) if *proven == theirs.value => OldNumberIs::Theirs,
        (Some(_), Some(_)) => OldNumberIs::NotTheirs,
        _ => candidate.old_number,
    }
}

/// Whether the account's number is one that the citizen has or had.
pub(super) fn same_number(profile: &Profile, candidate: &Candidate) -> Option<bool> {
    let number = candidate.account.claims.personal_number.as_ref()?;
    Some(number.value == profile.personal_number || candidate.number_is_former)
}

/// Whether name and date of birth, as far as the account has them, are the citizen's. Beside a number of before stands the date that
/// was corrected with it: there the two must agree with each other.
pub(super) fn agrees(profile: &Profile, candidate: &Candidate) -> bool {
    let claims = &candidate.account.claims;
    let name = claims.full_name.as_ref().is_none_or(|n| same_name(&n.value, &profile.full_name));
    let born = match (&claims.birth_date, &profile.birth_date) {
        (Some(theirs), Some(proven)) => candidate.number_is_former || theirs.value.agrees_with(proven),
        _ => true,
    };
    name && born
}

/// Whether the account's number contradicts the year of birth or the sex that stand beside it. A number of somebody else that its user
/// typed in says nothing where the old number fits.
pub(super) fn contradicts(profile: &Profile, candidate: &Candidate) -> bool {
    let claims = &candidate.account.claims;
    let theirs = claims.personal_number.as_ref().map(|n| &n.value);
    let number =
        if same_number(profile, candidate) == Some(true) { theirs } else { Some(&profile.personal_number) };
    let (birth, gender) =
        (claims.birth_date.as_ref().map(|d| &d.value), claims.gender.as_ref().map(|g| g.value));
    number.is_some_and(|n| !n.agrees_with(birth, gender))
}

/// Whether the name, and whether the date of birth, of an account are other than the citizen's.
pub fn differing(profile: &Profile, account: &LegacyAccount) -> (bool, bool) {
    let name = account.claims.full_name.as_ref().is_some_and(|n| !same_name(&n.value, &profile.full_name));
    let born = match (&account.claims.birth_date, &profile.birth_date) {
        (Some(theirs), Some(proven)) => !theirs.value.agrees_with(proven),
        _ => false,
    };
    (name, born)
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
    let verified = |c: &Candidate| c.account.claims.old_number.as_ref().is_some_and(Marked::is_green);
    let open = candidates.iter().filter(|c| {
        let number = c.account.claims.personal_number.as_ref();
        c.old_number == OldNumberIs::Unknown
            && c.owner == Owner::Nobody
            && matches!(c.account.kind, LegacyKind::Citizen | LegacyKind::Post)
            && number.is_none_or(|n| {
                n.mark == Mark::Yellow && (verified(c) || same_number(profile, c) == Some(false))
            })
    });
    open.filter_map(|c| {
        let old = c.account.claims.old_number.as_ref()?;
        let question = Question {
            personal_number: profile.personal_number.clone(),
            old_number: Some(old.value.clone()),
            former_number: None,
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
        let (id, status) = (candidate.account.id.clone(), candidate.account.status);
        let ground = match (candidate.owner, fit(profile, candidate)) {
            (Owner::ThisCitizen, _) => {
                linked = linked.or(Some(id));
                continue;
            }
            (_, Fit::No) => continue,
            (Owner::Another, _) => Err(ReviewReason::LinkedToAnother),
            (Owner::Nobody, _) if status != LegacyStatus::Open => {
                refused = refused.or(Some((id, status)));
                continue;
            }
            (Owner::Nobody, Fit::OfTheDead) => {
                refused = refused.or(Some((id, LegacyStatus::Deceased)));
                continue;
            }
            (Owner::Nobody, Fit::Differs) => Err(ReviewReason::Differs),
            (Owner::Nobody, Fit::Contradicts) => Err(ReviewReason::Contradicts),
            (Owner::Nobody, Fit::Unclear) => Err(ReviewReason::NoWayToProve),
            (Owner::Nobody, Fit::Green(evidence)) => Ok(Ok(evidence)),
            (Owner::Nobody, Fit::Yellow) => match (candidate.proof, ways(&candidate.account)) {
                (Some(proof), _) => Ok(Ok(Evidence::Proven(proof))),
                (None, ways) if ways.is_empty() => Err(ReviewReason::NoWayToProve),
                (None, ways) => Ok(Err(ways)),
            },
        };
        match ground {
            Ok(ground) => fitting.push((id, ground)),
            Err(reason) => reviews.push((id, reason)),
        }
    }
    let offers = |fitting: Vec<(AccountId, Result<Evidence, Vec<Proof>>)>| {
        fitting.into_iter().map(|(id, has)| (id, has.err().unwrap_or_default())).collect()
    };
    let decision = match (linked, fitting.len(), fitting.pop()) {
        (Some(primary), _, last) => {
            fitting.extend(last);
            Decision::Linked { primary, more: offers(fitting) }
        }
        (None, 1, Some((id, Ok(evidence)))) => Decision::Link(id, evidence),
        (None, 1, Some((id, Err(ways)))) => Decision::Prove(id, ways),
        (None, _, Some(last)) => {
            fitting.push(last);
            Decision::Choose(offers(fitting))
        }
        (None, _, None) if !reviews.is_empty() => Decision::Review,
        (None, _, None) => refused.map_or(Decision::Nothing, |(id, status)| Decision::Refused(id, status)),
    };
    Decided { decision, reviews }
}

/// Whether two people can link an account to a citizen at all: the rules of the account hold for them too.
pub fn may_be_linked(status: CitizenStatus, kind: AccountKind, account: &LegacyAccount) -> bool {
    let fits = match account.kind {
        LegacyKind::Citizen | LegacyKind::Post => kind == AccountKind::Citizen,
        LegacyKind::Organization => kind == AccountKind::Organization,
        LegacyKind::Administrator => false,
    };
    fits && status == CitizenStatus::Active && account.status == LegacyStatus::Open
}

/// What a link to an account of nobody would rest on now, when the citizen has chosen it; `None` while a proof is missing, and for an
/// account that is not to be linked.
pub fn ground(profile: &Profile, candidate: &Candidate) -> Option<Evidence> {
    match decide(profile, std::slice::from_ref(candidate)).decision {
        Decision::Link(_, evidence) => Some(evidence),
        _ => None,
    }
}
