//! The broker's decisions: pure types and functions, and the ports through which they reach the world.
//!
//! Nothing here does input or output, reads a clock, or draws a random number: time and randomness are
//! parameters ([`clock::Clock`], [`secret::Entropy`]). Cargo keeps it so: this crate depends on no web
//! framework, store driver, HTTP client or JOSE library.
//!
//! Floors, from the ground up: `clock`, `each`, `ids`, `secret` → `person`, `phone`, `limit`, `rate`, `level` → `claims`, `proof`, `client`,
//! `subject` → `authorization`, `session`, `token` → `linking`, `upstream`, `consent`, `logout`, `event`, `sector`, `audit` →
//! `outbox` → `ports`.

pub mod audit;
pub mod authorization;
pub mod claims;
pub mod client;
pub mod clock;
pub mod consent;
pub mod each;
pub mod event;
pub mod form;
pub mod ids;
pub mod level;
pub mod limit;
pub mod linking;
pub mod logout;
pub mod outbox;
pub mod person;
pub mod phone;
pub mod ports;
pub mod proof;
pub mod rate;
pub mod release;
pub mod scope;
pub mod secret;
pub mod sector;
pub mod session;
pub mod subject;
pub mod token;
pub mod upstream;
