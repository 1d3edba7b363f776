//! The broker from the outside: the real router over real stores, with a stand-in for VNeID. Each test runs on both pairs
//! of stores.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)] // tests

mod account;
mod account_update;
mod administration;
mod at_rest;
mod attacks;
mod authorization;
mod back_channel;
mod backup;
mod bad_input;
mod budgets;
mod callbacks;
mod changed_meanwhile;
mod check_service;
mod check_silence;
mod claims;
mod clients;
mod codes;
mod cors;
mod discovery;
mod dvcqg;
mod emergency;
mod faults;
mod forms;
mod id_tokens;
mod importing;
mod introspection;
mod joining;
mod keys;
mod levels;
mod linking;
mod logout;
mod merging;
mod numbers;
mod old_portals;
mod operators;
mod outbox;
mod overload;
mod pages;
mod people;
mod post_accounts;
mod prehijacking;
mod prompts;
mod properties;
mod proving;
mod rates;
mod redirects;
mod refresh;
mod renumbered;
mod resealing;
mod revocation;
mod sessions;
mod silence;
mod states;
mod subjects;
mod tabs;
mod telling;
mod token_answers;
mod traces;
mod upstreams;
mod userinfo;
mod verified_claims;
mod wire;
