//! Which citizen arrives, and which legacy accounts are theirs.

mod account;
mod arrival;
mod decide;
mod names;
mod notation;

pub use account::{LegacyAccount, LegacyKind, LegacyStatus};
pub use arrival::{Arrived, Doubt, Known, Match, decide_arrival};
pub use decide::{
    Candidate, Decided, Decision, Evidence, Handover, Owner, Proof, ReviewReason, decide, hand_over,
    questions,
};
pub use names::same_name;
pub use notation::Notation;

#[cfg(test)]
mod tests;
