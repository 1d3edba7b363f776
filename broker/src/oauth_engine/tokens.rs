//! What a grant gives.

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
