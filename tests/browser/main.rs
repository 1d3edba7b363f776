//! People signing in: a real Chromium against the broker, the stand-in for VNeID and the sample portals as real programs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)] // tests

mod checks;
mod chromium;
mod journey;
mod machine;
mod people;
mod process;
mod stage;
mod stores;
mod tour;
mod trouble;
mod vneid;

mod accessible;
mod accounts_tour;
mod everyone;
mod hands;
mod old_accounts;
mod pictures;
mod signing_in;
