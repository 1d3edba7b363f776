//! What a portal keeps: sessions, sign-ins in progress, logout tokens already used.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::StoreError;
use crate::level::Level;

/// The tokens of a session. They stay on the server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// For userinfo and other resources.
    pub access_token: String,
    /// When the access token ends, in seconds since 1970-01-01 UTC; `None`: the broker did not say.
    pub access_expires_at: Option<i64>,
    /// For new access tokens.
    pub refresh_token: Option<String>,
    /// The last id_token: the hint at logout.
    pub id_token: String,
}

/// A citizen who is signed in.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// `sub`: the key under which the portal stores its citizen.
    pub subject: String,
    /// The broker's session.
    pub sid: Option<String>,
    /// `acr`, as the broker said it.
    pub acr: Option<String>,
    /// When the citizen was authenticated, in seconds since 1970-01-01 UTC.
    pub auth_time: Option<i64>,
    /// Claims of the id_token and of userinfo together; userinfo has the last word.
    pub claims: Map<String, Value>,
    /// The tokens.
    pub tokens: Tokens,
    /// When the session was begun.
    pub signed_in_at: i64,
    /// When its citizen was last seen, within a minute.
    pub last_seen: i64,
    /// When it ends unless its citizen is seen again.
    pub expires_at: i64,
}

impl Session {
    /// The level that was reached, where `acr` names one.
    pub fn level(&self) -> Option<Level> {
        self.acr.as_deref().and_then(|acr| acr.parse().ok())
    }
}

impl fmt::Debug for Tokens {
    /// Without the tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("access_expires_at", &self.access_expires_at).finish_non_exhaustive()
    }
}

impl fmt::Debug for Session {
    /// Without anything personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("acr", &self.acr)
            .field("signed_in_at", &self.signed_in_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A sign-in that was begun and has not come back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginAttempt {
    /// `nonce`, where one was sent.
    pub nonce: Option<String>,
    /// The PKCE verifier, where a challenge was sent.
    pub code_verifier: Option<String>,
    /// The level that must be reached.
    pub level: Option<Level>,
    /// How old the authentication may be, in seconds.
    pub max_age: Option<u32>,
    /// The path of this portal to go to afterwards.
    pub return_to: String,
    /// When it is too late, in seconds since 1970-01-01 UTC.
    pub expires_at: i64,
}

impl fmt::Debug for LoginAttempt {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginAttempt")
            .field("level", &self.level)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// The broker's word that sessions have ended, already verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedSessions {
    /// The id of the logout token, used once.
    pub token_id: String,
    /// Until when the id must be remembered, in seconds since 1970-01-01 UTC.
    pub remember_until: i64,
    /// Whose sessions end.
    pub subject: Option<String>,
    /// Which session of the broker ended.
    pub sid: Option<String>,
}

impl EndedSessions {
    /// Whether a session is meant: every name that is given must be the session's.
    pub fn covers(&self, session: &Session) -> bool {
        let subject = self.subject.as_ref().is_none_or(|subject| *subject == session.subject);
        let sid = self.sid.as_ref().is_none_or(|sid| session.sid.as_ref() == Some(sid));
        subject && sid && (self.subject.is_some() || self.sid.is_some())
    }
}

/// Where a portal keeps its sessions. [`crate::MemoryStore`] suits one process; a portal of several brings its own.
///
/// Keys are SHA-256 hashes of what the browser holds, so what is stored opens no session by itself. Each method is one
/// atomic step: two requests at the same moment must not both get what is taken once.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Keeps a new session.
    async fn insert(&self, key: &str, session: Session) -> Result<(), StoreError>;
    /// The session of this key, also one that has expired.
    async fn get(&self, key: &str) -> Result<Option<Session>, StoreError>;
    /// Replaces a session that is there; `false` when it is not (somebody signed out meanwhile), and then it stays away.
    async fn update(&self, key: &str, session: Session) -> Result<bool, StoreError>;
    /// Takes a session away and hands it out.
    async fn remove(&self, key: &str) -> Result<Option<Session>, StoreError>;
    /// Takes away every session that is covered, unless the token's id was used before; then nothing happens and `None`
    /// is returned, else how many ended.
    async fn end(&self, ended: &EndedSessions, now: i64) -> Result<Option<usize>, StoreError>;
    /// Keeps a sign-in in progress; one of the same key is replaced.
    async fn insert_attempt(&self, key: &str, attempt: LoginAttempt, now: i64) -> Result<(), StoreError>;
    /// Takes a sign-in in progress away and hands it out, once.
    async fn take_attempt(&self, key: &str) -> Result<Option<LoginAttempt>, StoreError>;
}
