//! The way to VNeID as the domain sees it: what goes out, what comes back, what can fail, and the exchange between a callback
//! and a proven citizen as a state machine without I/O.

mod answers;
mod arrival;
mod ask;
mod breaker;
mod callback;
mod claims;
mod exchange;
mod failure;
mod id_token;
mod json;
mod levels;
mod metadata;
mod names;
pub mod population;
mod refused;
mod rules;

pub use answers::{TokenAnswer, token_refusal, userinfo_refusal};
pub use arrival::Arrival;
pub use ask::{Ask, Binding};
pub use breaker::{Breaker, BreakerRules, Health};
pub use callback::Callback;
pub use claims::{organizations, profile, sealed_subject};
pub use exchange::{Action, Exchange, IdToken, Input, Unverified};
pub use failure::UpstreamFailure;
pub use json::object;
pub use levels::LevelRules;
pub use metadata::{Metadata, UrlRule};
pub use names::ClaimNames;
pub use refused::Refused;
pub use rules::{Dialect, Rules, UserinfoRule};

#[cfg(test)]
mod tests;
