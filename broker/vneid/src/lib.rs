//! The way to VNeID: two dialects behind the domain's `Upstream` port, and the population database, chosen by configuration.
//!
//! What an answer means is for the domain to say ([`broker_domain::upstream::Exchange`]). Here are the calls, the signatures and
//! the seals. Others call in the same way by [`calls`].

mod build;
mod cache;
pub mod calls;
mod error;
mod gate;
mod http;
mod oidc;
mod population;
mod probe;
mod sealed;
mod settings;
mod shell;

pub use build::build;
pub use error::BuildError;
pub use http::Observer;
pub use population::build_population;
pub use probe::{Probe, probe};
pub use settings::{
    BreakerSettings, ClaimNames, Dialect, PopulationSettings, SecretText, TokenAuth, UpstreamSettings,
    Userinfo,
};
