//! The tiles: which way to sign in.

use super::give::{Given, give, lost, single_sign_on};
use super::load::{Loaded, hinted, load};
use super::problem::{Go, Problem};
use super::send::{Need, address, failed, send};
use crate::errors::catalogue::Code;
use crate::extract::{Browser, FormToken, TokenFault};
use crate::paths;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{self, Next, Outcome, Step};
use broker_domain::client::{Client, SignInMethod};
use broker_domain::clock::Timestamp;
use broker_domain::form::Form;
use broker_domain::ids::InteractionId;
use broker_domain::ports::{Write, Written};
use std::sync::Arc;

/// Whether a way to sign in can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It can.
    Open,
    /// It ended on this day.
    PastCutOff(Timestamp),
    /// An operator switched it off.
    SwitchedOff,
}

/// Whether a way to sign in can be taken now.
fn offer(broker: &Broker, method: SignInMethod) -> Offer {
    match method {
        _ if broker.rules.methods_switched_off.contains(&method) => Offer::SwitchedOff,
        SignInMethod::Vneid => Offer::Open,
        // Accounts of before open no session any more.
        SignInMethod::National | SignInMethod::Vnpost => Offer::PastCutOff(LEGACY_CUT_OFF),
    }
}

/// 2024-07-01T00:00:00+07:00: the end of the accounts that portals had created (Decree 59/2022/ND-CP, article 40(2)).
const LEGACY_CUT_OFF: Timestamp = Timestamp::from_secs(1_719_766_800);

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
        methods: loaded.client.metadata.sign_in_methods.iter().map(|m| (*m, offer(broker, *m))).collect(),
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
        (Err(TokenFault::Used(_)), _) => return Err(loaded.problem(Code::FormUsed)),
        (Err(TokenFault::Missing), _) => return Err(loaded.problem(Code::FormTokenMissing)),
        (Err(TokenFault::Wrong), _) => return Err(loaded.problem(Code::FormTokenWrong)),
    }
    let method = method?;
    if let Some(go) = by_session(broker, browser, &loaded).await? {
        return Ok(go);
    }
    match offer(broker, method) {
        Offer::Open => {}
        Offer::PastCutOff(_) => return Err(loaded.problem(Code::MethodPastCutOff)),
        Offer::SwitchedOff => return Err(loaded.problem(Code::MethodSwitchedOff)),
    }
    let from = loaded.interaction.version;
    let need = need(broker, browser, &loaded);
    match send(broker, &mut loaded.interaction, need, loaded.now).await {
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
