//! What goes out: events to portals, logout notices to portals, messages to phones. Each is written before it is sent, and stays until
//! it is delivered, refused, given up, or over.

mod content;
mod pauses;

pub use content::{Content, Message, OutboxKind, Outgoing};
pub use pauses::{back_off, back_off_of_message};

#[cfg(test)]
mod tests;
