//! What the broker tells a portal of its citizens' accounts: security event tokens (RFC 8417), pushed (RFC 8935) or fetched
//! (RFC 8936).

mod event;
mod poll;
mod receiver;
mod seen;
mod verify;

pub use event::{PortalEvent, ReceivedEvent};
pub use receiver::{EventHandler, EventReceiver, Taken};
