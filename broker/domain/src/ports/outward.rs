//! What is outside but no store: signatures, VNeID, the word of a change to all instances.

use super::error::StoreError;
use crate::client::SigningAlg;
use crate::clock::Timestamp;
use crate::ids::UpstreamId;
use crate::upstream::{Arrival, Ask, Binding, Health, UpstreamFailure};
use async_trait::async_trait;
use serde_json::{Map, Value};

/// A signature that could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot sign: {0}")]
pub struct SignError(pub String);

/// Signs what the broker says.
pub trait Signer: Send + Sync {
    /// A compact JWS over `claims` with the current key of `alg`, `typ` in its header when given.
    fn sign(
        &self,
        alg: SigningAlg,
        typ: Option<&str>,
        claims: &Map<String, Value>,
    ) -> Result<String, SignError>;
    /// The published keys as a JWK set.
    fn key_set(&self) -> Value;
}

/// One upstream: VNeID in one of its dialects.
#[async_trait]
pub trait Upstream: Send + Sync {
    /// Its name in the configuration.
    fn id(&self) -> &UpstreamId;
    /// Where to send the citizen. `Err(CircuitOpen)` at once while it is known to be ill.
    async fn begin(
        &self,
        ask: &Ask,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<String, UpstreamFailure>;
    /// Turns the raw query of the callback into who arrived, with every check of its dialect. The caller has checked `state`
    /// and the browser already.
    async fn complete(
        &self,
        raw_query: &str,
        binding: &Binding,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Arrival, UpstreamFailure>;
    /// Whether it takes calls.
    fn health(&self) -> Health;
    /// Whether it may vouch for the number of a citizen whom we know by another upstream.
    fn is_authoritative(&self) -> bool;
    /// Where to send the citizen to end their session there, when it offers that.
    async fn end_session_url(&self, post_logout_redirect_uri: &str) -> Option<String>;
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Registrations.
    Clients,
    /// Signing keys.
    Keys,
    /// What administrators ordered for namespaces.
    Namespaces,
}

/// The word of a change, to all instances.
#[async_trait]
pub trait Announcements: Send + Sync {
    /// Says it.
    async fn announce(&self, topic: Topic) -> Result<(), StoreError>;
    /// Waits for the next word. May miss some: who listens also looks for itself from time to time.
    async fn next(&self) -> Topic;
}
