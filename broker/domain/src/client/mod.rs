//! Registered clients: who may ask for what, and how they prove who they are.

mod kinds;
mod metadata;
mod redirect;
mod registered;

pub use kinds::{
    AccessTokenFormat, ApplicationType, AuthMethod, ConsentPolicy, GrantType, Pkce, Profile, SignInMethod,
    SigningAlg,
};
pub use metadata::{BadMetadata, ClientMetadata};
pub use registered::{Client, KeptSecret, LocalizedName};

#[cfg(test)]
mod tests;
