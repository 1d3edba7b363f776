//! "Thông tin định danh": what is known, and how far it can be believed.

use super::enter::Visit;
use super::history::{PastEvent, named};
use crate::flow::problem::Problem;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::claims::{Claims, Source};

/// What happened to a citizen's account itself: they are told, for it may not have been them.
const NEWS: [AuditKind; 5] = [
    AuditKind::IdentityAdded,
    AuditKind::AccountLinked,
    AuditKind::AccountUnlinked,
    AuditKind::ClaimsUpdated,
    AuditKind::SessionEndedByOperator,
];
/// For how long it is told, in seconds.
const NEWS_SECS: i64 = 30 * 86_400;
/// How much of it at the most.
const NEWS_MOST: i64 = 5;

/// What the page shows.
pub struct Identity {
    /// Everything that is known, with its marks: what VNeID and the population database say, and in its gaps what linked accounts hold.
    pub claims: Claims,
    /// What happened lately, the newest first.
    pub news: Vec<PastEvent>,
}

/// The page. Whoever signed in with an account of before sees what that account holds.
///
/// # Errors
/// When a store does not answer.
pub async fn identity(broker: &Broker, visit: &Visit) -> Result<Identity, Problem> {
    let mut claims = visit.session.claims.clone();
    let Some(citizen) = visit.session.holder.citizen() else {
        return Ok(Identity { claims, news: Vec::new() });
    };
    for link in broker.stores.accounts.links(citizen).await? {
        let portal = broker.registry.find(link.account.namespace.as_str());
        let name = portal.map_or(link.account.namespace.as_str().to_owned(), |p| p.name.vi.clone());
        claims.fill_gaps(&link.account.claims.sourced(&Source::Other(name)));
    }
    let since = visit.now.plus_secs(-NEWS_SECS);
    let news = broker.stores.audit.of_citizen(citizen, &NEWS, None, NEWS_MOST).await?;
    let news = news.into_iter().filter(|e| e.event.at >= since).map(|e| named(broker, e)).collect();
    Ok(Identity { claims, news })
}
