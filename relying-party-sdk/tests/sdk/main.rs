//! Whole sign-ins against a provider whose every answer can be bent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, unreachable_pub)]

mod legacy;
mod sessions;
mod sign_in;
mod support;
