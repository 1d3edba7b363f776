//! Wiring: settings become a broker, its routes with every layer, and its jobs.

mod build;
mod check;
mod error;
mod events_endpoint;
mod front;
mod gate;
mod import;
mod open;
mod outward;
mod overrides;
mod refuse;
mod registration;
mod reviewing;
mod sector;

#[cfg(test)]
pub(crate) mod testing;

pub use build::{App, build};
pub use check::check;
pub use error::StartError;
pub use events_endpoint::check_events_endpoint;
pub use open::{Opened, migrate, open, open_with, reseal, store_keys, store_settings};
pub use outward::password_rules;
pub use overrides::Overrides;
pub use registration::{BadRegistration, Registration, changed, files, kept, rotate_secret};
pub use reviewing::{Said, ask, record as record_review, say};
pub use sector::check_sector;
