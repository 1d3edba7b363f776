//! The protocol's endpoints: one file each. Each extracts, asks, and renders.

pub mod authorize;
pub mod discovery;
pub mod events;
pub mod introspect;
pub mod jwks;
pub mod revoke;
mod speech;
pub mod token;
pub mod userinfo;
