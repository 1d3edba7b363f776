//! The account that the citizen signed in to before VNeID: whether whoever came back is its owner.

use super::load::Loaded;
use super::logout::end_quietly;
use super::population::ask_population;
use super::problem::{Failed, Problem};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{NoLink, OpenedAccount, Told};
use broker_domain::ids::{AccountId, CitizenId, Namespace};
use broker_domain::linking::{
    Candidate, Evidence, Handover, LegacyAccount, LegacyStatus, Owner, Proof, ReviewReason, differing,
    hand_over, questions,
};
use broker_domain::person::Profile;
use broker_domain::ports::KeptAccount;

/// What is to be done about it.
#[derive(Default)]
pub(super) struct Handed {
    /// A link that was proven.
    pub(super) link: Option<(Namespace, AccountId, Evidence)>,
    /// For people to look at.
    pub(super) review: Option<(LegacyAccount, ReviewReason)>,
    /// What the citizen is told.
    pub(super) told: Option<Told>,
}

/// Decides. `found`: what the citizen's numbers find. Whoever is not the owner is signed in nowhere, and what was open in this browser
/// ends.
pub(super) async fn hand(
    broker: &Broker,
    browser: &Browser,
    loaded: &Loaded,
    opened: &OpenedAccount,
    profile: &Profile,
    (citizen, found): (Option<&CitizenId>, &[KeptAccount]),
) -> Result<Handed, Failed> {
    let number_is_former = found.iter().any(|k| k.account.id == opened.account && k.number_is_former);
    let found = broker.stores.accounts.credentials(&opened.account).await;
    let found = found.map_err(|e| (AuditKind::SignInFailed, loaded.problem(Problem::from(e).code)))?;
    let Some(found) = found else { return Ok(Handed::default()) };
    let owner = owner_for(citizen, found.kept.owner.as_ref());
    let mut candidate = [Candidate { number_is_former, ..Candidate::new(found.kept.account, owner) }];
    ask_population(broker, questions(profile, &candidate), &mut candidate).await;
    let [candidate] = candidate;
    let namespace = opened.namespace.clone();
    let not_linked = |why| Some(Told::NotLinked { namespace: namespace.clone(), why });
    Ok(match hand_over(profile, &candidate, Proof::Password) {
        Handover::Link(evidence) => Handed {
            link: Some((opened.namespace.clone(), opened.account.clone(), evidence)),
            review: None,
            told: Some(Told::Linked),
        },
        Handover::Linked => Handed { told: Some(Told::Linked), ..Handed::default() },
        Handover::NotTheOwner => {
            if let Some(living) = &loaded.session {
                end_quietly(broker, browser, &living.sid, AuditKind::NotTheOwner).await;
            }
            return Err((AuditKind::NotTheOwner, loaded.problem(Code::NotTheOwner)));
        }
        Handover::Review(reason) => {
            let why = told_of(profile, &candidate.account, reason);
            let review = Some((candidate.account, reason));
            Handed { link: None, review, told: not_linked(why) }
        }
        Handover::Refused(status) => Handed { told: not_linked(refused(status)), ..Handed::default() },
    })
}

/// Whom an account is linked to, for a citizen.
pub(super) fn owner_for(citizen: Option<&CitizenId>, owner: Option<&CitizenId>) -> Owner {
    match owner {
        None => Owner::Nobody,
        Some(owner) if Some(owner) == citizen => Owner::ThisCitizen,
        Some(_) => Owner::Another,
    }
}

/// What is told of an account that people must look at.
pub(super) fn told_of(profile: &Profile, account: &LegacyAccount, reason: ReviewReason) -> NoLink {
    match reason {
        ReviewReason::Differs | ReviewReason::Contradicts => {
            let (name, birth_date) = differing(profile, account);
            NoLink::Differs { name, birth_date }
        }
        ReviewReason::LinkedToAnother => NoLink::LinkedToAnother,
        ReviewReason::NoWayToProve if !account.has_password && account.claims.phone.is_none() => {
            NoLink::NoWayToProve
        }
        _ => NoLink::Unclear,
    }
}

/// What is told of an account that is not open.
pub(super) const fn refused(status: LegacyStatus) -> NoLink {
    match status {
        LegacyStatus::Locked => NoLink::Locked,
        LegacyStatus::Deceased => NoLink::Deceased,
        LegacyStatus::Closed | LegacyStatus::Open => NoLink::Closed,
    }
}
