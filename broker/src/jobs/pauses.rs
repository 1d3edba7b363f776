//! Portals that do not answer, and are left alone for a while.

use broker_domain::clock::Timestamp;
use broker_domain::event::back_off;
use broker_domain::ids::ClientId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Portals that are left alone: until when, and after how many failures in a row.
#[derive(Default)]
pub(super) struct Pauses(Mutex<HashMap<ClientId, (Timestamp, u32)>>);

impl Pauses {
    fn kept(&self) -> MutexGuard<'_, HashMap<ClientId, (Timestamp, u32)>> {
        // No step below leaves things half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether its pause is over.
    pub(super) fn is_over(&self, client: &ClientId, now: Timestamp) -> bool {
        self.kept().get(client).is_none_or(|(until, _)| *until <= now)
    }

    /// It answered: its pause ends.
    pub(super) fn end(&self, client: &ClientId) {
        self.kept().remove(client);
    }

    /// It failed again; says until when it is left alone.
    pub(super) fn prolong(&self, client: &ClientId, now: Timestamp) -> Timestamp {
        let mut kept = self.kept();
        let failures = kept.get(client).map_or(0, |(_, failures)| *failures).saturating_add(1);
        let until = now.plus_secs(back_off(failures));
        kept.insert(client.clone(), (until, failures));
        until
    }
}
