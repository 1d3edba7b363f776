//! What lasts.

mod accounts;
mod adopting;
mod at_rest;
mod audit;
mod citizens;
mod confirming;
mod holding_up;
mod keys;
mod killed;
mod looking;
mod moving;
mod namespaces;
mod numbers;
mod outbox;
mod own_data;
mod pool;
mod races;
mod registrations;
mod rekeying;
mod reviews;
mod schema;
mod sectors;
mod telling;
mod upkeep;
