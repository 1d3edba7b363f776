//! What a portal links to let its citizens sign in through the broker.
//!
//! [`RelyingParty`] is the portal as a client of the broker: it begins and finishes sign-ins, keeps sessions, refreshes
//! tokens, signs out, and takes the broker's word that a session has ended. [`events`] takes its word that a citizen's old
//! account was linked, or that they are known by another subject. [`web`] makes axum routes and extractors of it. Every check that the standards ask of a client is made inside; there is no way to leave one out.
//!
//! Standards: OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0, Back-Channel Logout 1.0; RFC 6749, 6750,
//! 7636, 8417, 8725, 8935, 8936, 9207, 9493, 9700.

mod back_channel;
mod callback;
mod claims;
mod clock;
mod context;
mod cookies;
mod current;
mod error;
pub mod events;
mod http_client;
mod id_token;
mod level;
mod login;
mod logout;
mod memory;
mod provider;
mod query;
mod relying_party;
mod session;
mod settings;
mod token;
pub mod web;

pub use broker_jose::Algorithm;
pub use claims::{Mark, mark};
pub use clock::{Clock, Entropy, NoEntropy, SystemClock, SystemEntropy};
pub use error::{Endpoint, Error, ErrorKind, SettingsError, StoreError, TokenError};
pub use level::{Level, NoLevel};
pub use login::{LoginOptions, Prompt, Redirect};
pub use memory::MemoryStore;
pub use relying_party::{Builder, Current, RelyingParty};
pub use session::{EndedSessions, LoginAttempt, Session, SessionStore, Tokens};
pub use settings::{ClientAuth, Legacy, Paths};

#[cfg(test)]
mod tests;

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
