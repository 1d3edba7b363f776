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
mod tokens;

pub use authorize::{Granted, Terms, authorize};
pub use exchange::exchange;
pub use own_token::own_token;
pub use refresh::refresh;
pub use tokens::Tokens;
