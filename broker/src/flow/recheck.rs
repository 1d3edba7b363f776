//! Accounts that waited for their citizen, looked at again: between the login that found them and the button that is pressed hours may
//! lie, another device, an import, or the word of two people.

use super::handover::{owner_for, refused, told_of};
use super::link::{Outcome, link, open_review, sector, with_ways};
use super::load::Loaded;
use super::population::ask_population;
use super::problem::Problem;
use crate::state::Broker;
use broker_domain::authorization::NoLink;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, CitizenId, SectorId, TraceId};
use broker_domain::linking::{Candidate, Proof, ReviewReason, Verdict, decide_again, questions};
use broker_domain::ports::{CitizenRecord, StoreError, Write};
use broker_domain::session::Session;
use broker_domain::subject::Subject;

/// What became of an account that waited.
pub(super) enum Became {
    /// It is the citizen's, who has this subject at its portal.
    Theirs {
        /// The subject.
        subject: Subject,
    },
    /// It waits for one of these proofs.
    Unproven(Vec<Proof>),
    /// It is not linked.
    Not(NoLink),
}

/// Decides once more about an account that waited, by what the store says of it now, and links it if that is decided. `proof`: how the
/// citizen has just proven it.
///
/// # Errors
/// When a store does not answer.
pub(super) async fn link_again(
    broker: &Broker,
    (loaded, trace): (&Loaded, &TraceId),
    record: &CitizenRecord,
    id: &AccountId,
    proof: Option<Proof>,
) -> Result<Became, Problem> {
    let (citizen, profile) = (&record.citizen.id, &record.citizen.profile);
    let Some(found) = broker.stores.accounts.by_id(id).await? else {
        return Ok(Became::Not(NoLink::Changed));
    };
    let number = found.account.claims.personal_number.as_ref();
    let number_is_former = number.is_some_and(|n| record.other_numbers.contains(&n.value));
    let was_ended = broker.stores.accounts.was_ended(citizen, id).await?;
    let owner = owner_for(Some(citizen), found.owner.as_ref());
    let account = with_ways(broker, found.account);
    let mut candidate = [Candidate { number_is_former, was_ended, proof, ..Candidate::new(account, owner) }];
    ask_population(broker, questions(profile, &candidate), &mut candidate).await;
    let [candidate] = candidate;
    let verdict = decide_again(profile, &candidate);
    let account = candidate.account;
    Ok(match verdict {
        Verdict::Link(evidence) => {
            match link(broker, (loaded, trace), citizen, &account.namespace, id.clone(), evidence).await? {
                Outcome::Linked { subject } => Became::Theirs { subject },
                Outcome::Another => {
                    // Somebody was quicker. What is told is that people look at it.
                    open_review(
                        broker,
                        (loaded, trace),
                        profile,
                        citizen,
                        &account,
                        ReviewReason::LinkedToAnother,
                    )
                    .await?;
                    Became::Not(NoLink::LinkedToAnother)
                }
            }
        }
        Verdict::Linked => {
            let subject = stored_subject(broker, citizen, &sector(&account.namespace), loaded.now).await?;
            Became::Theirs { subject }
        }
        Verdict::Prove(ways) => Became::Unproven(ways),
        Verdict::Review(reason) => {
            open_review(broker, (loaded, trace), profile, citizen, &account, reason).await?;
            Became::Not(told_of(profile, &account, reason))
        }
        Verdict::Refused(status) => Became::Not(refused(status)),
        Verdict::Nothing => Became::Not(NoLink::Changed),
    })
}

/// The subject of a citizen who has an account at a portal: it was stored with the link.
async fn stored_subject(
    broker: &Broker,
    citizen: &CitizenId,
    sector: &SectorId,
    now: Timestamp,
) -> Result<Subject, StoreError> {
    let candidate = Subject::pairwise(&broker.hasher, sector, citizen);
    broker.stores.citizens.subject(citizen, sector, &candidate, now).await
}

/// The session without the accounts that wait no longer at a portal (they are linked meanwhile, or gone), kept so; `None` when there is
/// nothing to change. Whoever would be asked about them could prove nothing, and would never get past the question.
///
/// # Errors
/// When a store does not answer.
pub(super) async fn without_settled(
    broker: &Broker,
    session: &Session,
    sector: &SectorId,
    now: Timestamp,
) -> Result<Option<Session>, Problem> {
    let (Some(citizen), Some(waiting)) = (session.holder.citizen(), session.unproven_at(sector)) else {
        return Ok(None);
    };
    let (mut waiting, before) = (waiting.clone(), waiting.accounts.len());
    let mut theirs = false;
    let mut still = Vec::new();
    for claimable in std::mem::take(&mut waiting.accounts) {
        match broker.stores.accounts.by_id(&claimable.account).await? {
            Some(found) if found.owner.is_none() => still.push(claimable),
            found => theirs |= found.is_some_and(|f| f.owner.as_ref() == Some(citizen)),
        }
    }
    if still.len() == before {
        return Ok(None);
    }
    let mut session = session.clone();
    session.unproven.retain(|u| u.namespace != waiting.namespace);
    if !still.is_empty() {
        waiting.accounts = still;
        session.unproven.push(waiting);
    }
    if theirs && session.subject(sector).is_none() {
        session.subjects.push((sector.clone(), stored_subject(broker, citizen, sector, now).await?));
    }
    broker.stores.expiring.commit(vec![Write::RenewSession(Box::new(session.clone()))]).await?;
    Ok(Some(session))
}
