//! What lasts: registrations, citizens and their subjects, signing keys, the audit log.

use super::accounts::KeptAccount;
use super::error::StoreError;
use crate::audit::{AuditEvent, AuditKind};
use crate::claims::Claims;
use crate::client::{Client, SigningAlg};
use crate::clock::Timestamp;
use crate::event::Listener;
use crate::ids::{CitizenId, ClientId, SectorId};
use crate::linking::{ClaimedIdentity, Match};
use crate::person::{Citizen, CitizenStatus, PersonalNumber};
use crate::scope::ScopeSet;
use crate::subject::Subject;
use crate::upstream::Arrival;
use async_trait::async_trait;

/// Registered clients.
#[async_trait]
pub trait Registrations: Send + Sync {
    /// All of them, by id.
    async fn all(&self) -> Result<Vec<Client>, StoreError>;
    /// Adds one; `Conflict` when the id is taken.
    async fn add(&self, client: &Client) -> Result<(), StoreError>;
    /// Replaces one; `false` when there is none of this id.
    async fn replace(&self, client: &Client) -> Result<bool, StoreError>;
    /// A number that grows with every change of registrations or signing keys, for instances that missed the word of it.
    async fn revision(&self) -> Result<i64, StoreError>;
}

/// What the store knows of an arrival: one statement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Whom the identity and the number belong to.
    pub matches: Match,
    /// The subjects of the citizen found (by identity, else by number).
    pub subjects: Vec<(SectorId, Subject)>,
    /// What that citizen allowed.
    pub allowed: Vec<(ClientId, ScopeSet)>,
    /// What the population database confirmed of that citizen.
    pub confirmed: Option<Claims>,
    /// The legacy accounts that hold the number that arrives (or the old one, or the organization's tax code), by `TechID`.
    pub accounts: Vec<KeptAccount>,
}

/// What is to be recorded of an arrival that was decided.
#[derive(Clone, Debug)]
pub struct Admission {
    /// The arrival.
    pub arrival: Arrival,
    /// The id for a citizen who is new.
    pub new_id: CitizenId,
    /// The citizen, when known.
    pub known: Option<CitizenId>,
    /// Whether the identity is to be added to them.
    pub add_identity: bool,
    /// Whether the number that arrives is to be added to theirs; the ones before stay theirs.
    pub add_number: bool,
    /// Whether what is kept of them differs from the arrival.
    pub update_profile: bool,
    /// A sector that they have no subject in yet, and the value to give if none is stored.
    pub subject: Option<(SectorId, Subject)>,
    /// The present moment.
    pub now: Timestamp,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The citizen: with two first logins at once, the one whom both found.
    pub citizen: CitizenId,
    /// Whether this call made them.
    pub is_new: bool,
    /// The stored subject of the sector asked for.
    pub subject: Option<Subject>,
}

/// A change of whether a citizen may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// Who.
    pub citizen: CitizenId,
    /// What they are now.
    pub status: CitizenStatus,
    /// Who is told, if they may not any more.
    pub tell: Vec<Listener>,
    /// The present moment.
    pub now: Timestamp,
}

/// What came of adding something that one citizen alone can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is theirs now.
    Now,
    /// It was theirs already.
    Before,
    /// It is somebody else's.
    Another,
}

/// A citizen with all their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitizenRecord {
    /// The citizen.
    pub citizen: Citizen,
    /// The personal numbers besides the one of the profile, the oldest first.
    pub other_numbers: Vec<PersonalNumber>,
}

/// Citizens, their identities, subjects and what they allowed.
#[async_trait]
pub trait Citizens: Send + Sync {
    /// Looks an arrival up: one statement.
    async fn find(&self, arrival: &Arrival) -> Result<Found, StoreError>;

    /// Records an arrival. With nothing to add it does nothing; for a known citizen each thing to add is one statement; a new citizen is
    /// recorded with identity and subject in one transaction, exactly once however many race. A number is added in one transaction with
    /// everything else; `Conflict` when it is somebody else's.
    async fn admit(&self, admission: Admission) -> Result<Admitted, StoreError>;

    /// The subject of a citizen in a sector: the stored one, else `candidate`, which is stored now.
    async fn subject(
        &self,
        citizen: &CitizenId,
        sector: &SectorId,
        candidate: &Subject,
        now: Timestamp,
    ) -> Result<Subject, StoreError>;

    /// Records what a citizen allowed a client, together with what was allowed before.
    async fn allow(
        &self,
        citizen: &CitizenId,
        client: &ClientId,
        scope: &ScopeSet,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Changes whether a citizen may sign in; says whether it was otherwise before (`false` also when there is no such citizen). In the
    /// same transaction the portals that know somebody who may not any more get `AccountDisabled`.
    async fn set_status(&self, change: &StatusChange) -> Result<bool, StoreError>;

    /// One citizen.
    async fn citizen(&self, id: &CitizenId) -> Result<Option<CitizenRecord>, StoreError>;

    /// Whose a personal number is, or was.
    async fn by_number(&self, number: &PersonalNumber) -> Result<Option<CitizenId>, StoreError>;

    /// Adds a number that people have accepted as theirs: whoever comes with it is this citizen.
    async fn add_number(
        &self,
        citizen: &CitizenId,
        number: &PersonalNumber,
        now: Timestamp,
    ) -> Result<Added, StoreError>;

    /// Adds an identity that people have accepted as theirs.
    async fn add_identity(
        &self,
        citizen: &CitizenId,
        identity: &ClaimedIdentity,
        now: Timestamp,
    ) -> Result<Added, StoreError>;

    /// Counts citizens, for tests and operators.
    async fn count(&self) -> Result<u64, StoreError>;
}

/// Where a signing key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published, not yet signing.
    Next,
    /// Signing.
    Current,
    /// Published until its last token has died.
    Retiring,
    /// No longer published.
    Retired,
}

impl KeyState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Retiring => "retiring",
            Self::Retired => "retired",
        }
    }

    /// From [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Next, Self::Current, Self::Retiring, Self::Retired].into_iter().find(|s| s.as_str() == text)
    }
}

/// A signing key as the store returns it: opened.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Its `kid`.
    pub kid: String,
    /// What it signs.
    pub alg: SigningAlg,
    /// Where it stands.
    pub state: KeyState,
    /// The private JWK. Sealed at rest.
    pub private_jwk: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it came to its present state.
    pub changed_at: Timestamp,
}

impl std::fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredKey({} {} {})", self.kid, self.alg.as_str(), self.state.as_str())
    }
}

/// The broker's signing keys.
#[async_trait]
pub trait SigningKeys: Send + Sync {
    /// All that are not retired, oldest first.
    async fn keys(&self) -> Result<Vec<StoredKey>, StoreError>;
    /// Adds keys and changes states in one transaction: when `expected` (kids and states, any order) no longer is what is stored,
    /// nothing happens and the answer is `false`. So of several instances that would make the first keys, one does.
    async fn change(
        &self,
        expected: &[(String, KeyState)],
        add: &[StoredKey],
        states: &[(String, KeyState)],
        now: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Deletes the keys that were retired before this moment; says how many. Nothing that they signed is alive.
    async fn forget(&self, retired_before: Timestamp) -> Result<u64, StoreError>;
}

/// An entry of the log with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainedEvent {
    /// 1, 2, 3 …
    pub seq: i64,
    /// The event.
    pub event: AuditEvent,
    /// Its chain hash.
    pub hash: [u8; 32],
}

/// The audit log.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends events in order, each chained to the one before; events whose id is there already are passed over.
    async fn append(&self, events: &[AuditEvent]) -> Result<(), StoreError>;
    /// The last `limit` entries after `after`, oldest first.
    async fn entries(&self, after: i64, limit: i64) -> Result<Vec<ChainedEvent>, StoreError>;
    /// Up to `limit` entries about a citizen, the newest first: those of `kinds` (of all kinds, when there are none), before the place
    /// `before` when there is one.
    async fn of_citizen(
        &self,
        citizen: &CitizenId,
        kinds: &[AuditKind],
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<ChainedEvent>, StoreError>;
}
