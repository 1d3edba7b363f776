//! "Legacy first": a pure function over whom VNeID proved after somebody had signed in to an account.

use super::account::{LegacyKind, LegacyStatus};
use super::decide::{
    Candidate, Evidence, OldNumberIs, Owner, agrees, contradicts, old_number_is, same_number,
};
use super::review::ReviewReason;
use crate::person::Profile;
use crate::proof::Proof;

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
    let old = claims.old_number.as_ref().map(|_| old_number_is(profile, candidate));
    match (same_number(profile, candidate), old) {
        (Some(false), _) | (None, Some(OldNumberIs::NotTheirs)) => Handover::NotTheOwner,
        (None, Some(OldNumberIs::OfTheDead)) => Handover::Refused(LegacyStatus::Deceased),
        _ if !agrees(profile, candidate) => Handover::Review(ReviewReason::Differs),
        _ if contradicts(profile, candidate) => Handover::Review(ReviewReason::Contradicts),
        (None, Some(OldNumberIs::Unclear)) => Handover::Review(ReviewReason::NoWayToProve),
        // Whoever knows the password of an account without a number shows at least a name.
        (None, None | Some(OldNumberIs::Unknown)) if claims.full_name.is_none() => {
            Handover::Review(ReviewReason::NoWayToProve)
        }
        _ => Handover::Link(Evidence::Proven(proof)),
    }
}
