//! What is kept of a citizen, for their own eyes.

use super::error::StoreError;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::ids::{AccountId, CitizenId, ClientId, SectorId, UpstreamId};
use crate::person::Profile;
use crate::scope::ScopeSet;
use crate::subject::Subject;
use async_trait::async_trait;
use std::fmt;

/// An identity under which a citizen arrives.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnIdentity {
    /// Through which upstream.
    pub upstream: UpstreamId,
    /// Its issuer.
    pub issuer: String,
    /// The subject there: it can be a personal number.
    pub subject: String,
    /// Since when.
    pub since: Timestamp,
}

impl fmt::Debug for OwnIdentity {
    /// Without the subject, which can be a personal number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnIdentity({})", self.upstream)
    }
}

/// A name by which a sector knows a citizen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSubject {
    /// The sector.
    pub sector: SectorId,
    /// The name.
    pub subject: Subject,
    /// Since when.
    pub since: Timestamp,
}

/// What a citizen allowed a portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnConsent {
    /// The portal.
    pub client: ClientId,
    /// What it may have.
    pub scope: ScopeSet,
    /// When it was allowed last.
    pub at: Timestamp,
}

/// Everything that lasts of a citizen, but for links and history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRecord {
    /// What VNeID said last.
    pub profile: Profile,
    /// What the population database confirmed.
    pub confirmed: Option<Claims>,
    /// When the citizen was recorded.
    pub recorded_at: Timestamp,
    /// When what VNeID says changed last.
    pub changed_at: Timestamp,
    /// The identities under which they arrive.
    pub identities: Vec<OwnIdentity>,
    /// Their subjects.
    pub subjects: Vec<OwnSubject>,
    /// Names by which sectors knew them before.
    pub aliases: Vec<OwnSubject>,
    /// What they allowed.
    pub consents: Vec<OwnConsent>,
}

/// What is kept of a citizen, for their own eyes.
#[async_trait]
pub trait OwnData: Send + Sync {
    /// Everything; `None` when there is no such citizen. One statement.
    async fn record(&self, citizen: &CitizenId) -> Result<Option<OwnRecord>, StoreError>;

    /// The accounts whose link the citizen, or an operator, wants ended, as long as people have not decided.
    async fn unlinking(&self, citizen: &CitizenId) -> Result<Vec<AccountId>, StoreError>;

    /// Who was blocked, or recorded as deceased, at `since` or later, and still is.
    async fn stopped_since(&self, since: Timestamp) -> Result<Vec<CitizenId>, StoreError>;

    /// Who had a link that ended at `since` or later, or one that ended before and whose account operators gave to somebody else since; and
    /// when the last of it happened.
    async fn links_ended_since(&self, since: Timestamp) -> Result<Vec<(CitizenId, Timestamp)>, StoreError>;

    /// The accounts that operators linked at `since` or later.
    async fn given_since(&self, since: Timestamp) -> Result<Vec<AccountId>, StoreError>;

    /// Keeps what the population database confirmed, in place of what it had confirmed before. Sealed at rest.
    async fn confirm(
        &self,
        citizen: &CitizenId,
        confirmed: &Claims,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
