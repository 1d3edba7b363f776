//! "Danh sách tài khoản liên kết".

use super::enter::Visit;
use crate::flow::problem::Problem;
use crate::state::Broker;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, Namespace};
use broker_domain::linking::Evidence;
use broker_domain::subject::Subject;

/// A linked account.
pub struct LinkedOne {
    /// Ours.
    pub account: AccountId,
    /// Where it had been created.
    pub namespace: Namespace,
    /// The key under which that portal keeps it.
    pub tech_id: Subject,
    /// Since when.
    pub linked_at: Timestamp,
    /// Why.
    pub evidence: Evidence,
    /// Whether its end was asked for, and people have not decided yet.
    pub unlinking: bool,
}

/// What the page shows.
pub struct Links {
    /// The number that VNeID proved, or the tax code of the organization.
    pub number: Option<String>,
    /// When that was recorded here for the first time.
    pub since: Option<Timestamp>,
    /// Accounts of before, those linked first at the front.
    pub accounts: Vec<LinkedOne>,
}

/// The list.
///
/// # Errors
/// When a store does not answer, or who signed in is no citizen.
pub async fn links(broker: &Broker, visit: &Visit) -> Result<Links, Problem> {
    let citizen = visit.citizen()?;
    let claims = &visit.session.claims;
    let tax_code = claims.tax_code.as_ref().map(|c| c.value.as_str().to_owned());
    let number = tax_code.or_else(|| claims.personal_number.as_ref().map(|n| n.value.as_str().to_owned()));
    let since = broker.stores.own_data.record(citizen).await?.map(|r| r.recorded_at);
    let unlinking = broker.stores.own_data.unlinking(citizen).await?;
    let accounts = broker.stores.accounts.links(citizen).await?.into_iter().map(|link| LinkedOne {
        unlinking: unlinking.contains(&link.account.id),
        namespace: link.account.namespace,
        account: link.account.id,
        tech_id: link.account.tech_id,
        linked_at: link.linked_at,
        evidence: link.evidence,
    });
    Ok(Links { number, since, accounts: accounts.collect() })
}
