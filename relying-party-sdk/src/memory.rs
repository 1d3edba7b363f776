//! Sessions in the memory of one process.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::error::StoreError;
use crate::session::{EndedSessions, LoginAttempt, Session, SessionStore};

/// Sign-ins in progress that are kept; the oldest give way, so that nobody can fill the memory by beginning sign-ins.
const MAX_ATTEMPTS: usize = 10_000;
/// Sessions that are kept; further sign-ins fail until some end.
const MAX_SESSIONS: usize = 100_000;
/// After how many changes what has expired is looked for.
const SWEEP_EVERY: u32 = 1_000;

/// A [`SessionStore`] for one process. A restart signs everybody out.
#[derive(Default)]
pub struct MemoryStore(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    sessions: HashMap<String, Session>,
    attempts: HashMap<String, LoginAttempt>,
    // All attempts live equally long, so the order of coming is the order of expiring.
    order: VecDeque<(String, i64)>,
    used: HashMap<String, i64>,
    changes: u32,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many sessions are kept, expired ones included.
    pub fn len(&self) -> usize {
        self.kept().sessions.len()
    }

    /// Whether no session is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // No step below leaves things half done, so what a panicking thread left behind is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Drops what has expired at `now`, now and then.
    fn sweep(&mut self, now: i64) {
        self.changes = self.changes.wrapping_add(1);
        if self.changes.is_multiple_of(SWEEP_EVERY) || self.sessions.len() >= MAX_SESSIONS {
            self.sessions.retain(|_, session| session.expires_at > now);
            self.used.retain(|_, until| *until > now);
        }
        while let Some((key, expires_at)) = self.order.front()
            && (*expires_at <= now || self.attempts.len() >= MAX_ATTEMPTS)
        {
            // A later attempt under the same key has another end and stays.
            if self.attempts.get(key).is_some_and(|attempt| attempt.expires_at == *expires_at) {
                self.attempts.remove(key);
            }
            self.order.pop_front();
        }
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn insert(&self, key: &str, session: Session) -> Result<(), StoreError> {
        let mut kept = self.kept();
        kept.sweep(session.last_seen);
        if kept.sessions.len() >= MAX_SESSIONS {
            return Err(StoreError("full".to_owned()));
        }
        kept.sessions.insert(key.to_owned(), session);
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Session>, StoreError> {
        Ok(self.kept().sessions.get(key).cloned())
    }

    async fn update(&self, key: &str, session: Session) -> Result<bool, StoreError> {
        let mut kept = self.kept();
        let slot = kept.sessions.get_mut(key);
        Ok(slot.map(|slot| *slot = session).is_some())
    }

    async fn remove(&self, key: &str) -> Result<Option<Session>, StoreError> {
        Ok(self.kept().sessions.remove(key))
    }

    async fn end(&self, ended: &EndedSessions, now: i64) -> Result<Option<usize>, StoreError> {
        let mut kept = self.kept();
        kept.sweep(now);
        if kept.used.get(&ended.token_id).is_some_and(|until| *until > now) {
            return Ok(None);
        }
        kept.used.insert(ended.token_id.clone(), ended.remember_until);
        let before = kept.sessions.len();
        kept.sessions.retain(|_, session| !ended.covers(session));
        Ok(Some(before - kept.sessions.len()))
    }

    async fn insert_attempt(&self, key: &str, attempt: LoginAttempt, now: i64) -> Result<(), StoreError> {
        let mut kept = self.kept();
        kept.sweep(now);
        kept.order.push_back((key.to_owned(), attempt.expires_at));
        kept.attempts.insert(key.to_owned(), attempt);
        Ok(())
    }

    async fn take_attempt(&self, key: &str) -> Result<Option<LoginAttempt>, StoreError> {
        Ok(self.kept().attempts.remove(key))
    }
}
