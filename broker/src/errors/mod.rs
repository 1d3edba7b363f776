//! Errors: JSON for clients, and the catalogue of codes for people.

pub mod catalogue;
mod oauth;

pub use oauth::OAuthError;
