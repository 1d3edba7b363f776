//! A portal sends a citizen: the authorization endpoint.

use super::give::{Given, give, single_sign_on};
use super::load::{hinted, serving};
use super::problem::{Go, Problem};
use super::recheck::without_settled;
use super::send::{Need, Why, failed, send};
use super::step::page_of;
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::paths;
use crate::respond::answer_error;
use crate::state::Broker;
use crate::telemetry::note_client;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{
    self, AuthorizationRequest, Interaction, Next, Proving, Refusal, Unredirectable,
};
use broker_domain::client::{Client, SignInMethod};
use broker_domain::form::{BadForm, Form};
use broker_domain::ids::InteractionId;
use broker_domain::ports::Write;
use broker_domain::session::Session;
use std::sync::Arc;

/// Begins a login, or finishes it at once when the citizen is signed in already.
pub async fn begin(broker: &Broker, browser: &Browser, raw: &[u8]) -> Result<Go, Problem> {
    let form = match Form::parse(raw) {
        Ok(form) => form,
        Err(bad) => return damaged(broker, raw, &bad),
    };
    let Some(client) = form.get("client_id").and_then(|id| broker.registry.find(id)) else {
        return Err(Problem::new(Code::UnknownClient));
    };
    note_client(client.id.as_str());
    let request = match authorization::validate(&form, &client) {
        Err(Unredirectable::UnknownClient) => return Err(Problem::new(Code::UnknownClient)),
        // The portal is not named on this page: whoever made the link may only pretend to be it.
        Err(Unredirectable::BadRedirectUri) => return Err(Problem::new(Code::BadRedirectUri)),
        Ok(Err(invalid)) => {
            let (state, error) = (invalid.state.as_deref(), invalid.error);
            return Ok(Go::to(answer_error(
                &broker.issuer,
                &invalid.redirect_uri,
                state,
                error,
                invalid.description,
            )));
        }
        Ok(Ok(request)) => request,
    };
    let session = match &browser.session {
        Some(cookie) => {
            let session = broker.stores.expiring.open(None, Some(&cookie.sid)).await?.session;
            serving(broker, browser, session, broker.clock.now()).await?
        }
        None => None,
    };
    let session = match session {
        Some(session) => {
            let settled = without_settled(broker, &session, &client.sector(), broker.clock.now()).await?;
            Some(settled.unwrap_or(session))
        }
        None => None,
    };
    match decide(broker, browser, &client, &request, session.as_ref()).await? {
        Some(go) => Ok(go),
        // The session ended while we looked: as if there had been none.
        None => decide(broker, browser, &client, &request, None).await?.ok_or(Problem::new(Code::Internal)),
    }
}

/// Begins a login of one of our own pages in its middle. `first`: its first step; whether it can be taken.
///
/// # Errors
/// When the request is not one of ours, the step cannot be taken, or the store does not answer.
pub(super) async fn begin_at(
    broker: &Broker,
    browser: &Browser,
    raw: &[u8],
    first: impl FnOnce(&mut Interaction) -> bool,
) -> Result<Go, Problem> {
    let internal = || Problem::new(Code::Internal);
    let form = Form::parse(raw).map_err(|_| internal())?;
    let client = form.get("client_id").and_then(|id| broker.registry.find(id)).ok_or_else(internal)?;
    note_client(client.id.as_str());
    let Ok(Ok(request)) = authorization::validate(&form, &client) else { return Err(internal()) };
    let mut fresh = interaction(broker, browser, &request);
    if !first(&mut fresh.interaction) {
        return Err(internal());
    }
    let page = page_of(&fresh.interaction);
    keep(broker, fresh, page).await
}

async fn decide(
    broker: &Broker,
    browser: &Browser,
    client: &Arc<Client>,
    request: &AuthorizationRequest,
    session: Option<&Session>,
) -> Result<Option<Go>, Problem> {
    let now = broker.clock.now();
    let next =
        authorization::next(request, client, session, hinted(broker, request, client, session), None, now);
    match (next, session) {
        (Next::Proceed, Some(session)) => {
            let event = single_sign_on(broker, client, &browser.trace, now);
            match give(broker, request, client, session, Vec::new(), event).await? {
                Given::Answer(url) => Ok(Some(Go::to(url))),
                Given::Lost => Ok(None),
            }
        }
        (Next::Refuse(error, why), _) => {
            let url =
                answer_error(&broker.issuer, &request.redirect_uri, request.state.as_deref(), error, why);
            Ok(Some(Go::to(url)))
        }
        (Next::Consent, Some(session)) => {
            let mut fresh = interaction(broker, browser, request);
            fresh.interaction.ask_consent(session.sid.clone()).map_err(|_| Problem::new(Code::Internal))?;
            let page = paths::consent(&fresh.interaction.id);
            keep(broker, fresh, page).await.map(Some)
        }
        (Next::Prove, Some(session)) => {
            let Some(waiting) = session.unproven_at(&client.sector()) else {
                return Err(Problem::new(Code::Internal));
            };
            let mut fresh = interaction(broker, browser, request);
            let proving = Proving::of(session.sid.clone(), waiting);
            fresh.interaction.ask_proof(proving).map_err(|_| Problem::new(Code::Internal))?;
            let page = page_of(&fresh.interaction);
            keep(broker, fresh, page).await.map(Some)
        }
        (Next::Login { fresh: again, level }, _) => {
            let mut fresh = interaction(broker, browser, request);
            let need = Need { fresh: again || browser.signed_out, level };
            let only_vneid = client.metadata.sign_in_methods == [SignInMethod::Vneid]
                && !broker.rules.methods_switched_off.contains(&SignInMethod::Vneid);
            if !only_vneid {
                let page = paths::login(&fresh.interaction.id);
                return keep(broker, fresh, page).await.map(Some);
            }
            match send(broker, &mut fresh.interaction, need, now, Why::Choice).await {
                Ok(url) => keep(broker, fresh, url).await.map(Some),
                Err(failure) => {
                    let problem = Problem {
                        code: Code::Internal,
                        portal: Some(client.clone()),
                        interaction: Some(fresh.interaction.id.clone()),
                        ui_locales: request.ui_locales.clone(),
                        stopped: false,
                        cookies: fresh.set_cookie.clone().into_iter().collect(),
                    };
                    let problem = failed(problem, failure);
                    let mut event =
                        super::give::event(broker, AuditKind::SignInFailed, client, &browser.trace, now);
                    event.interaction = Some(fresh.interaction.id.clone());
                    event.code = Some(problem.code.number());
                    let writes = vec![
                        Write::BeginInteraction(Box::new(fresh.interaction)),
                        Write::Audit(Box::new(event)),
                    ];
                    broker.stores.expiring.commit(writes).await?;
                    Err(problem)
                }
            }
        }
        (Next::Proceed | Next::Consent | Next::Prove, None) => Err(Problem::new(Code::Internal)),
    }
}

struct Fresh {
    interaction: Interaction,
    set_cookie: Option<String>,
}

fn interaction(broker: &Broker, browser: &Browser, request: &AuthorizationRequest) -> Fresh {
    let cookie = browser.or_new(broker);
    let hash = broker.hasher.hash(broker_domain::secret::Purpose::Browser, cookie.id.reveal());
    let id = InteractionId::generate(&*broker.entropy);
    Fresh {
        interaction: Interaction::begin(id, hash, request.clone(), broker.clock.now()),
        set_cookie: cookie.set,
    }
}

async fn keep(broker: &Broker, fresh: Fresh, url: String) -> Result<Go, Problem> {
    broker.stores.expiring.commit(vec![Write::BeginInteraction(Box::new(fresh.interaction))]).await?;
    Ok(Go { url, cookies: fresh.set_cookie.into_iter().collect() })
}

/// A damaged request: told to the client if what can be read of it names a client and one of its redirect URIs.
fn damaged(broker: &Broker, raw: &[u8], bad: &BadForm) -> Result<Go, Problem> {
    let form = Form::salvage(raw);
    let about_target = |name: &str| name == "client_id" || name == "redirect_uri";
    let trusted = !matches!(bad, BadForm::Repeated(n) | BadForm::Encoding(n) if about_target(n));
    let client = form.get("client_id").and_then(|id| broker.registry.find(id)).filter(|c| c.is_enabled());
    let keeps_plus = client.as_ref().is_some_and(|c| c.is_dvcqg());
    let get =
        |name: &str| if keeps_plus { form.get_keeping_plus(name) } else { form.get(name).map(str::to_owned) };
    let state = || get("state").filter(|s| s.len() <= 4096);
    match (&client, get("redirect_uri")) {
        (Some(client), Some(uri)) if trusted && client.redirect_uri_fits(&uri) => {
            let (state, why) = match bad {
                BadForm::Repeated(n) | BadForm::Encoding(n) if n == "state" => {
                    (None, "state is repeated or wrongly encoded")
                }
                BadForm::Repeated(_) => (state(), "a parameter is repeated"),
                BadForm::Encoding(_) => (state(), "a parameter is wrongly encoded"),
                BadForm::TooLarge => (state(), "too many or too long parameters"),
            };
            let error = Refusal::InvalidRequest;
            Ok(Go::to(answer_error(&broker.issuer, &uri, state.as_deref(), error, why)))
        }
        _ => Err(Problem::new(Code::MalformedRequest)),
    }
}
