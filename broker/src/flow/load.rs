//! Loading a login for one of its pages, with the guards that all pages share.

use super::hint::hint as verified;
use super::problem::{Go, Problem};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::paths;
use crate::respond::build_url;
use crate::state::Broker;
use crate::telemetry::note_client;
use broker_domain::authorization::{AuthorizationRequest, Hinted, Interaction, Outcome, Step};
use broker_domain::client::Client;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{InteractionId, Namespace};
use broker_domain::linking::LegacyKind;
use broker_domain::ports::StoreError;
use broker_domain::session::{Holder, Session};
use std::sync::Arc;

/// A login, its portal, and the session of the browser.
pub(super) struct Loaded {
    pub(super) interaction: Interaction,
    pub(super) client: Arc<Client>,
    pub(super) session: Option<Session>,
    pub(super) now: Timestamp,
}

impl Loaded {
    /// A problem of this login, from which the citizen can try again.
    pub(super) fn problem(&self, code: Code) -> Problem {
        Problem {
            code,
            portal: Some(self.client.clone()),
            interaction: Some(self.interaction.id.clone()),
            ui_locales: self.interaction.request.ui_locales.clone(),
            stopped: false,
            cookies: Vec::new(),
        }
    }
}

/// Loads a login that is alive and this browser's: one round trip.
pub(super) async fn load(broker: &Broker, browser: &Browser, id: &str) -> Result<Loaded, Problem> {
    let id = InteractionId::parse(id).ok_or(Problem::new(Code::LoginUnknown))?;
    let sid = browser.session.as_ref().map(|c| &c.sid);
    let opened = broker.stores.expiring.open(Some(&id), sid).await?;
    let interaction = opened.interaction.ok_or(Problem::new(Code::LoginUnknown))?;
    let now = broker.clock.now();
    let client = check(broker, browser, &interaction, now)?;
    let session = serving(broker, browser, opened.session, now).await?;
    Ok(Loaded { session, interaction, client, now })
}

/// The guards: the browser that began it, not over, its portal still switched on.
pub(super) fn check(
    broker: &Broker,
    browser: &Browser,
    interaction: &Interaction,
    now: Timestamp,
) -> Result<Arc<Client>, Problem> {
    let request = &interaction.request;
    let portal = broker.registry.find(request.client.as_str());
    note_client(request.client.as_str());
    let problem = |code, own: bool| Problem {
        code,
        portal: portal.clone(),
        interaction: own.then(|| interaction.id.clone()),
        ui_locales: request.ui_locales.clone(),
        stopped: false,
        cookies: Vec::new(),
    };
    match browser.hash(broker) {
        None => return Err(problem(Code::BrowserForgot, true)),
        Some(hash) if hash != interaction.browser => return Err(problem(Code::OtherBrowser, true)),
        Some(_) => {}
    }
    if let Step::Finished(outcome) = interaction.step {
        let stopped = outcome == Outcome::Refused;
        return Err(Problem { stopped, ..problem(Code::LoginFinished, true) });
    }
    if interaction.is_over(now) {
        return Err(problem(Code::LoginExpired, true));
    }
    broker.registry.enabled(&request.client).ok_or_else(|| problem(Code::UnknownClient, false))
}

/// The session, if the browser's cookie opens it.
pub(super) fn believed(
    broker: &Broker,
    browser: &Browser,
    session: Option<Session>,
    now: Timestamp,
) -> Option<Session> {
    let cookie = browser.session.as_ref()?;
    session.filter(|s| s.opened_by(cookie, &broker.hasher, now))
}

/// The session, if the browser's cookie opens it and what it was opened by still opens sessions: an account of before VNeID may have
/// come to its cut-off or been switched off since.
pub(super) async fn serving(
    broker: &Broker,
    browser: &Browser,
    session: Option<Session>,
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let Some(session) = believed(broker, browser, session, now) else { return Ok(None) };
    let Holder::Account(account) = &session.holder else { return Ok(Some(session)) };
    let namespace = session.subjects.first().map(|(sector, _)| Namespace::new(sector.as_str()));
    let rules = namespace.and_then(|namespace| broker.namespaces.find(&namespace));
    let opening = rules.map(|rules| rules.opening(now)).unwrap_or_default();
    // Its kind is asked for where it matters.
    let opens = match opening.len() {
        0 => false,
        all if all == LegacyKind::ALL.len() => true,
        _ => {
            let kept = broker.stores.accounts.by_id(account).await?;
            kept.is_some_and(|kept| opening.contains(&kept.account.kind))
        }
    };
    Ok(opens.then_some(session))
}

/// What the request's `id_token_hint`, or a `sub` asked for by `claims` (OpenID Connect Core 5.5.1), says of the session's citizen.
pub(super) fn hinted(
    broker: &Broker,
    request: &AuthorizationRequest,
    client: &Client,
    session: Option<&Session>,
) -> Hinted {
    let Some(session) = session else { return Hinted::Fits };
    let mut wished = request
        .claims
        .id_token
        .single
        .iter()
        .chain(&request.claims.userinfo.single)
        .filter(|w| w.name == "sub" && !w.values.is_empty());
    let known = session.subject(&client.sector()).map(|s| s.as_str());
    if wished.any(|w| !w.values.iter().any(|v| Some(v.as_str()) == known)) {
        return Hinted::Differs;
    }
    let Some(hint) = &request.id_token_hint else { return Hinted::Fits };
    let subject = verified(broker, hint).map(|h| h.subject);
    match (subject, session.subject(&client.sector())) {
        (Some(hinted), Some(stored)) if hinted == stored.as_str() => Hinted::Fits,
        _ => Hinted::Differs,
    }
}

/// Begins a login again with the portal's own parameters: also when it is over, and from any browser, for it gives nothing away
/// but what the portal itself would send.
pub async fn again(broker: &Broker, id: &str) -> Result<Go, Problem> {
    let id = InteractionId::parse(id).ok_or(Problem::new(Code::LoginUnknown))?;
    let opened = broker.stores.expiring.open(Some(&id), None).await?;
    let request = opened.interaction.ok_or(Problem::new(Code::LoginUnknown))?.request;
    let portal = broker.registry.enabled(&request.client);
    // A portal that can begin by itself makes new parameters: its old ones may be used up (OpenID Connect Core 4).
    if let Some(initiate) = portal.as_ref().and_then(|p| p.metadata.initiate_login_uri.as_deref()) {
        return Ok(Go::to(build_url(initiate, &[("iss", Some(broker.issuer.as_str()))])));
    }
    Ok(Go::to(format!("{}?{}", broker.issuer.url(paths::AUTHORIZE), request.to_query())))
}
