//! What expires, kept in the process: for a single instance, the demo and tests. The same rules as in Redis, under one lock.

mod announcements;
mod family;
mod holders;
mod limits;
mod rates;
mod state;

pub use announcements::LocalAnnouncements;

use crate::meter;
use async_trait::async_trait;
use broker_domain::audit::AuditEvent;
use broker_domain::clock::{Clock, Timestamp};
use broker_domain::ids::{ClientId, FamilyId, InteractionId, SessionId};
use broker_domain::ports::{Expiring, Opened, Participants, StoreError, Taken, Write, Written};
use broker_domain::secret::SecretHash;
use broker_domain::session::{Holder, Session};
use broker_domain::token::{LiveToken, Redeemed, Refreshed, Rotation};
use state::State;
use std::sync::{Arc, Mutex, MutexGuard};

/// The in-process store.
pub struct Memory {
    state: Mutex<State>,
    clock: Arc<dyn Clock>,
}

impl Memory {
    /// An empty one.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { state: Mutex::default(), clock }
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        self.state.lock().map_err(|_| StoreError::Unavailable("the in-process store is poisoned".to_owned()))
    }

    /// One step, counted like a round trip, so that budgets hold on both stores.
    async fn step<T>(&self, work: impl FnOnce(&mut State) -> T + Send) -> Result<T, StoreError> {
        meter::round_trip("step", 1, async {
            let mut state = self.state()?;
            state.sweep(self.clock.now());
            Ok(work(&mut state))
        })
        .await
    }
}

#[async_trait]
impl Expiring for Memory {
    async fn commit(&self, writes: Vec<Write>) -> Result<Vec<Written>, StoreError> {
        let now = self.clock.now();
        self.step(|s| writes.into_iter().map(|w| s.write(w, now)).collect()).await
    }

    async fn open(
        &self,
        interaction: Option<&InteractionId>,
        session: Option<&SessionId>,
    ) -> Result<Opened, StoreError> {
        self.step(|s| Opened {
            interaction: interaction.and_then(|id| s.interaction(id)),
            session: session.and_then(|sid| s.session(sid)),
        })
        .await
    }

    async fn take_return(
        &self,
        interaction: &InteractionId,
        state: &SecretHash,
        session: Option<&SessionId>,
    ) -> Result<(Taken, Option<Session>), StoreError> {
        self.step(|s| (s.take_return(interaction, state), session.and_then(|sid| s.session(sid)))).await
    }

    async fn end_session(&self, sid: &SessionId) -> Result<Option<Participants>, StoreError> {
        self.step(|s| s.end_session(sid).map(|session| Participants { session })).await
    }

    async fn sessions_of(&self, holder: &Holder) -> Result<Vec<Session>, StoreError> {
        self.step(|s| s.sessions_of(holder)).await
    }

    async fn redeem(
        &self,
        family: &FamilyId,
        code: &SecretHash,
        now: Timestamp,
    ) -> Result<Redeemed, StoreError> {
        self.step(|s| s.families.get_mut(family).map_or(Redeemed::Unknown, |f| f.redeem(code, now))).await
    }

    async fn refresh(&self, rotation: Rotation) -> Result<Refreshed, StoreError> {
        self.step(|s| {
            s.families.get_mut(&rotation.family).map_or(Refreshed::Unknown, |f| f.refresh(&rotation))
        })
        .await
    }

    async fn access(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError> {
        self.step(|s| s.families.get(family).and_then(|f| f.access(token, now))).await
    }

    async fn refresh_token(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, StoreError> {
        self.step(|s| s.families.get(family).and_then(|f| f.refresh_token(token, now))).await
    }

    async fn revoke_access(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        client: &ClientId,
    ) -> Result<bool, StoreError> {
        self.step(|s| s.families.get_mut(family).is_some_and(|f| f.revoke_access(token, client))).await
    }

    async fn revoke_refresh(
        &self,
        family: &FamilyId,
        token: &SecretHash,
        client: &ClientId,
    ) -> Result<bool, StoreError> {
        let now = self.clock.now();
        self.step(|s| s.families.get_mut(family).is_some_and(|f| f.revoke_refresh(token, client, now))).await
    }

    async fn pending_events(&self, limit: usize) -> Result<Vec<AuditEvent>, StoreError> {
        self.step(|s| s.events.iter().take(limit).cloned().collect()).await
    }

    async fn drop_events(&self, owner: &str, count: usize) -> Result<bool, StoreError> {
        let now = self.clock.now();
        self.step(|s| {
            let holds = s.leases.get("audit").is_some_and(|(o, until)| o == owner && now < *until);
            if holds {
                s.events.drain(..count.min(s.events.len()));
            }
            holds
        })
        .await
    }

    async fn lease(&self, name: &str, owner: &str, secs: i64) -> Result<bool, StoreError> {
        let now = self.clock.now();
        self.step(|s| {
            let free = s.leases.get(name).is_none_or(|(o, until)| o == owner || now >= *until);
            if free {
                s.leases.insert(name.to_owned(), (owner.to_owned(), now.plus_secs(secs)));
            }
            free
        })
        .await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        // Also when nobody comes, what is over goes.
        self.state().map(|mut state| state.sweep(self.clock.now()))
    }
}
