//! The contract of every port, as one suite for each, run on every implementation.
#![allow(missing_docs)]

#[macro_use]
mod each;

mod announcements;
mod expiring;
mod lasting;
mod samples;
