//! Whose the sessions are.

use broker_domain::clock::Timestamp;
use broker_domain::ids::SessionId;
use broker_domain::session::{Holder, SESSIONS_OF_ONE, Session};
use std::collections::HashMap;

/// The sessions of each holder.
#[derive(Default)]
pub(super) struct Holders(HashMap<Holder, Vec<SessionId>>);

impl Holders {
    /// Lists a session; answers the one that gives way, when there are too many.
    pub(super) fn list(
        &mut self,
        session: &Session,
        ends_at: impl Fn(&SessionId) -> Option<Timestamp>,
    ) -> Option<SessionId> {
        let sids = self.0.entry(session.holder.clone()).or_default();
        sids.retain(|sid| *sid != session.sid && ends_at(sid).is_some());
        sids.push(session.sid.clone());
        if sids.len() <= SESSIONS_OF_ONE {
            return None;
        }
        let first = sids.iter().min_by_key(|sid| (ends_at(sid), sid.as_str())).cloned();
        sids.retain(|sid| Some(sid) != first.as_ref());
        first
    }

    /// Takes a session off the list.
    pub(super) fn unlist(&mut self, holder: &Holder, sid: &SessionId) {
        if let Some(sids) = self.0.get_mut(holder) {
            sids.retain(|s| s != sid);
        }
    }

    /// Those of one holder.
    pub(super) fn of(&self, holder: &Holder) -> &[SessionId] {
        self.0.get(holder).map_or(&[], Vec::as_slice)
    }

    /// Forgets what is gone.
    pub(super) fn sweep(&mut self, is_kept: impl Fn(&SessionId) -> bool) {
        self.0.retain(|_, sids| {
            sids.retain(&is_kept);
            !sids.is_empty()
        });
    }
}
