//! The end of a session (OpenID Connect RP-Initiated Logout 1.0).

use super::hint::hint;
use super::problem::{Go, Problem};
use crate::errors::catalogue::Code;
use crate::extract::{Browser, FormToken};
use crate::jobs::Ending;
use crate::paths;
use crate::respond::build_url;
use crate::state::{Broker, clear_cookie};
use broker_domain::audit::AuditKind;
use broker_domain::client::Client;
use broker_domain::form::Form;
use broker_domain::ids::SessionId;
use broker_domain::logout::{After, Hint, after, needs_confirmation};
use broker_domain::ports::StoreError;
use broker_domain::session::Session;
use std::sync::Arc;

/// The parameters of a logout, checked.
#[derive(Clone, Debug)]
pub struct LogoutRequest {
    /// Who asks, when known.
    pub client: Option<Arc<Client>>,
    /// The verified id_token.
    pub hint: Option<Hint>,
    /// Where to go afterwards, as sent.
    pub uri: Option<String>,
    /// To be returned, as sent.
    pub state: Option<String>,
    /// The languages that the portal asked for.
    pub ui_locales: Vec<String>,
}

/// What a logout leads to.
pub enum LogoutStep {
    /// The citizen must confirm.
    Confirm {
        /// The request, to be repeated by the form.
        request: LogoutRequest,
        /// The hidden form token.
        form_token: String,
    },
    /// The session has ended, or there was none.
    Done(Ended),
}

/// Where the citizen goes after a logout.
pub struct Ended {
    /// The portal, or our page.
    pub go: Go,
}

/// Reads and checks the parameters.
fn read(broker: &Broker, form: &Form) -> Result<LogoutRequest, Problem> {
    let hint = match form.get("id_token_hint") {
        Some(token) => Some(hint(broker, token).ok_or(Problem::new(Code::LogoutHintInvalid))?),
        None => None,
    };
    let named = form.get("client_id");
    if let (Some(hint), Some(named)) = (&hint, named)
        && hint.client.as_str() != named
    {
        return Err(Problem::new(Code::LogoutHintInvalid));
    }
    let id = hint.as_ref().map(|h| h.client.as_str()).or(named);
    let client = id.and_then(|id| broker.registry.find(id));
    let keep_plus = client.as_ref().is_some_and(|c| c.is_dvcqg());
    let state = if keep_plus { form.get_keeping_plus("state") } else { form.get("state").map(str::to_owned) };
    let uri = form.get("post_logout_redirect_uri").map(str::to_owned);
    if let (Some(client), Some(uri)) = (&client, &uri)
        && !client.post_logout_uri_fits(uri)
    {
        return Err(Problem::new(Code::PostLogoutUriUnknown).at(Some(client.clone())));
    }
    let ui_locales =
        form.get("ui_locales").into_iter().flat_map(|v| v.split(' ')).take(10).map(str::to_owned).collect();
    Ok(LogoutRequest { client, hint, uri, state: state.filter(|s| s.len() <= 4096), ui_locales })
}

/// A portal, or a citizen by hand, asks for the end of the session.
pub async fn logout(broker: &Broker, browser: &Browser, form: &Form) -> Result<LogoutStep, Problem> {
    let request = read(broker, form)?;
    let session = living(broker, browser).await?;
    let sid = session.as_ref().map(|s| &s.sid);
    if needs_confirmation(request.hint.as_ref(), sid) {
        let (Some(session), Some(cookie)) = (&session, &browser.id) else {
            return Err(Problem::new(Code::BrowserForgot).at(request.client));
        };
        let form_token = FormToken::Logout(&session.sid).make(broker, cookie);
        return Ok(LogoutStep::Confirm { request, form_token });
    }
    // Without a cookie the session named by the portal's own id_token ends: portals call this from their servers.
    let ending = sid.or(request.hint.as_ref().and_then(|h| h.sid.as_ref())).cloned();
    if let Some(sid) = &ending {
        Ending::of(broker).end(Some(&browser.trace), sid, AuditKind::SignedOut).await?;
    }
    Ok(LogoutStep::Done(done(broker, &request, session.is_some() || browser.had_session_cookie)))
}

/// The citizen confirmed.
pub async fn confirm_logout(broker: &Broker, browser: &Browser, form: &Form) -> Result<Ended, Problem> {
    let request = read(broker, form)?;
    let Some(session) = living(broker, browser).await? else {
        return Ok(done(broker, &request, browser.had_session_cookie));
    };
    let token = FormToken::Logout(&session.sid).check(broker, browser.id.as_ref(), form.get("form_token"));
    token.map_err(|_| Problem::new(Code::FormTokenWrong).at(request.client.clone()))?;
    Ending::of(broker).end(Some(&browser.trace), &session.sid, AuditKind::SignedOut).await?;
    Ok(done(broker, &request, true))
}

async fn living(broker: &Broker, browser: &Browser) -> Result<Option<Session>, StoreError> {
    let Some(cookie) = &browser.session else { return Ok(None) };
    let opened = broker.stores.expiring.open(None, Some(&cookie.sid)).await?;
    Ok(super::load::believed(broker, browser, opened.session, broker.clock.now()))
}

fn done(broker: &Broker, request: &LogoutRequest, had_session: bool) -> Ended {
    let enabled = request.client.as_deref().filter(|c| c.is_enabled());
    let url = match after(enabled, request.uri.as_deref(), request.state.as_deref()) {
        After::Redirect { uri, state } => build_url(&uri, &[("state", state.as_deref())]),
        After::Page => {
            let client = request.client.as_ref().map(|c| c.id.as_str());
            build_url(paths::LOGGED_OUT, &[("client_id", client)])
        }
    };
    let mut cookies = vec![];
    if had_session {
        cookies.push(clear_cookie(broker.cookies, broker.cookies.session()));
        // VNeID may still know the citizen: the next sign-in in this browser asks it to ask again.
        cookies.push(broker.cookies.set(
            broker.cookies.signed_out(),
            "1",
            Some(broker.rules.sessions.absolute),
        ));
    }
    Ended { go: Go { url, cookies } }
}

/// Ends a session that another citizen's arrival replaces. A store that fails here must not keep the new citizen out: the old
/// session can no longer be reached from this browser, and ends by itself.
pub(super) async fn end_quietly(broker: &Broker, browser: &Browser, sid: &SessionId, kind: AuditKind) {
    if let Err(error) = Ending::of(broker).end(Some(&browser.trace), sid, kind).await {
        tracing::warn!(%error, "a replaced session could not be ended");
    }
}
