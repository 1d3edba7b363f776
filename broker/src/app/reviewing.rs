//! What two people decided is carried out: for the command line, and for whatever else operators use.

use super::open::Opened;
use crate::state::Registry;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::event::UnlinkReason;
use broker_domain::ids::{AccountId, CitizenId, EventId, ReviewId, SectorId};
use broker_domain::linking::{BadStep, Evidence, NewReview, Outcome, Ruling, Standing, Vote, may_be_linked};
use broker_domain::ports::{
    Added, EndLink, Linked, MoveAccount, Moved, NewLink, OpenedReview, Review, Stepped, StoreError,
};

/// What came of somebody's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It counts; the case goes on.
    Counts(Standing),
    /// Two people said the same: it was carried out, or could not be.
    Ended(Ruling, Outcome),
    /// It does not count.
    Refused(BadStep),
    /// There is no such case.
    Unknown,
}

/// Somebody says something about a case. When that makes two who say the same, it is carried out at once. What two people agreed on and
/// was not carried out, because a store went away in between, is carried out when anybody says anything to the case again.
///
/// # Errors
/// When a store does not answer. What was said stays said.
pub async fn say(opened: &Opened, id: &ReviewId, vote: &Vote) -> Result<Said, StoreError> {
    let reviews = &opened.stores.reviews;
    let ruling = match reviews.vote(id, vote).await? {
        Stepped::Unknown => return Ok(Said::Unknown),
        Stepped::Yes(standing) => {
            let note = format!("{id}: {} by {}", vote.ruling.as_str(), vote.by);
            let about = reviews.review(id).await?.map(|r| r.citizen);
            record(opened, AuditKind::ReviewVoted, about, note).await?;
            match standing {
                Standing::Agreed(ruling) => ruling,
                standing => return Ok(Said::Counts(standing)),
            }
        }
        Stepped::No(bad) => {
            let review = reviews.review(id).await?;
            match review.map(|r| r.case.standing()) {
                Some(Standing::Agreed(ruling)) => ruling,
                _ => return Ok(Said::Refused(bad)),
            }
        }
    };
    let Some(review) = reviews.review(id).await? else { return Ok(Said::Unknown) };
    let outcome = carry_out(opened, &review, ruling).await?;
    match reviews.close(id, outcome, opened.clock.now()).await? {
        Stepped::Yes(ruling) => {
            let note = format!("{id}: {} {}", ruling.as_str(), outcome.as_str());
            record(opened, AuditKind::ReviewClosed, Some(review.citizen), note).await?;
            Ok(Said::Ended(ruling, outcome))
        }
        // Somebody else carried it out at the same moment.
        Stepped::No(bad) => Ok(Said::Refused(bad)),
        Stepped::Unknown => Ok(Said::Unknown),
    }
}

/// Opens a case on an operator's behalf, whose word is the first of the two. When it is open already, their word is added to it.
///
/// # Errors
/// When a store does not answer.
pub async fn ask(opened: &Opened, review: NewReview, vote: Vote) -> Result<(ReviewId, Said), StoreError> {
    let standing = Standing::One(vote.ruling);
    let review = NewReview { first: Some(vote.clone()), ..review };
    match opened.stores.reviews.open(&review).await? {
        OpenedReview::Now(id) => {
            let note = format!("{id}: {} by {}", review.reason.as_str(), vote.by);
            record(opened, AuditKind::ReviewOpened, Some(review.citizen), note).await?;
            Ok((id, Said::Counts(standing)))
        }
        OpenedReview::Before(id) | OpenedReview::Rejected(id) => {
            let said = say(opened, &id, &vote).await?;
            Ok((id, said))
        }
    }
}

/// Writes an audit event of the review queue.
///
/// # Errors
/// When the store does not answer.
pub async fn record(
    opened: &Opened,
    kind: AuditKind,
    citizen: Option<CitizenId>,
    note: String,
) -> Result<(), StoreError> {
    opened.stores.audit.append(&[event(opened, kind, citizen, note)]).await
}

fn event(opened: &Opened, kind: AuditKind, citizen: Option<CitizenId>, note: String) -> AuditEvent {
    let mut event = AuditEvent::new(EventId::generate(&*opened.entropy), opened.clock.now(), kind);
    event.citizen = citizen;
    event.note = Some(note);
    event
}

/// Those who agreed, by their names.
fn names(review: &Review, ruling: Ruling) -> String {
    let votes = review.case.votes().iter().filter(|v| v.ruling == ruling);
    let mut names: Vec<&str> = votes.map(|v| v.by.name()).collect();
    names.dedup();
    names.join("+")
}

async fn carry_out(opened: &Opened, review: &Review, ruling: Ruling) -> Result<Outcome, StoreError> {
    match (ruling, &review.account) {
        (Ruling::Reject, _) => Ok(Outcome::Done),
        (Ruling::Accept, _) => accept(opened, review).await,
        (Ruling::Link | Ruling::Move, Some(account)) => give(opened, review, ruling, account).await,
        (Ruling::Unlink, Some(account)) => unlink(opened, review, account).await,
        (Ruling::Link | Ruling::Move | Ruling::Unlink, None) => Ok(Outcome::Impossible),
    }
}

/// The number and the identity that came are the citizen's: at the next login they are known.
async fn accept(opened: &Opened, review: &Review) -> Result<Outcome, StoreError> {
    let (citizens, now) = (&opened.stores.citizens, opened.clock.now());
    if let Some(number) = &review.dossier.number {
        match citizens.add_number(&review.citizen, number, now).await? {
            Added::Now => {
                let note = format!("by {}", names(review, Ruling::Accept));
                record(opened, AuditKind::NumberChanged, Some(review.citizen.clone()), note).await?;
            }
            Added::Before => {}
            Added::Another => return Ok(Outcome::Impossible),
        }
    }
    if let Some(identity) = &review.dossier.identity {
        match citizens.add_identity(&review.citizen, identity, now).await? {
            Added::Now => {
                let note = format!("by {}", names(review, Ruling::Accept));
                record(opened, AuditKind::IdentityAdded, Some(review.citizen.clone()), note).await?;
            }
            Added::Before => {}
            Added::Another => return Ok(Outcome::Impossible),
        }
    }
    Ok(Outcome::Done)
}

async fn give(
    opened: &Opened,
    review: &Review,
    ruling: Ruling,
    account: &AccountId,
) -> Result<Outcome, StoreError> {
    let (accounts, now) = (&opened.stores.accounts, opened.clock.now());
    let kept = accounts.by_id(account).await?;
    let citizen = opened.stores.citizens.citizen(&review.citizen).await?;
    let (Some(kept), Some(citizen)) = (kept, citizen) else { return Ok(Outcome::Impossible) };
    if !may_be_linked(citizen.citizen.status, citizen.citizen.profile.kind, &kept.account) {
        return Ok(Outcome::Impossible);
    }
    let sector = SectorId::new(kept.account.namespace.as_str());
    let registry = Registry::default();
    registry.reload(&*opened.stores.registrations, &*opened.stores.sectors).await?;
    let tell = registry.listeners(&sector);
    let by = names(review, ruling);
    let said = |kind| event(opened, kind, Some(review.citizen.clone()), format!("by {by}"));
    // `from`: nobody, of an account whose link has ended. Its TechID may still name whoever had it, and goes over too.
    let over = async |from| {
        let wanted = MoveAccount {
            account: account.clone(),
            from,
            to: review.citizen.clone(),
            sector: sector.clone(),
            by: by.clone(),
            tell: tell.clone(),
            said: said(AuditKind::AccountMoved),
            now,
        };
        accounts.move_account(&wanted).await.map(|m| !matches!(m, Moved::Elsewhere))
    };
    let done = match kept.owner {
        Some(owner) if owner == review.citizen => return Ok(Outcome::Done),
        Some(_) if ruling == Ruling::Link => return Ok(Outcome::Impossible),
        from if ruling == Ruling::Move => over(from).await,
        _ => {
            let wanted = NewLink {
                citizen: review.citizen.clone(),
                account: account.clone(),
                evidence: Evidence::Reviewed,
                by: Some(by.clone()),
                sector: sector.clone(),
                tell: tell.clone(),
                said: said(AuditKind::AccountLinked),
                now,
            };
            match accounts.link(&wanted).await {
                Err(StoreError::Conflict(_)) => over(None).await,
                linked => linked.map(|l| !matches!(l, Linked::Another)),
            }
        }
    };
    match done {
        Ok(true) => Ok(Outcome::Done),
        // Its TechID names somebody else, whose account it is not: that must be settled first.
        Ok(false) | Err(StoreError::Conflict(_)) => Ok(Outcome::Impossible),
        Err(error) => Err(error),
    }
}

async fn unlink(opened: &Opened, review: &Review, account: &AccountId) -> Result<Outcome, StoreError> {
    let Some(kept) = opened.stores.accounts.by_id(account).await? else { return Ok(Outcome::Impossible) };
    let registry = Registry::default();
    registry.reload(&*opened.stores.registrations, &*opened.stores.sectors).await?;
    let by = names(review, Ruling::Unlink);
    let wanted = EndLink {
        citizen: review.citizen.clone(),
        account: account.clone(),
        why: review.dossier.unlink.unwrap_or(UnlinkReason::Mistake),
        said: event(opened, AuditKind::AccountUnlinked, Some(review.citizen.clone()), format!("by {by}")),
        by,
        tell: registry.listeners(&SectorId::new(kept.account.namespace.as_str())),
        now: opened.clock.now(),
    };
    // Whoever comes second finds it ended: then it is as it was to be.
    opened.stores.accounts.unlink(&wanted).await?;
    Ok(Outcome::Done)
}
