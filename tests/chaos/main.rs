//! Instances that die, stores that restart, freeze and move: at each step of a login, with the real programs.
//!
//! By default each fault has a bounded run; `CHAOS=long` makes all of them at every step.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr
)] // for tests only

mod balancer;
mod expiring;
mod fleet;
mod instances;
mod lasting;
mod login;
mod once;
mod standing;
