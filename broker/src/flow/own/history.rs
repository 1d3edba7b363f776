//! What happened to a citizen's account: from the audit log, page by page.

use super::enter::Visit;
use crate::flow::problem::Problem;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::client::LocalizedName;
use broker_domain::clock::Timestamp;
use broker_domain::ports::ChainedEvent;

/// What the page shows.
pub(super) const KINDS: [AuditKind; 16] = [
    AuditKind::SignedIn,
    AuditKind::SingleSignOn,
    AuditKind::ArrivalRefused,
    AuditKind::CitizenRecorded,
    AuditKind::IdentityAdded,
    AuditKind::ConsentGiven,
    AuditKind::ConsentRefused,
    AuditKind::AccountLinked,
    AuditKind::AccountUnlinked,
    AuditKind::SignedOut,
    AuditKind::SessionReplaced,
    AuditKind::DataTaken,
    AuditKind::SessionEnded,
    AuditKind::UnlinkAsked,
    AuditKind::ClaimsUpdated,
    AuditKind::SessionEndedByOperator,
];

/// Lines of one page.
const LINES: usize = 20;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: AuditKind,
    /// At which portal, by its name or, when it is no longer registered, its id.
    pub portal: Option<LocalizedName>,
    /// The level of authentication, or another word of ours.
    pub note: Option<String>,
}

/// A page of the history.
pub struct HistoryPage {
    /// The newest first.
    pub events: Vec<PastEvent>,
    /// Where the next page begins, when there is one.
    pub before: Option<i64>,
}

/// An entry of the log with its portal's name.
pub(super) fn named(broker: &Broker, entry: ChainedEvent) -> PastEvent {
    let portal = entry.event.client.map(|id| match broker.registry.find(id.as_str()) {
        Some(client) => client.name.clone(),
        None => LocalizedName { vi: id.as_str().to_owned(), en: String::new() },
    });
    PastEvent { at: entry.event.at, kind: entry.event.kind, portal, note: entry.event.note }
}

/// A page: from the newest, or from where the page before it ended.
///
/// # Errors
/// When a store does not answer, or who signed in is no citizen.
pub async fn history(broker: &Broker, visit: &Visit, before: Option<i64>) -> Result<HistoryPage, Problem> {
    let limit = i64::try_from(LINES).unwrap_or(20) + 1;
    let mut found = broker.stores.audit.of_citizen(visit.citizen()?, &KINDS, before, limit).await?;
    let more = found.len() > LINES;
    found.truncate(LINES);
    let before = found.last().filter(|_| more).map(|e| e.seq);
    Ok(HistoryPage { events: found.into_iter().map(|e| named(broker, e)).collect(), before })
}
