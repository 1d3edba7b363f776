//! What expires.

mod codes;
mod cutting;
mod holders;
mod interactions;
mod limits;
mod looking;
mod queue;
mod races;
mod rates;
mod refreshing;
mod sessions;
mod tokens;
