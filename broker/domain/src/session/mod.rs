//! A citizen's session in a browser.
//!
//! The cookie is `<sid>.<secret>`: the `sid` finds the record and is what portals see in id_tokens; the secret proves
//! that the browser is the one, is kept as a keyed hash, and changes at every change of privilege.

use crate::claims::Claims;
use crate::client::{Client, SignInMethod};
use crate::clock::Timestamp;
use crate::ids::{AccountId, CitizenId, ClientId, FamilyId, SectorId, SessionId, UpstreamId};
use crate::level::Level;
use crate::person::AccountKind;
use crate::proof::Unproven;
use crate::scope::ScopeSet;
use crate::secret::{Entropy, Hasher, Purpose, Secret, SecretHash};
use crate::subject::Subject;
use serde::{Deserialize, Serialize};

/// Living sessions of one holder at the most: the one that ends first gives way.
pub const SESSIONS_OF_ONE: usize = 256;

/// How long sessions live, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetimes {
    /// Without use.
    pub idle: i64,
    /// In all.
    pub absolute: i64,
    /// How long a secret that was just replaced still works, for a second tab in flight.
    pub grace: i64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { idle: 30 * 60, absolute: 8 * 3600, grace: 30 }
    }
}

/// The cookie's value, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCookie {
    /// Which session.
    pub sid: SessionId,
    /// The proof.
    pub secret: Secret,
}

impl SessionCookie {
    /// Takes a cookie's value apart; `None` when it is none of ours.
    pub fn parse(value: &str) -> Option<Self> {
        let (sid, secret) = value.split_once('.')?;
        let fits =
            secret.len() == 43 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        Some(Self { sid: SessionId::parse(sid)?, secret: fits.then(|| Secret::new(secret))? })
    }

    /// The cookie's value.
    pub fn to_value(&self) -> String {
        format!("{}.{}", self.sid, self.secret.reveal())
    }
}

/// A grant that came from a session: who must hear of its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The grant.
    pub family: FamilyId,
    /// Whose it is.
    pub client: ClientId,
    /// When its last token dies.
    pub expires_at: Timestamp,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Holder {
    /// A citizen, as VNeID proved them.
    Citizen(CitizenId),
    /// The holder of an account of before VNeID that still opens sessions by itself: an administrator's, or any before the cut-off.
    Account(AccountId),
}

impl Holder {
    /// The citizen, when VNeID has proved one.
    pub const fn citizen(&self) -> Option<&CitizenId> {
        match self {
            Self::Citizen(id) => Some(id),
            Self::Account(_) => None,
        }
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its public id: `sid` in id_tokens and logout tokens.
    pub sid: SessionId,
    /// The keyed hash of the cookie's secret.
    pub secret: SecretHash,
    /// The hash before the last change, and until when it works.
    pub previous: Option<(SecretHash, Timestamp)>,
    /// Who is signed in.
    pub holder: Holder,
    /// Whether for themselves or for an organization.
    pub kind: AccountKind,
    /// What is known of them.
    pub claims: Claims,
    /// The way that they signed in by.
    pub method: SignInMethod,
    /// How strongly they were authenticated.
    pub level: Level,
    /// When they were authenticated.
    pub auth_time: Timestamp,
    /// Through which upstream; `None` by an account of before VNeID.
    pub upstream: Option<UpstreamId>,
    /// The upstream's own session.
    pub upstream_sid: Option<String>,
    /// The subjects that sectors know this citizen by: stored ones only.
    pub subjects: Vec<(SectorId, Subject)>,
    /// What the citizen allowed, by client.
    pub allowed: Vec<(ClientId, ScopeSet)>,
    /// Where they have accounts of before VNeID that wait for a proof; asked about at the portal's next login.
    pub unproven: Vec<Unproven>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends if it is not used.
    pub idle_until: Timestamp,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
    /// The portals that took part: kept by the store beside the record, so that two tabs never lose one.
    #[serde(skip)]
    pub participants: Vec<Participant>,
}

impl Session {
    /// Whether `cookie` opens this session now.
    pub fn opened_by(&self, cookie: &SessionCookie, hasher: &Hasher, now: Timestamp) -> bool {
        let hash = hasher.hash(Purpose::Session, cookie.secret.reveal());
        let previous = self.previous.as_ref().is_some_and(|(h, until)| (*h == hash) & (now < *until));
        cookie.sid == self.sid && ((self.secret == hash) | previous) && self.is_alive(now)
    }

    /// Whether neither of its ends has come.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now < self.idle_until && now < self.ends_at
    }

    /// Gives it a new secret and returns the cookie that holds it. The old one works for the grace that two tabs need.
    pub fn renew_secret(
        &mut self,
        hasher: &Hasher,
        entropy: &dyn Entropy,
        lifetimes: Lifetimes,
        now: Timestamp,
    ) -> SessionCookie {
        let secret = Secret::generate(entropy);
        self.previous = Some((self.secret, now.plus_secs(lifetimes.grace)));
        self.secret = hasher.hash(Purpose::Session, secret.reveal());
        SessionCookie { sid: self.sid.clone(), secret }
    }

    /// When it was used last, as far as its idle end tells.
    pub fn used_at(&self, lifetimes: Lifetimes) -> Timestamp {
        self.idle_until.plus_secs(-lifetimes.idle).max(self.created_at)
    }

    /// The end that use at `now` gives it.
    pub fn touched(&self, lifetimes: Lifetimes, now: Timestamp) -> Timestamp {
        now.plus_secs(lifetimes.idle).min(self.ends_at)
    }

    /// Whether it can serve a portal: by a way to sign in that the portal offers, and not by an account that only another portal knows.
    pub fn serves(&self, client: &Client) -> bool {
        let known = self.holder.citizen().is_some() || self.subject(&client.sector()).is_some();
        known && client.metadata.sign_in_methods.contains(&self.method)
    }

    /// The accounts that wait at a sector.
    pub fn unproven_at(&self, sector: &SectorId) -> Option<&Unproven> {
        self.unproven.iter().find(|u| u.namespace.as_str() == sector.as_str())
    }

    /// The stored subject of a sector.
    pub fn subject(&self, sector: &SectorId) -> Option<&Subject> {
        self.subjects.iter().find(|(s, _)| s == sector).map(|(_, sub)| sub)
    }
}

#[cfg(test)]
mod tests;
