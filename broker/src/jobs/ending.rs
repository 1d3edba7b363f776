//! The end of sessions: their tokens die, the portals that took part are told.

use crate::state::{Broker, Registry, Stores};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::clock::Clock;
use broker_domain::ids::{ClientId, EventId, SessionId, TraceId};
use broker_domain::logout::LogoutNotice;
use broker_domain::outbox::Outgoing;
use broker_domain::ports::{StoreError, Write};
use broker_domain::secret::{Entropy, Hasher, Purpose};
use broker_domain::session::{Holder, Participant, Session};

/// The notice to a portal that took part in a session, and the one to it after it has joined once more.
const FIRST: &[&[u8]] = &[];
const AGAIN: &[&[u8]] = &[b"again"];

/// What it takes to end sessions: of a running broker, or of a command.
#[derive(Clone, Copy)]
pub struct Ending<'a> {
    /// The stores.
    pub stores: &'a Stores,
    /// Registrations: who listens.
    pub registry: &'a Registry,
    /// Names notices.
    pub hasher: &'a Hasher,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Randomness.
    pub entropy: &'a dyn Entropy,
}

impl<'a> Ending<'a> {
    /// That of a running broker.
    pub fn of(broker: &'a Broker) -> Self {
        Self {
            stores: &broker.stores,
            registry: &broker.registry,
            hasher: &broker.hasher,
            clock: &*broker.clock,
            entropy: &*broker.entropy,
        }
    }

    /// Ends a session. The session goes last, so that a store that fails on the way loses nothing: whoever tries again finds it, and
    /// does the rest. One that is not there is no error.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn end(
        &self,
        trace: Option<&TraceId>,
        sid: &SessionId,
        kind: AuditKind,
    ) -> Result<(), StoreError> {
        let expiring = &self.stores.expiring;
        let Some(session) = expiring.open(None, Some(sid)).await?.session else { return Ok(()) };
        let told = self.tell(&session, &[]).await?;
        let Some(ended) = expiring.end_session(sid).await? else { return Ok(()) };
        // Who joined in between is told too.
        let late = self.tell(&ended.session, &session.participants).await?;
        let session = ended.session;
        let mut event = AuditEvent::new(EventId::generate(self.entropy), self.clock.now(), kind);
        event.citizen = session.holder.citizen().cloned();
        event.sid = Some(session.sid.clone());
        event.trace = trace.cloned();
        event.note = Some(format!("{} portals told", told + late));
        let unlist = Write::Unlist { holder: session.holder, sid: session.sid };
        expiring.commit(vec![unlist, Write::Audit(Box::new(event))]).await?;
        Ok(())
    }

    /// Ends every session of `holder`, on all instances at once. Says how many there were. Who is being signed in at this very moment
    /// may come after it: whoever blocks somebody does that first, and then this.
    ///
    /// # Errors
    /// When a store does not answer: what has ended by then stays ended, and a further call ends the rest.
    pub async fn end_all_of(
        &self,
        holder: &Holder,
        trace: Option<&TraceId>,
        kind: AuditKind,
    ) -> Result<usize, StoreError> {
        self.end_some_of(holder, |_| true, trace, kind).await
    }

    /// The same for those sessions that `which` is true of.
    ///
    /// # Errors
    /// When a store does not answer: what has ended by then stays ended.
    pub async fn end_some_of(
        &self,
        holder: &Holder,
        which: impl Fn(&Session) -> bool,
        trace: Option<&TraceId>,
        kind: AuditKind,
    ) -> Result<usize, StoreError> {
        let mut all = self.stores.expiring.sessions_of(holder).await?;
        all.retain(|session| which(session));
        for session in &all {
            self.end(trace, &session.sid, kind).await?;
        }
        Ok(all.len())
    }

    /// Tells the portals that took part, and ends their tokens, but for those that were told before. One that was told and joined once
    /// more since is told once more: it may have begun a session of its own in between.
    async fn tell(&self, session: &Session, before: &[Participant]) -> Result<usize, StoreError> {
        let new: Vec<&Participant> =
            session.participants.iter().filter(|p| before.iter().all(|b| b.family != p.family)).collect();
        if new.is_empty() {
            return Ok(0);
        }
        let mut notices = self.notices(session);
        notices.retain(|n| new.iter().any(|p| p.client == n.client));
        for notice in &mut notices {
            if before.iter().any(|b| b.client == notice.client) {
                notice.id = self.notice_id(session, &notice.client, AGAIN);
            }
        }
        if !notices.is_empty() {
            let all: Vec<Outgoing> = notices.iter().cloned().map(Outgoing::from).collect();
            self.stores.outbox.push(&all, None).await?;
        }
        let revoked = new.into_iter().map(|p| Write::RevokeFamily(p.family.clone())).collect();
        self.stores.expiring.commit(revoked).await?;
        Ok(notices.len())
    }

    fn notices(&self, session: &Session) -> Vec<LogoutNotice> {
        let mut told: Vec<LogoutNotice> = Vec::new();
        for participant in &session.participants {
            let Some(client) = self.registry.enabled(&participant.client) else { continue };
            let listens = client.metadata.backchannel_logout_uri.is_some();
            if listens && !told.iter().any(|n| n.client == client.id) {
                told.push(LogoutNotice {
                    id: self.notice_id(session, &client.id, FIRST),
                    client: client.id.clone(),
                    subject: session.subject(&client.sector()).cloned(),
                    sid: session.sid.clone(),
                    at: self.clock.now(),
                });
            }
        }
        told
    }

    /// The same for the same portal and session: a logout that is tried again, or in two tabs at once, tells nobody twice.
    fn notice_id(&self, session: &Session, client: &ClientId, which: &[&[u8]]) -> EventId {
        let mut parts = vec![session.sid.as_str().as_bytes(), client.as_str().as_bytes()];
        parts.extend(which);
        let text = self.hasher.hash_parts(Purpose::Notice, &parts).to_text();
        EventId::new(text.get(..22).unwrap_or(&text))
    }
}
