//! The grant rules, carried by oxide-auth: the only folder that names it.
//!
//! oxide-auth checks the bindings (client, redirect URI, scope, PKCE, grant type) as state machines without I/O at its `code_grant`
//! level; our primitives beneath it reach the stores. What it cannot say is carried past it: its traits fail with `()`, so the
//! precise error waits in a slot; its clock is the machine's, so expiry is ours; its redirect comparison normalizes, so the exact
//! one is ours. What OpenID Connect needs beyond grants stands around this folder, not in it.

mod authorize;
mod convert;
mod exchange;
mod own_token;
mod refresh;

pub use authorize::{Granted, Terms, authorize};
pub use exchange::exchange;
pub use own_token::own_token;
pub use refresh::refresh;

use broker_domain::clock::Timestamp;
use broker_domain::scope::ScopeSet;
use broker_domain::token::{Grant, Handle};

/// Tokens that were made and kept.
#[derive(Debug)]
pub struct Tokens {
    /// The grant behind them.
    pub grant: Grant,
    /// The scope that the access token carries.
    pub scope: ScopeSet,
    /// The access token, or the `jti` of one that is a JWT.
    pub access: Handle,
    /// When it dies.
    pub access_expires: Timestamp,
    /// A new refresh token, when there is one to hand out.
    pub refresh: Option<Handle>,
}
