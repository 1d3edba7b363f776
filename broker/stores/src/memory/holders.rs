//! Whose the sessions are.

use broker_domain::clock::Timestamp;
use broker_domain::ids::SessionId;
use broker_domain::session::{Holder, SESSIONS_OF_ONE, Session};
use std::collections::HashMap;

/// The sessions of each holder.
#[derive(Default)]
pub(super) struct Holders(HashMap<Holder, Vec<SessionId>>);

impl Holders {
    /// Lists a session; answers those that are too many: the ones that end first.
    pub(super) fn list(
        &mut self,
        session: &Session,
        ends_at: impl Fn(&SessionId) -> Option<Timestamp>,
    ) -> Vec<SessionId> {
        let sids = self.0.entry(session.holder.clone()).or_default();
        sids.retain(|sid| *sid != session.sid && ends_at(sid).is_some());
        sids.push(session.sid.clone());
        let surplus = sids.len().saturating_sub(SESSIONS_OF_ONE);
        if surplus == 0 {
            return Vec::new();
        }
        let mut in_order = sids.clone();
        in_order.sort_by_key(|sid| (ends_at(sid), sid.as_str().to_owned()));
        in_order.truncate(surplus);
        in_order
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
