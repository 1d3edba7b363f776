//! The citizen's living sessions, and their end.

use super::enter::Visit;
use crate::extract::Browser;
use crate::flow::problem::Problem;
use crate::jobs::Ending;
use crate::state::{Broker, OWN_CLIENT};
use broker_domain::audit::AuditKind;
use broker_domain::client::{LocalizedName, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::ids::SessionId;
use broker_domain::level::Level;

/// A living session.
pub struct OwnSession {
    /// Which.
    pub sid: SessionId,
    /// Whether it is the one that looks at the page.
    pub is_this: bool,
    /// When it began.
    pub began: Timestamp,
    /// When it was used last.
    pub used: Timestamp,
    /// How they signed in.
    pub method: SignInMethod,
    /// How strongly.
    pub level: Level,
    /// The portals that took part.
    pub portals: Vec<LocalizedName>,
}

/// Which sessions are to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndWhich {
    /// One.
    One(SessionId),
    /// All but this one.
    Others,
    /// All.
    All,
}

/// The sessions: this one first, then those that began last.
///
/// # Errors
/// When a store does not answer.
pub async fn own_sessions(broker: &Broker, visit: &Visit) -> Result<Vec<OwnSession>, Problem> {
    let mut all = broker.stores.expiring.sessions_of(&visit.session.holder).await?;
    all.retain(|s| s.is_alive(visit.now));
    all.sort_by_key(|s| (s.sid != visit.session.sid, std::cmp::Reverse(s.created_at)));
    let own = all.into_iter().map(|session| {
        let mut portals: Vec<LocalizedName> = Vec::new();
        for participant in session.participants.iter().filter(|p| p.client.as_str() != OWN_CLIENT) {
            let name = match broker.registry.find(participant.client.as_str()) {
                Some(client) => client.name.clone(),
                None => LocalizedName { vi: participant.client.as_str().to_owned(), en: String::new() },
            };
            if !portals.contains(&name) {
                portals.push(name);
            }
        }
        OwnSession {
            is_this: session.sid == visit.session.sid,
            began: session.created_at,
            used: session.used_at(broker.rules.sessions),
            method: session.method,
            level: session.level,
            portals,
            sid: session.sid,
        }
    });
    Ok(own.collect())
}

/// Ends sessions of whoever is signed in, and nobody else's; this one last. Says whether this one has ended.
///
/// # Errors
/// When a store does not answer: what has ended by then stays ended.
pub async fn end_sessions(
    broker: &Broker,
    browser: &Browser,
    visit: &Visit,
    which: &EndWhich,
) -> Result<bool, Problem> {
    let this = &visit.session.sid;
    let own = broker.stores.expiring.sessions_of(&visit.session.holder).await?;
    let mut ending: Vec<&SessionId> = own
        .iter()
        .map(|s| &s.sid)
        .filter(|sid| match which {
            EndWhich::One(one) => *sid == one,
            EndWhich::Others => *sid != this,
            EndWhich::All => true,
        })
        .collect();
    // Whatever the list says, this one is theirs.
    if (*which == EndWhich::All || *which == EndWhich::One(this.clone())) && !ending.contains(&this) {
        ending.push(this);
    }
    ending.sort_by_key(|sid| *sid == this);
    for sid in &ending {
        Ending::of(broker).end(Some(&browser.trace), sid, AuditKind::SessionEnded).await?;
    }
    Ok(ending.contains(&this))
}
