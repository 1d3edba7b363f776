//! Old accounts that wait for their citizen, who is signed in: a choice among several, and the proof of one.

use super::account::note;
use super::give::event;
use super::link::sector;
use super::load::{Loaded, load};
use super::onward::onward;
use super::problem::{Go, Problem};
use super::recheck::{Became, link_again};
use super::step::{Page, behind, form_token, keep, page_of, posted};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::paths;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{Proving, Step, Told};
use broker_domain::client::Client;
use broker_domain::form::Form;
use broker_domain::ids::{AccountId, InteractionId, Namespace};
use broker_domain::linking::Proof;
use broker_domain::ports::{Credentials, Write};
use broker_domain::proof::{Claimable, Unproven};
use broker_domain::session::Session;
use std::sync::Arc;

/// What the pages of a proof share.
pub struct Waiting {
    /// The login.
    pub id: InteractionId,
    /// The portal.
    pub client: Arc<Client>,
    /// The languages that the portal asked for.
    pub ui_locales: Vec<String>,
    /// The hidden form token.
    pub form_token: String,
    /// The portal that had created the accounts.
    pub namespace: Namespace,
    /// The accounts, with what may be hinted at, and the ways to prove each.
    pub accounts: Vec<(Credentials, Vec<Proof>)>,
}

/// A login that waits for a choice or a proof, and the session behind it.
pub(super) struct AtProof {
    pub(super) loaded: Loaded,
    pub(super) proving: Proving,
    pub(super) session: Session,
}

/// Takes a loaded login apart; or says where it stands instead.
pub(super) fn at_proof(loaded: Loaded) -> Result<AtProof, Go> {
    let Step::Proving(proving) = &loaded.interaction.step else {
        return Err(Go::to(page_of(&loaded.interaction)));
    };
    let proving = (**proving).clone();
    match behind(&loaded).cloned() {
        Some(session) => Ok(AtProof { loaded, proving, session }),
        // The session has ended: the tiles lead on.
        None => Err(Go::to(paths::login(&loaded.interaction.id))),
    }
}

/// The page of the choice, or of the account that is to be proven.
pub async fn waiting(broker: &Broker, browser: &Browser, id: &str) -> Page<Waiting> {
    let at = match at_proof(load(broker, browser, id).await?) {
        Ok(at) => at,
        Err(go) => return Ok(Err(go)),
    };
    // Each of its pages has an address of its own.
    let fits = page_of(&at.loaded.interaction);
    if !browser.here.starts_with(&fits) {
        return Ok(Err(Go::to(fits)));
    }
    shown(broker, browser, at).await
}

pub(super) async fn shown(broker: &Broker, browser: &Browser, at: AtProof) -> Page<Waiting> {
    let AtProof { loaded, proving, .. } = at;
    let wanted: Vec<&Claimable> = match proving.current() {
        Some(current) => vec![current],
        None => proving.accounts.iter().collect(),
    };
    let mut accounts = Vec::new();
    for claimable in wanted {
        if let Some(found) = broker.stores.accounts.credentials(&claimable.account).await? {
            accounts.push((found, claimable.ways.clone()));
        }
    }
    let form_token = form_token(broker, browser, &loaded)?;
    let Loaded { interaction, client, .. } = loaded;
    Ok(Ok(Waiting {
        id: interaction.id,
        client,
        ui_locales: interaction.request.ui_locales,
        form_token,
        namespace: proving.namespace,
        accounts,
    }))
}

/// One of several accounts was chosen as the primary one, by its id; or it was put off. `Ok(Ok(_))`: nothing was chosen.
pub async fn choose_account(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Page<Waiting> {
    let at = match posted(broker, browser, id, form).await? {
        Ok(loaded) => match at_proof(loaded) {
            Ok(at) => at,
            Err(go) => return Ok(Err(go)),
        },
        Err(go) => return Ok(Err(go)),
    };
    if form.get("decision") == Some("later") {
        return put_off(broker, browser, at).await.map(Err);
    }
    let Some(chosen) = form.get("account").and_then(AccountId::parse) else {
        return shown(broker, browser, at).await;
    };
    let mut proving = at.proving.clone();
    if !proving.choose(&chosen) {
        return Err(at.loaded.problem(Code::MalformedRequest));
    }
    let needs_proof = proving.current().is_some_and(|c| !c.ways.is_empty());
    if needs_proof {
        return keep_proving(broker, at.loaded, proving).await.map(Err);
    }
    linked(broker, browser, AtProof { proving, ..at }, &chosen, None).await.map(Err)
}

/// Keeps how far the proof is, and goes to its page.
pub(super) async fn keep_proving(
    broker: &Broker,
    mut loaded: Loaded,
    proving: Proving,
) -> Result<Go, Problem> {
    let from = loaded.interaction.version;
    loaded.interaction.prove(proving).map_err(|_| loaded.problem(Code::StepOutOfOrder))?;
    keep(broker, &loaded.interaction, from, Vec::new()).await
}

/// The citizen puts it off: they are asked again when they sign in the next time.
pub(super) async fn put_off(broker: &Broker, browser: &Browser, at: AtProof) -> Result<Go, Problem> {
    let AtProof { mut loaded, proving, mut session } = at;
    session.unproven.retain(|u| u.namespace != proving.namespace);
    let from = loaded.interaction.version;
    if proving.linked {
        loaded.interaction.told = Some(Told::Linked);
    }
    let said = event(broker, AuditKind::LinkPutOff, &loaded.client, &browser.trace, loaded.now);
    let before = vec![Write::RenewSession(Box::new(session.clone()))];
    onward(broker, loaded, &session, from, before, said).await
}

/// Links an account that was proven, or whose number is proof enough, and with it all others that need none; then goes on with those
/// that still wait, or onward. What is linked is decided now, by what is so now. An account that is the citizen's already, by another
/// tab or device, counts as linked.
pub(super) async fn linked(
    broker: &Broker,
    browser: &Browser,
    at: AtProof,
    account: &AccountId,
    proof: Option<Proof>,
) -> Result<Go, Problem> {
    let AtProof { mut loaded, mut proving, mut session } = at;
    let citizen = session.holder.citizen().cloned().ok_or_else(|| loaded.problem(Code::StepOutOfOrder))?;
    let record = broker.stores.citizens.citizen(&citizen).await?;
    let record = record.ok_or_else(|| loaded.problem(Code::Internal))?;
    let (mut told, mut any) = (None, false);
    let mut next = Some((account.clone(), proof));
    while let Some((id, proof)) = next {
        match link_again(broker, (&loaded, &browser.trace), &record, &id, proof).await? {
            Became::Theirs { subject } => {
                proving.done(&id);
                any = true;
                let at = sector(&proving.namespace);
                session.subjects.retain(|(s, _)| *s != at);
                session.subjects.push((at, subject));
            }
            Became::Unproven(ways) => proving.needs(&id, &ways),
            Became::Not(why) => {
                proving.gone(&id);
                told = told.or(Some(why));
            }
        }
        next = proving.next_without_proof().map(|id| (id.clone(), None));
    }
    // What was told of before, and could not be told yet, stays unless there is something newer.
    match told {
        Some(why) if !any => {
            loaded.interaction.told = Some(Told::NotLinked { namespace: proving.namespace.clone(), why });
        }
        _ if proving.linked => loaded.interaction.told = Some(Told::Linked),
        _ => {}
    }
    session.unproven.retain(|u| u.namespace != proving.namespace);
    let from = loaded.interaction.version;
    if !proving.accounts.is_empty() {
        proving.go_on();
        session
            .unproven
            .push(Unproven { namespace: proving.namespace.clone(), accounts: proving.accounts.clone() });
        loaded.interaction.prove(proving).map_err(|_| loaded.problem(Code::StepOutOfOrder))?;
        let renew = Write::RenewSession(Box::new(session));
        return keep(broker, &loaded.interaction, from, vec![renew]).await;
    }
    let said = event(broker, AuditKind::WentOn, &loaded.client, &browser.trace, loaded.now);
    let before = vec![Write::RenewSession(Box::new(session.clone()))];
    onward(broker, loaded, &session, from, before, said).await
}

/// A failed proof leaves an event.
pub(super) async fn failed_proof(broker: &Broker, browser: &Browser, at: &AtProof) -> Result<(), Problem> {
    note(broker, browser, &at.loaded, AuditKind::ProofFailed, None).await
}
