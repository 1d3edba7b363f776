//! Who may see the account pages: whoever is signed in. Who is not begins a login as a portal begins one, with all its guards.

use super::place::{AccountPage, AccountPlace};
use crate::errors::catalogue::Code;
use crate::extract::{Browser, FormToken};
use crate::flow::begin::begin;
use crate::flow::load::serving;
use crate::flow::problem::{Go, Problem};
use crate::paths;
use crate::state::{Broker, OWN_CLIENT};
use broker_domain::client::Client;
use broker_domain::clock::Timestamp;
use broker_domain::form::Form;
use broker_domain::ids::CitizenId;
use broker_domain::secret::{Secret, s256};
use broker_domain::session::Session;
use broker_domain::token::{Handle, Kind};
use std::sync::Arc;
use url::form_urlencoded::Serializer;

/// Somebody who is signed in, on one of the account pages.
pub struct Visit {
    /// Their session.
    pub session: Session,
    /// Where they are.
    pub place: AccountPlace,
    /// The portal that they came from.
    pub portal: Option<Arc<Client>>,
    /// The hidden token of the page's forms.
    pub form_token: String,
    /// `Set-Cookie` values that the page brings along.
    pub cookies: Vec<String>,
    /// The present moment.
    pub now: Timestamp,
}

impl Visit {
    /// The citizen; a problem for who signed in with an account of before.
    ///
    /// # Errors
    /// [`Code::AccountForCitizens`].
    pub fn citizen(&self) -> Result<&CitizenId, Problem> {
        self.session.holder.citizen().ok_or_else(|| self.problem(Code::AccountForCitizens))
    }

    /// A problem of this page.
    pub fn problem(&self, code: Code) -> Problem {
        Problem { cookies: self.cookies.clone(), ..Problem::new(code).at(self.portal.clone()) }
    }
}

/// What came of it.
pub enum Entered {
    /// They are in.
    In(Box<Visit>),
    /// They sign in first.
    Go(Go),
}

/// Opens a page of the account: with the living session of the browser, or by way of a login. `max_age`: the oldest sign-in that will
/// do, in seconds.
///
/// # Errors
/// What stops a login, or a store that does not answer.
pub async fn enter(
    broker: &Broker,
    browser: &Browser,
    place: AccountPlace,
    max_age: Option<i64>,
) -> Result<Entered, Problem> {
    let now = broker.clock.now();
    let session = match &browser.session {
        Some(cookie) => broker.stores.expiring.open(None, Some(&cookie.sid)).await?.session,
        None => None,
    };
    let session = serving(broker, browser, session, now)
        .await?
        .filter(|s| max_age.is_none_or(|most| now.secs_since(s.auth_time) <= most));
    let Some(session) = session else {
        return sign_in(broker, browser, &place, max_age).await.map(Entered::Go);
    };
    // Forms are bound to the browser by its own cookie as well.
    let cookie = browser.or_new(broker);
    Ok(Entered::In(Box::new(Visit {
        form_token: FormToken::Account(&session.sid).make(broker, &cookie.id),
        portal: place.portal(broker),
        cookies: cookie.set.into_iter().collect(),
        session,
        place,
        now,
    })))
}

/// Begins a login, after which the page is opened again.
async fn sign_in(
    broker: &Broker,
    browser: &Browser,
    place: &AccountPlace,
    max_age: Option<i64>,
) -> Result<Go, Problem> {
    let query = request(broker, place, max_age);
    begin(broker, browser, query.as_bytes()).await
}

/// The request of a portal's kind that begins it.
pub(super) fn request(broker: &Broker, place: &AccountPlace, max_age: Option<i64>) -> String {
    // Whoever knows it could redeem the code that comes back: nobody does.
    let challenge = s256(Secret::generate(&*broker.entropy).reveal());
    let mut query = Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", OWN_CLIENT)
        .append_pair("redirect_uri", &broker.issuer.url(paths::ACCOUNT_SIGNED_IN))
        .append_pair("scope", "openid")
        .append_pair("state", &place.url())
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    if let Some(most) = max_age {
        query.append_pair("max_age", &most.to_string());
    }
    query.finish()
}

/// A login for the account pages comes back: the code is used up, whoever had it made, and the page is opened that was asked for.
///
/// # Errors
/// [`Code::AccountNotSignedIn`] when the login was refused.
pub async fn signed_in(broker: &Broker, raw_query: &str) -> Result<Go, Problem> {
    let form = Form::parse(raw_query.as_bytes()).map_err(|_| Problem::new(Code::MalformedRequest))?;
    if form.get("error").is_some() {
        return Err(Problem::new(Code::AccountNotSignedIn));
    }
    if let Some(code) = form.get("code").and_then(|code| Handle::parse_as(Kind::Code, code)) {
        let (now, hash) = (broker.clock.now(), code.hash(&broker.hasher));
        // What is not used up now opens nothing either, and expires within a minute.
        if let Err(error) = broker.stores.expiring.redeem(&code.family, &hash, now).await {
            tracing::warn!(%error, "the code of an account page was left as it is");
        }
    }
    let place = form.get("state").and_then(|url| AccountPlace::parse(broker, url));
    let place = place.unwrap_or(AccountPlace { page: AccountPage::Identity, portal: None });
    Ok(Go::to(place.url()))
}

/// Whether a form came from a page that this browser was shown in this session.
///
/// # Errors
/// [`Code::AccountFormWrong`].
pub fn check_form(broker: &Broker, browser: &Browser, visit: &Visit, form: &Form) -> Result<(), Problem> {
    FormToken::Account(&visit.session.sid)
        .check(broker, browser.id.as_ref(), form.get("form_token"))
        .map_err(|_| visit.problem(Code::AccountFormWrong))
}
