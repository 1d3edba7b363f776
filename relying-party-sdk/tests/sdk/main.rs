//! Whole sign-ins against a provider whose every answer can be bent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, unreachable_pub)]

mod events;
mod legacy;
mod sample;
mod sessions;
mod sign_in;
mod support;
mod tls;

// The sample portal, file by file: an example cannot be linked.
#[path = "../../examples/portal/accounts.rs"]
mod accounts;
#[path = "../../examples/portal/colour.rs"]
mod colour;
#[path = "../../examples/portal/dossiers.rs"]
mod dossiers;
#[path = "../../examples/portal/pages.rs"]
mod pages;
#[path = "../../examples/portal/routes.rs"]
mod routes;
#[path = "../../examples/portal/rows.rs"]
mod rows;
#[path = "../../examples/portal/texts.rs"]
mod texts;
