//! The portal as a client of the broker: everything that it does, in one handle.

use std::sync::Arc;

use axum::http::HeaderMap;
use broker_jose::Algorithm;
use url::Url;

use crate::clock::{Clock, Entropy, SystemClock, SystemEntropy};
use crate::context::Context;
use crate::error::{Error, SettingsError};
use crate::login::{self, LoginOptions, Redirect};
use crate::memory::MemoryStore;
use crate::session::{Session, SessionStore};
use crate::settings::{ClientAuth, Legacy, Paths, Secret, Settings};
use crate::{back_channel, callback, current, http_client, logout};

/// A portal, as the broker knows it. Cheap to clone; made once at the start. It asks nothing of the broker before the
/// first sign-in, so the portal starts without it.
#[derive(Clone)]
pub struct RelyingParty {
    context: Arc<Context>,
}

impl std::fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelyingParty").field("settings", &self.context.settings).finish_non_exhaustive()
    }
}

/// The session of a request, as it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Current {
    key: String,
    /// The session.
    pub session: Session,
}

impl RelyingParty {
    /// Begins to describe a portal: the broker's issuer (exactly as in its metadata), the client id and one registered
    /// redirect URI.
    pub fn builder(issuer: &str, client_id: &str, redirect_uri: &str) -> Builder {
        let callback = Url::parse(redirect_uri).map(|url| url.path().to_owned()).unwrap_or_default();
        Builder {
            settings: Settings {
                issuer: issuer.to_owned(),
                client_id: client_id.to_owned(),
                client_secret: None,
                client_auth: ClientAuth::None,
                redirect_uri: redirect_uri.to_owned(),
                post_logout_redirect_uri: None,
                scopes: "openid profile".to_owned(),
                algorithms: Algorithm::ALL.to_vec(),
                legacy: None,
                paths: Paths {
                    login: "/login".to_owned(),
                    callback,
                    logout: "/logout".to_owned(),
                    back_channel_logout: "/backchannel-logout".to_owned(),
                    home: "/".to_owned(),
                },
                fetch_userinfo: true,
                idle: 30 * 60,
                absolute: 8 * 3600,
                attempt: 30 * 60,
                leeway: 30,
            },
            roots: None,
            store: None,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// Begins a sign-in for the browser whose request has these headers. Answer with a redirect (303) to the location
    /// and with the cookies.
    ///
    /// # Errors
    /// When the broker's metadata cannot be had, or the store fails.
    pub async fn begin_login(&self, headers: &HeaderMap, options: LoginOptions) -> Result<Redirect, Error> {
        login::begin(&self.context, headers, options).await
    }

    /// Finishes a sign-in: `query` is the query of the request to the redirect URI, undecoded and without `?`. Every
    /// check that the standards ask for is made; the session begins under a new id.
    ///
    /// # Errors
    /// See [`Error`]; nothing has begun then, and a session that the browser had goes on.
    pub async fn finish_login(&self, headers: &HeaderMap, query: &str) -> Result<Redirect, Error> {
        callback::finish(&self.context, headers, query).await
    }

    /// Who is signed in in the browser whose request has these headers.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn current(&self, headers: &HeaderMap) -> Result<Option<Current>, Error> {
        let found = current::session(&self.context, headers).await?;
        Ok(found.map(|(key, session)| Current { key, session }))
    }

    /// The session with an access token that is good for at least half a minute, refreshed where necessary.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`] when the session has ended meanwhile, here or at the broker.
    pub async fn fresh(&self, current: &Current) -> Result<Current, Error> {
        self.renew(current, false).await
    }

    /// The session with new tokens in any case.
    ///
    /// # Errors
    /// As [`RelyingParty::fresh`], and [`Error::NoRefreshToken`].
    pub async fn refresh(&self, current: &Current) -> Result<Current, Error> {
        self.renew(current, true).await
    }

    async fn renew(&self, current: &Current, force: bool) -> Result<Current, Error> {
        let session = current::renew(&self.context, &current.key, force).await?;
        Ok(Current { key: current.key.clone(), session })
    }

    /// Signs out: ends the session here, and tells where to send the browser so that the broker ends its own.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin_logout(&self, headers: &HeaderMap) -> Result<Redirect, Error> {
        logout::begin(&self.context, headers).await
    }

    /// Whether a request to the post-logout redirect URI answers a logout that this browser began.
    pub fn is_logout_answer(&self, headers: &HeaderMap, query: &str) -> bool {
        logout::is_answer(&self.context, headers, query)
    }

    /// Takes the form that the broker posts when a session has ended; returns how many sessions ended here.
    ///
    /// # Errors
    /// When the token is refused, or cannot be checked now.
    pub async fn receive_back_channel_logout(&self, form: &[u8]) -> Result<usize, Error> {
        back_channel::receive(&self.context, form).await
    }

    pub(crate) fn context(&self) -> Arc<Context> {
        Arc::clone(&self.context)
    }

    /// The portal's own paths.
    pub fn paths(&self) -> &Paths {
        &self.context.settings.paths
    }

    /// `scheme://host:port` of the portal.
    pub fn origin(&self) -> String {
        self.context.settings.origin()
    }

    /// The broker's issuer.
    pub fn issuer(&self) -> &str {
        &self.context.settings.issuer
    }

    /// Whether this portal speaks as portals of the former national sign-on do.
    pub fn is_legacy(&self) -> bool {
        self.context.settings.legacy.is_some()
    }
}

/// Describes a portal step by step; [`Builder::build`] checks it.
pub struct Builder {
    settings: Settings,
    roots: Option<Vec<u8>>,
    store: Option<Arc<dyn SessionStore>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Builder {
    /// The client secret, and the registered way of sending it. Without one the portal is a public client.
    #[must_use]
    pub fn secret(mut self, secret: &str, sent: ClientAuth) -> Self {
        self.settings.client_secret = Some(Secret(secret.to_owned()));
        self.settings.client_auth = sent;
        self
    }

    /// The scopes to ask for, `openid` among them; `openid profile` unless said otherwise.
    #[must_use]
    pub fn scopes(mut self, scopes: &str) -> Self {
        self.settings.scopes = scopes.to_owned();
        self
    }

    /// Where the broker sends the browser after signing out; must be registered.
    #[must_use]
    pub fn post_logout_redirect_uri(mut self, uri: &str) -> Self {
        self.settings.post_logout_redirect_uri = Some(uri.to_owned());
        self
    }

    /// The algorithms that tokens may be signed with; all that are known unless said otherwise.
    #[must_use]
    pub fn algorithms(mut self, algorithms: &[Algorithm]) -> Self {
        self.settings.algorithms = algorithms.to_vec();
        self
    }

    /// Speak as portals of the former national sign-on do.
    #[must_use]
    pub fn legacy(mut self, legacy: Legacy) -> Self {
        self.settings.legacy = Some(legacy);
        self
    }

    /// Changes the portal's own paths.
    #[must_use]
    pub fn paths(mut self, change: impl FnOnce(&mut Paths)) -> Self {
        change(&mut self.settings.paths);
        self
    }

    /// Without userinfo: the claims of the id_token suffice.
    #[must_use]
    pub fn without_userinfo(mut self) -> Self {
        self.settings.fetch_userinfo = false;
        self
    }

    /// When sessions end, in seconds: without a request (30 minutes unless said otherwise), and in any case (8 hours).
    #[must_use]
    pub fn session_ends(mut self, idle: i64, absolute: i64) -> Self {
        self.settings.idle = idle;
        self.settings.absolute = absolute;
        self
    }

    /// By how many seconds the broker's clock may differ; 30 unless said otherwise.
    #[must_use]
    pub fn leeway(mut self, seconds: i64) -> Self {
        self.settings.leeway = seconds;
        self
    }

    /// Root certificates in PEM form: the broker's certificate must come from one of these and no other.
    #[must_use]
    pub fn roots(mut self, pem: &[u8]) -> Self {
        self.roots = Some(pem.to_vec());
        self
    }

    /// Where sessions are kept; in the memory of this process unless said otherwise.
    #[must_use]
    pub fn store(mut self, store: Arc<dyn SessionStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// Another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Other randomness.
    #[must_use]
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = entropy;
        self
    }

    /// Checks everything and makes the portal.
    ///
    /// # Errors
    /// The first setting that cannot be right.
    pub fn build(self) -> Result<RelyingParty, SettingsError> {
        self.settings.validate()?;
        let http = http_client::build(self.settings.issuer.starts_with("https:"), self.roots.as_deref())?;
        let store = self.store.unwrap_or_else(|| Arc::new(MemoryStore::new()));
        let context = Context::new(self.settings, http, store, self.clock, self.entropy);
        Ok(RelyingParty { context: Arc::new(context) })
    }
}
