//! What portals are told of a citizen's accounts: security event tokens (RFC 8417), pushed (RFC 8935) or fetched (RFC 8936).

mod delivery;
mod kinds;
mod set;

pub use delivery::{AfterError, SetError};
pub use kinds::{DisabledReason, Listener, PortalEvent, UnlinkReason};
pub use set::{MEDIA_TYPE, OutgoingEvent, SET_TYPE};

#[cfg(test)]
mod tests;
