//! What lasts.

mod accounts;
mod at_rest;
mod audit;
mod citizens;
mod confirming;
mod events;
mod keys;
mod killed;
mod looking;
mod moving;
mod namespaces;
mod notices;
mod numbers;
mod own_data;
mod races;
mod registrations;
mod rekeying;
mod reviews;
mod schema;
mod sectors;
mod telling;
