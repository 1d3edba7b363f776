//! "What waited, decided again": a pure function for the moment at which the citizen chooses or proves an account that was found before.

use super::account::LegacyStatus;
use super::decide::{Candidate, Decision, Evidence, decide, ground};
use super::review::ReviewReason;
use crate::person::Profile;
use crate::proof::Proof;

/// What becomes of the account, by what is so now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Link it.
    Link(Evidence),
    /// It is theirs already: linked in another place meanwhile.
    Linked,
    /// Ask for one of these proofs first.
    Prove(Vec<Proof>),
    /// No link: people look at it.
    Review(ReviewReason),
    /// No link: the account is closed, locked or of a deceased person.
    Refused(LegacyStatus),
    /// It is not the citizen's, as far as its data say by now.
    Nothing,
}

/// Decides about one account that waited, with what the store says of it now and how the citizen has proven it, if they have.
pub fn decide_again(profile: &Profile, candidate: &Candidate) -> Verdict {
    if let Some(evidence) = ground(profile, candidate) {
        return Verdict::Link(evidence);
    }
    let decided = decide(profile, std::slice::from_ref(candidate));
    match decided.decision {
        Decision::Linked { .. } => Verdict::Linked,
        Decision::Prove(_, ways) => Verdict::Prove(ways),
        Decision::Refused(_, status) => Verdict::Refused(status),
        _ => decided.reviews.first().map_or(Verdict::Nothing, |(_, reason)| Verdict::Review(*reason)),
    }
}
