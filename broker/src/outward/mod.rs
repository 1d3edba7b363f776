//! What the broker calls beside VNeID: the gateway for messages, and the check services of portals.

mod no_messenger;

pub use no_messenger::NoMessenger;
