//! The citizen is asked what may be shared.

use super::give::{Given, event, give, lost};
use super::load::{Loaded, load};
use super::problem::{Go, Problem};
use crate::errors::catalogue::Code;
use crate::extract::{Browser, FormToken, TokenFault};
use crate::paths;
use crate::respond::answer_error;
use crate::state::Broker;
use broker_domain::audit::AuditKind;
use broker_domain::authorization::{AuthorizationRequest, Interaction, Outcome, Refusal, Step, Told};
use broker_domain::client::Client;
use broker_domain::form::Form;
use broker_domain::ids::InteractionId;
use broker_domain::person::Name;
use broker_domain::ports::{Write, Written};
use broker_domain::scope::ScopeSet;
use broker_domain::session::Session;
use std::sync::Arc;

/// What the consent page shows.
pub struct Wanted {
    /// The login.
    pub id: InteractionId,
    /// Who asks.
    pub client: Arc<Client>,
    /// For what.
    pub request: AuthorizationRequest,
    /// Who is signed in, so that nobody agrees for another.
    pub citizen: Option<Name>,
    /// The hidden form token.
    pub form_token: String,
    /// What else the citizen is told: an account that was found and is not linked.
    pub told: Option<Told>,
}

/// The consent page.
pub async fn wanted(broker: &Broker, browser: &Browser, id: &str) -> Result<Result<Wanted, Go>, Problem> {
    let loaded = load(broker, browser, id).await?;
    let Some(session) = asked(&loaded) else {
        return Ok(Err(Go::to(paths::login(&loaded.interaction.id))));
    };
    let citizen = session.claims.full_name.as_ref().map(|n| n.value.clone());
    let cookie = browser.id.as_ref().ok_or_else(|| loaded.problem(Code::BrowserForgot))?;
    let form_token = FormToken::Login(&loaded.interaction).make(broker, cookie);
    let Loaded { interaction, client, .. } = loaded;
    let Interaction { id, request, told, .. } = interaction;
    Ok(Ok(Wanted { id, client, request, citizen, form_token, told }))
}

/// The session that stands behind the question, when it still does.
fn asked(loaded: &Loaded) -> Option<&Session> {
    let Step::Consenting(sid) = &loaded.interaction.step else { return None };
    loaded.session.as_ref().filter(|s| s.sid == *sid)
}

async fn posted(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Result<Loaded, Problem> {
    let loaded = load(broker, browser, id).await?;
    match FormToken::Login(&loaded.interaction).check(broker, browser.id.as_ref(), form.get("form_token")) {
        Ok(()) => Ok(loaded),
        Err(TokenFault::Missing) => Err(loaded.problem(Code::FormTokenMissing)),
        Err(TokenFault::Wrong) => Err(loaded.problem(Code::FormTokenWrong)),
        Err(TokenFault::Used(_)) => Err(loaded.problem(Code::FormUsed)),
    }
}

/// The citizen agrees.
pub async fn agree(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Result<Go, Problem> {
    let mut loaded = posted(broker, browser, id, form).await?;
    let Some(mut session) = asked(&loaded).cloned() else {
        return Ok(Go::to(paths::login(&loaded.interaction.id)));
    };
    let request = loaded.interaction.request.clone();
    let from = loaded.interaction.version;
    loaded.interaction.finish(Outcome::Granted).map_err(|_| loaded.problem(Code::LoginFinished))?;
    take(broker, &loaded, from).await?;
    // Without a citizen it is kept for the session alone.
    if let Some(citizen) = session.holder.citizen() {
        broker.stores.citizens.allow(citizen, &loaded.client.id, &request.scope, loaded.now).await?;
    }
    allow(&mut session, &loaded.client, &request.scope);
    let mut said = event(broker, AuditKind::ConsentGiven, &loaded.client, &browser.trace, loaded.now);
    said.interaction = Some(loaded.interaction.id.clone());
    let before = vec![Write::RenewSession(Box::new(session.clone()))];
    match give(broker, &request, &loaded.client, &session, before, said).await? {
        Given::Answer(url) => Ok(Go::to(url)),
        Given::Lost => Err(lost(loaded.problem(Code::LoginFinished))),
    }
}

/// Of several presses, in whatever tabs, one is taken: whoever finishes the login.
async fn take(broker: &Broker, loaded: &Loaded, from: u32) -> Result<(), Problem> {
    let save = Write::SaveInteraction { interaction: Box::new(loaded.interaction.clone()), from };
    match broker.stores.expiring.commit(vec![save]).await?.first() {
        Some(Written::Done) => Ok(()),
        _ => Err(lost(loaded.problem(Code::LoginFinished))),
    }
}

fn allow(session: &mut Session, client: &Client, scope: &ScopeSet) {
    let entry = session.allowed.iter_mut().find(|(c, _)| *c == client.id);
    match entry {
        Some((_, before)) => *before = before.union(scope),
        None => session.allowed.push((client.id.clone(), scope.clone())),
    }
}

/// The citizen refuses: the portal is told.
pub async fn refuse(broker: &Broker, browser: &Browser, id: &str, form: &Form) -> Result<Go, Problem> {
    let mut loaded = posted(broker, browser, id, form).await?;
    let request = loaded.interaction.request.clone();
    let from = loaded.interaction.version;
    loaded.interaction.finish(Outcome::Refused).map_err(|_| loaded.problem(Code::LoginFinished))?;
    let mut said = event(broker, AuditKind::ConsentRefused, &loaded.client, &browser.trace, loaded.now);
    said.interaction = Some(loaded.interaction.id.clone());
    said.citizen = loaded.session.as_ref().and_then(|s| s.holder.citizen().cloned());
    take(broker, &loaded, from).await?;
    broker.stores.expiring.commit(vec![Write::Audit(Box::new(said))]).await?;
    let (state, why) = (request.state.as_deref(), "the citizen refused");
    Ok(Go::to(answer_error(&broker.issuer, &request.redirect_uri, state, Refusal::AccessDenied, why)))
}
