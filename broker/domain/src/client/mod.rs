//! Registered clients: who may ask for what, and how they prove who they are.

mod kinds;
mod metadata;
mod redirect;
mod registered;

pub use kinds::{
    AccessTokenFormat, ApplicationType, AuthMethod, ConsentPolicy, EncryptionAlg, EventsDelivery, GrantType,
    Pkce, Profile, SignInMethod, SigningAlg, SubjectType,
};
pub use metadata::{BadMetadata, CONTENT_ENCRYPTION, ClientMetadata};
pub use registered::{Client, KeptSecret, LocalizedName};

#[cfg(test)]
mod tests;
