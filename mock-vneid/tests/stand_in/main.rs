//! The stand-in as its users see it: over HTTP, without the broker.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // for tests only

mod control;
mod faults;
mod oidc;
mod pages;
mod population;
mod sealed;
mod sms;
mod visitor;
