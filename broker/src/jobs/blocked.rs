//! Who was blocked, or is known to have died, is signed in nowhere any more, and who has lost an account signs in anew, since their
//! session still names its subject. Every instance looks for them once a second, whoever recorded it, and finds also a session that
//! was opened at the very moment.

use super::ending::Ending;
use super::instance::Jobs;
use broker_domain::audit::AuditKind;
use broker_domain::ports::StoreError;
use broker_domain::session::{Holder, Session};

/// How far back each look goes, in seconds: the clocks of two machines differ, and a pass can fail.
const BACK_SECS: i64 = 900;

impl Jobs {
    /// Ends the sessions of citizens who may no longer be signed in, and those that were opened before their citizen lost an account;
    /// says how many ended. `all`: also of long ago, as far as sessions can last, for the first look of an instance.
    ///
    /// # Errors
    /// When a store does not answer; the next look ends the rest.
    pub async fn end_blocked(&self, all: bool) -> Result<usize, StoreError> {
        let broker = &self.broker;
        let back = if all { broker.rules.sessions.absolute.max(BACK_SECS) } else { BACK_SECS };
        let since = broker.clock.now().plus_secs(-back);
        let mut ended = 0;
        for citizen in broker.stores.own_data.stopped_since(since).await? {
            let holder = Holder::Citizen(citizen);
            let kind = AuditKind::SessionEndedByOperator;
            ended += Ending::of(broker).end_all_of(&holder, None, kind).await?;
        }
        for (citizen, at) in broker.stores.own_data.links_ended_since(since).await? {
            // A session's end is counted from the last time that its citizen came from VNeID.
            let lasts = broker.rules.sessions.absolute;
            // The clock of whoever ended the link may be ahead of this one: nobody is to wait for it.
            let at = at.min(broker.clock.now());
            let before = |session: &Session| session.ends_at.plus_secs(-lasts) <= at;
            let (holder, kind) = (Holder::Citizen(citizen), AuditKind::SessionEndedByOperator);
            ended += Ending::of(broker).end_some_of(&holder, before, None, kind).await?;
        }
        // What had been opened by an account itself ends when operators give it to somebody, as it does when a citizen links it.
        for account in broker.stores.own_data.given_since(since).await? {
            let (holder, kind) = (Holder::Account(account), AuditKind::SessionReplaced);
            ended += Ending::of(broker).end_all_of(&holder, None, kind).await?;
        }
        Ok(ended)
    }
}
