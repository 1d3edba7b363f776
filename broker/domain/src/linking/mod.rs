//! Which citizen arrives, and which legacy accounts are theirs.

mod account;
mod again;
mod arrival;
mod decide;
mod dossier;
mod handover;
mod known;
mod names;
mod namespace;
mod notation;
mod plan;
mod protection;
mod review;

pub use crate::proof::Proof;
pub use account::{LegacyAccount, LegacyKind, LegacyStatus};
pub use again::{Verdict, decide_again};
pub use arrival::{Arrived, Doubt, Known, Match, decide_arrival, decide_number, doubtful, number_question};
pub use decide::{
    Candidate, Decided, Decision, Evidence, Offer, OldNumberIs, Owner, decide, differing, ground,
    may_be_linked, questions,
};
pub use dossier::{ClaimedIdentity, Dossier, Exhibit, NewReview};
pub use handover::{Handover, hand_over};
pub use known::{known_claims, primary_first};
pub use names::same_name;
pub use namespace::{CutOff, LegacyUse, NamespaceRules, ProofWays};
pub use notation::Notation;
pub use plan::{Basis, Planned, Planning, plan};
pub use protection::{Protection, Rate};
pub use review::{BadOperator, BadStep, Case, Operator, Outcome, ReviewReason, Ruling, Standing, Vote};

#[cfg(test)]
mod tests;
