//! The contract of every port, as one suite for each, run on every implementation.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // for tests only

#[macro_use]
mod each;

mod announcements;
mod expiring;
mod lasting;
mod samples;
mod upgrade;
