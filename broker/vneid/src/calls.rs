//! Calls as this crate makes them, for others that call from the broker: one client for each that is called, no redirects, no
//! cookies, bounded bodies, limits of time, and a circuit breaker.

pub use crate::build::{address, secret};
pub use crate::gate::{Gate, Leave};
pub use crate::http::{Again, Answer, Http, HttpRules, Identity, NoAnswer, Observer, Trouble};
pub use crate::settings::SecretText;
