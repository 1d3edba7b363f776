//! What the broker calls beside VNeID: the gateway for messages, and the check services of portals.
//!
//! The contracts of both stand in config/README.md, for who answers these calls. The HTTP client is the one that calls VNeID: no
//! redirects, no cookies, bounded bodies, limits of time. Its addresses come from the configuration alone, so that private ones are
//! no danger.

mod bounded;
mod check;
mod no_messenger;
mod sms;
#[cfg(test)]
mod tests;

pub use bounded::Bounded;
pub use check::CheckService;
pub use no_messenger::NoMessenger;
pub use sms::SmsGateway;
