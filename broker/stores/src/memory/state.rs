//! What the in-process store holds.

use super::family::Family;
use super::holders::Holders;
use super::limits::Counts;
use super::rates::Windows;
use crate::limits::{PARTICIPANTS, beside};
use broker_domain::audit::AuditEvent;
use broker_domain::authorization::{Interaction, Step};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{FamilyId, InteractionId, SessionId};
use broker_domain::ports::{Taken, Write, Written};
use broker_domain::secret::SecretHash;
use broker_domain::session::{Holder, Session};
use std::collections::{HashMap, VecDeque};

/// Seconds between two sweeps.
const SWEEP_SECS: i64 = 60;
/// Interactions at the most: anybody can begin one, and memory is not without end. The oldest give way.
pub(super) const INTERACTIONS: usize = 100_000;

struct Kept {
    interaction: Interaction,
    state: Option<SecretHash>,
    kept_until: Timestamp,
}

#[derive(Default)]
pub(super) struct State {
    interactions: HashMap<InteractionId, Kept>,
    sessions: HashMap<SessionId, Session>,
    holders: Holders,
    pub(super) families: HashMap<FamilyId, Family>,
    pub(super) events: VecDeque<AuditEvent>,
    pub(super) leases: HashMap<String, (String, Timestamp)>,
    pub(super) counts: Counts,
    pub(super) rates: Windows,
    swept_at: Timestamp,
}

impl State {
    /// Drops what nobody can ask for any more.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        if now.secs_since(self.swept_at).abs() < SWEEP_SECS {
            return;
        }
        self.swept_at = now;
        self.interactions.retain(|_, k| now < k.kept_until);
        // One that idled out is kept to its end: who ends it still has portals to tell.
        self.sessions.retain(|_, s| now < s.ends_at);
        self.holders.sweep(|sid| self.sessions.contains_key(sid));
        self.families.retain(|_, f| now < f.forget_at);
        self.leases.retain(|_, (_, until)| now < *until);
        self.counts.sweep(now);
        self.rates.sweep(now);
    }

    /// Makes room for one more interaction: a tenth of them goes at once, so that this is seldom.
    fn make_room(&mut self) {
        if self.interactions.len() < INTERACTIONS {
            return;
        }
        let mut ages: Vec<Timestamp> = self.interactions.values().map(|k| k.interaction.created_at).collect();
        let (_, limit, _) = ages.select_nth_unstable(INTERACTIONS / 10);
        let (limit, mut gone) = (*limit, 0);
        self.interactions.retain(|_, k| {
            let goes = k.interaction.created_at <= limit && gone <= INTERACTIONS / 10;
            gone += usize::from(goes);
            !goes
        });
    }

    pub(super) fn write(&mut self, write: Write, now: Timestamp) -> Written {
        match write {
            Write::BeginInteraction(interaction) => {
                self.make_room();
                self.keep(*interaction, now);
                Written::Done
            }
            Write::SaveInteraction { interaction, from } => match self.interactions.get(&interaction.id) {
                Some(kept) if kept.interaction.version == from => {
                    self.keep(*interaction, now);
                    Written::Done
                }
                _ => Written::Lost,
            },
            Write::OpenSession(session) => {
                let written = self.list(&session);
                self.sessions.insert(session.sid.clone(), *session);
                written
            }
            Write::RenewSession(session) => match self.sessions.get_mut(&session.sid) {
                Some(kept) => {
                    let participants = std::mem::take(&mut kept.participants);
                    let before = std::mem::take(&mut kept.subjects);
                    *kept = *session;
                    kept.participants = participants;
                    let added: Vec<_> =
                        before.into_iter().filter(|(s, _)| kept.subject(s).is_none()).collect();
                    kept.subjects.extend(added);
                    let kept = kept.clone();
                    self.list(&kept)
                }
                None => Written::Lost,
            },
            Write::Join { sid, participant, subject, idle_until, now } => match self.sessions.get_mut(&sid) {
                Some(kept) if kept.is_alive(now) => {
                    let joining = participant.family.clone();
                    kept.participants.retain(|p| now < p.expires_at && p.family != joining);
                    kept.participants.push(participant);
                    let surplus = kept.participants.len().saturating_sub(PARTICIPANTS);
                    kept.participants.drain(..surplus);
                    if let Some((sector, sub)) = subject
                        && kept.subject(&sector).is_none()
                    {
                        kept.subjects.push((sector, sub));
                    }
                    kept.idle_until = idle_until;
                    Written::Done
                }
                _ => Written::Lost,
            },
            Write::OpenGrant { grant, code, access, expires_at } => {
                self.families.insert(grant.family.clone(), Family::open(*grant, code, access, expires_at));
                Written::Done
            }
            Write::AttachTokens { family, access, refresh } => {
                let attached = self.families.get_mut(&family).is_some_and(|f| f.attach(access, refresh));
                if attached { Written::Done } else { Written::Lost }
            }
            Write::RevokeFamily(family) => {
                if let Some(family) = self.families.get_mut(&family) {
                    family.revoke(now);
                }
                Written::Done
            }
            Write::Unlist { holder, sid } => {
                self.holders.unlist(&holder, &sid);
                Written::Done
            }
            Write::Audit(event) => {
                self.events.push_back(*event);
                Written::Done
            }
        }
    }

    fn list(&mut self, session: &Session) -> Written {
        let own_end = |sid: &SessionId| (*sid == session.sid).then_some(session.ends_at);
        let ends_at = |sid: &SessionId| own_end(sid).or_else(|| self.sessions.get(sid).map(|s| s.ends_at));
        beside(self.holders.list(session, ends_at))
    }

    pub(super) fn sessions_of(&self, holder: &Holder) -> Vec<Session> {
        let listed = self.holders.of(holder).iter().filter_map(|sid| self.sessions.get(sid));
        let mut found: Vec<Session> = listed.filter(|s| s.holder == *holder).cloned().collect();
        found.sort_by(|a, b| (a.created_at, &a.sid).cmp(&(b.created_at, &b.sid)));
        found
    }

    fn keep(&mut self, interaction: Interaction, now: Timestamp) {
        let state = match &interaction.step {
            Step::AtVneid(attempt) => Some(attempt.state),
            _ => None,
        };
        let kept_until = now.plus_secs(interaction.kept_secs());
        self.interactions.insert(interaction.id.clone(), Kept { interaction, state, kept_until });
    }

    pub(super) fn interaction(&self, id: &InteractionId) -> Option<Interaction> {
        self.interactions.get(id).map(|k| k.interaction.clone())
    }

    pub(super) fn session(&self, sid: &SessionId) -> Option<Session> {
        self.sessions.get(sid).cloned()
    }

    pub(super) fn end_session(&mut self, sid: &SessionId) -> Option<Session> {
        self.sessions.remove(sid)
    }

    pub(super) fn take_return(&mut self, id: &InteractionId, state: &SecretHash) -> Taken {
        match self.interactions.get_mut(id) {
            None => Taken::Unknown,
            Some(kept) if kept.state.as_ref() == Some(state) => {
                kept.state = None;
                Taken::Taken(Box::new(kept.interaction.clone()))
            }
            Some(kept) => Taken::Stale(Box::new(kept.interaction.clone())),
        }
    }
}
