//! Which citizen arrives. Legacy accounts are matched on the same ground later.

mod arrival;

pub use arrival::{Arrived, Doubt, Known, Match, decide_arrival};

#[cfg(test)]
mod tests;
