//! "Yêu cầu hủy liên kết": people decide it, not the page.

use super::enter::Visit;
use super::links::{LinkedOne, links};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::flow::problem::Problem;
use crate::state::Broker;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::{AccountId, EventId, ReviewId};
use broker_domain::linking::{Dossier, NewReview, ReviewReason};
use broker_domain::ports::{OpenedReview, Write};

/// The linked account that a page is about: one of the citizen's own.
///
/// # Errors
/// [`Code::LinkedAccountUnknown`].
pub async fn linked(broker: &Broker, visit: &Visit, account: &AccountId) -> Result<LinkedOne, Problem> {
    let mut all = links(broker, visit).await?.accounts.into_iter();
    all.find(|l| l.account == *account).ok_or_else(|| visit.problem(Code::LinkedAccountUnknown))
}

/// The citizen asks for the end of a link: a case is opened that two people decide. `why` is one of our own words. Asking again while
/// it is under way changes nothing.
///
/// # Errors
/// [`Code::LinkedAccountUnknown`], and [`Code::UnlinkRejected`] when two people have decided the same question already.
pub async fn ask_unlink(
    broker: &Broker,
    browser: &Browser,
    visit: &Visit,
    account: &AccountId,
    why: &str,
) -> Result<(), Problem> {
    let citizen = visit.citizen()?;
    let kept = broker.stores.accounts.links(citizen).await?.into_iter().find(|l| l.account.id == *account);
    let link = kept.ok_or_else(|| visit.problem(Code::LinkedAccountUnknown))?;
    let record = broker.stores.own_data.record(citizen).await?;
    let record = record.ok_or_else(|| visit.problem(Code::LinkedAccountUnknown))?;
    let dossier =
        Dossier { words: Some(why.to_owned()), ..Dossier::of_account(&record.profile, &link.account) };
    let review = NewReview {
        id: ReviewId::generate(&*broker.entropy),
        reason: ReviewReason::UnlinkWanted,
        citizen: citizen.clone(),
        account: Some(account.clone()),
        interaction: None,
        dossier,
        first: None,
        now: visit.now,
    };
    match broker.stores.reviews.open(&review).await? {
        OpenedReview::Now(_) => {}
        OpenedReview::Before(_) => return Ok(()),
        OpenedReview::Rejected(_) => return Err(visit.problem(Code::UnlinkRejected)),
    }
    let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), visit.now, AuditKind::UnlinkAsked);
    event.citizen = Some(citizen.clone());
    event.client = broker.registry.find(link.account.namespace.as_str()).map(|c| c.id.clone());
    event.sid = Some(visit.session.sid.clone());
    event.trace = Some(browser.trace.clone());
    event.note = Some(why.to_owned());
    broker.stores.expiring.commit(vec![Write::Audit(Box::new(event))]).await?;
    Ok(())
}
