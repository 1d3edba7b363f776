//! The tiles: which way to sign in.

use super::give::{Given, give, lost, single_sign_on};
use super::load::{Loaded, hinted, load};
use super::problem::{Go, Problem};
use super::recheck::without_settled;
use super::send::{Need, Why, address, failed, send};
use super::step::{keep, page_of};
use crate::errors::catalogue::Code;
use crate::extract::{Browser, FormToken, TokenFault};
use crate::paths;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{self, Next, Outcome, Proving, Step};
use broker_domain::client::{Client, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::form::Form;
use broker_domain::ids::InteractionId;
use broker_domain::linking::{CutOff, LegacyKind, LegacyUse};
use broker_domain::ports::{Write, Written};
use std::sync::Arc;

/// Whether a way to sign in can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It can.
    Open,
    /// It opens no session since this day, and still proves that an account is somebody's.
    LinkOnly(Timestamp),
    /// It ended on this day.
    PastCutOff(Timestamp),
    /// An operator switched it off.
    SwitchedOff,
}

/// Whether a way to sign in can be taken at a moment.
pub(super) fn offer(broker: &Broker, method: SignInMethod, now: Timestamp) -> Offer {
    let kind = match method {
        _ if broker.rules.methods_switched_off.contains(&method) => return Offer::SwitchedOff,
        SignInMethod::Vneid => return Offer::Open,
        SignInMethod::National => LegacyKind::Citizen,
        SignInMethod::Vnpost => LegacyKind::Post,
    };
    match broker.namespaces.by_method(method).map(|rules| rules.legacy_sign_in(kind, now)) {
        Some(LegacyUse::OpensSession) => Offer::Open,
        Some(LegacyUse::ProvesOnly { since }) => Offer::LinkOnly(since),
        Some(LegacyUse::SwitchedOff) => Offer::SwitchedOff,
        // Nobody has brought such accounts here.
        None => match CutOff::DECREED.past(now) {
            Some(since) => Offer::PastCutOff(since),
            None => Offer::SwitchedOff,
        },
    }
}

/// What the page of a login shows.
pub enum Shown {
    /// The tiles.
    Tiles {
        /// The login.
        id: InteractionId,
        /// The portal.
        client: Arc<Client>,
        /// What it offers, in its order.
        methods: Vec<(SignInMethod, Offer)>,
        /// The hidden form token.
        form_token: String,
        /// The languages that the portal asked for.
        ui_locales: Vec<String>,
    },
    /// Nothing: the login goes on elsewhere.
    Go(Go),
}

/// The page of a login.
pub async fn show(broker: &Broker, browser: &Browser, id: &str) -> Result<Shown, Problem> {
    let loaded = load(broker, browser, id).await?;
    if let Some(go) = by_session(broker, browser, &loaded).await? {
        return Ok(Shown::Go(go));
    }
    let cookie = browser.id.as_ref().ok_or_else(|| loaded.problem(Code::BrowserForgot))?;
    let form_token = FormToken::Login(&loaded.interaction).make(broker, cookie);
    Ok(Shown::Tiles {
        id: loaded.interaction.id,
        methods: loaded
            .client
            .metadata
            .sign_in_methods
            .iter()
            .map(|m| (*m, offer(broker, *m, loaded.now)))
            .collect(),
        client: loaded.client,
        form_token,
        ui_locales: loaded.interaction.request.ui_locales,
    })
}

/// A tile was pressed.
pub async fn choose(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Result<Go, Problem> {
    let mut loaded = load(broker, browser, id).await?;
    let token =
        FormToken::Login(&loaded.interaction).check(broker, browser.id.as_ref(), form.get("form_token"));
    let method = method(&loaded, form);
    match (token, &loaded.interaction.step) {
        (Ok(()), _) => {}
        // The second press of a double click: it leads to where the first one led.
        (Err(TokenFault::Used(1)), Step::AtVneid(attempt))
            if method.as_ref().is_ok_and(|m| *m == SignInMethod::Vneid) =>
        {
            let level = need(broker, browser, &loaded).level;
            let url = address(broker, &loaded.interaction, attempt, level, loaded.now).await;
            return url.map(Go::to).map_err(|f| failed(loaded.problem(Code::Internal), f));
        }
        // A second press on another tile: its form is where the first one led.
        (Err(TokenFault::Used(1)), Step::AtAccount(chosen)) if method.as_ref().is_ok_and(|m| m == chosen) => {
            return Ok(Go::to(page_of(&loaded.interaction)));
        }
        (Err(TokenFault::Used(_)), _) => return Err(loaded.problem(Code::FormUsed)),
        (Err(TokenFault::Missing), _) => return Err(loaded.problem(Code::FormTokenMissing)),
        (Err(TokenFault::Wrong), _) => return Err(loaded.problem(Code::FormTokenWrong)),
    }
    let method = method?;
    if let Some(go) = by_session(broker, browser, &loaded).await? {
        return Ok(go);
    }
    match offer(broker, method, loaded.now) {
        Offer::Open | Offer::LinkOnly(_) => {}
        Offer::PastCutOff(_) => return Err(loaded.problem(Code::MethodPastCutOff)),
        Offer::SwitchedOff => return Err(loaded.problem(Code::MethodSwitchedOff)),
    }
    if method == SignInMethod::Vneid {
        return to_vneid(broker, browser, loaded, Why::Choice).await;
    }
    let from = loaded.interaction.version;
    loaded.interaction.choose_account(method).map_err(|_| loaded.problem(Code::LoginFinished))?;
    keep(broker, &loaded.interaction, from, Vec::new()).await
}

/// Sends the citizen to VNeID.
pub(super) async fn to_vneid(
    broker: &Broker,
    browser: &Browser,
    mut loaded: Loaded,
    why: Why<'_>,
) -> Result<Go, Problem> {
    let from = loaded.interaction.version;
    let need = need(broker, browser, &loaded);
    match send(broker, &mut loaded.interaction, need, loaded.now, why).await {
        Ok(url) => {
            let save = Write::SaveInteraction { interaction: Box::new(loaded.interaction.clone()), from };
            match broker.stores.expiring.commit(vec![save]).await?.first() {
                Some(Written::Done) => Ok(Go::to(url)),
                // Another press was faster: its attempt is the one that counts, and its page can be asked for again.
                _ => Ok(Go::to(paths::login(&loaded.interaction.id))),
            }
        }
        Err(failure) => {
            let problem = failed(loaded.problem(Code::Internal), failure);
            let mut event = super::give::event(
                broker,
                AuditKind::SignInFailed,
                &loaded.client,
                &browser.trace,
                loaded.now,
            );
            event.interaction = Some(loaded.interaction.id.clone());
            event.code = Some(problem.code.number());
            broker.stores.expiring.commit(vec![Write::Audit(Box::new(event))]).await?;
            Err(problem)
        }
    }
}

fn method(loaded: &Loaded, form: &Form) -> Result<SignInMethod, Problem> {
    let offered = &loaded.client.metadata.sign_in_methods;
    let asked = form.get("method").and_then(|name| offered.iter().find(|m| m.as_str() == name));
    asked.copied().ok_or_else(|| loaded.problem(Code::MethodNotOffered))
}

fn need(broker: &Broker, browser: &Browser, loaded: &Loaded) -> Need {
    let request = &loaded.interaction.request;
    let session = loaded.session.as_ref();
    let hint = hinted(broker, request, &loaded.client, session);
    match authorization::next(request, &loaded.client, session, hint, None, loaded.now) {
        Next::Login { fresh, level } => Need { fresh: fresh || browser.signed_out, level },
        _ => Need { fresh: browser.signed_out, level: None },
    }
}

/// Goes on with a session that another tab has opened meanwhile.
async fn by_session(broker: &Broker, browser: &Browser, loaded: &Loaded) -> Result<Option<Go>, Problem> {
    let Some(session) = &loaded.session else { return Ok(None) };
    let settled = without_settled(broker, session, &loaded.client.sector(), loaded.now).await?;
    let session = settled.as_ref().unwrap_or(session);
    let request = &loaded.interaction.request;
    let hint = hinted(broker, request, &loaded.client, Some(session));
    let mut done = loaded.interaction.clone();
    let from = done.version;
    match authorization::next(request, &loaded.client, Some(session), hint, None, loaded.now) {
        Next::Proceed => {
            done.finish(Outcome::Granted).map_err(|_| loaded.problem(Code::LoginFinished))?;
            let mut event = single_sign_on(broker, &loaded.client, &browser.trace, loaded.now);
            event.interaction = Some(done.id.clone());
            // Finished first, alone: of two tabs on this login one goes on.
            let save = Write::SaveInteraction { interaction: Box::new(done), from };
            if broker.stores.expiring.commit(vec![save]).await?.first() != Some(&Written::Done) {
                return Err(lost(loaded.problem(Code::LoginFinished)));
            }
            match give(broker, request, &loaded.client, session, Vec::new(), event).await? {
                Given::Answer(url) => Ok(Some(Go::to(url))),
                Given::Lost => Err(lost(loaded.problem(Code::LoginFinished))),
            }
        }
        Next::Prove => {
            let Some(waiting) = session.unproven_at(&loaded.client.sector()) else { return Ok(None) };
            let proving = Proving::of(session.sid.clone(), waiting);
            // Where it stands at its proof already it stays there.
            if done.step.session() == Some(&session.sid) {
                return Ok(Some(Go::to(page_of(&done))));
            }
            match done.ask_proof(proving) {
                Ok(()) => keep(broker, &done, from, Vec::new()).await.map(Some),
                Err(_) => Ok(None),
            }
        }
        Next::Consent => {
            done.ask_consent(session.sid.clone()).map_err(|_| loaded.problem(Code::LoginFinished))?;
            let page = paths::consent(&done.id);
            broker
                .stores
                .expiring
                .commit(vec![Write::SaveInteraction { interaction: Box::new(done), from }])
                .await?;
            Ok(Some(Go::to(page)))
        }
        Next::Login { .. } | Next::Refuse(..) => Ok(None),
    }
}
