//! Between our types and oxide-auth's.

use crate::errors::OAuthError;
use async_trait::async_trait;
use broker_domain::client::Client;
use broker_domain::form::Form;
use broker_domain::ports::StoreError;
use broker_domain::scope::ScopeSet;
use broker_domain::token::Grant;
use chrono::{DateTime, Utc};
use oxide_auth::code_grant::accesstoken::Authorization as Credentials;
use oxide_auth::code_grant::{accesstoken, client_credentials, refresh};
use oxide_auth::primitives::grant::{Extensions, Grant as OxideGrant, Value};
use oxide_auth::primitives::registrar::{
    BoundClient, ClientUrl, ExactUrl, PreGrant, RegisteredUrl, RegistrarError,
};
use oxide_auth::primitives::scope::Scope;
use oxide_auth_async::primitives::Registrar;
use std::borrow::Cow;
use std::sync::Mutex;

/// The name of the private extension that travels with a grant through oxide-auth: it names the family of our own grant, which holds what
/// OpenID Connect adds and waits beside.
const OIDC: &str = "oidc";

/// A slot for what oxide-auth's `Result<_, ()>` cannot say.
#[derive(Default)]
pub(super) struct Slot(Mutex<Option<OAuthError>>);

impl Slot {
    /// Keeps the first error and gives the `()` that oxide-auth expects.
    pub(super) fn fail(&self, error: OAuthError) {
        if let Ok(mut slot) = self.0.lock() {
            slot.get_or_insert(error);
        }
    }

    /// Keeps a store's failure.
    pub(super) fn store(&self, error: &StoreError) {
        self.fail(OAuthError::from(error));
    }

    /// The error kept, else `otherwise`.
    pub(super) fn take(&self, otherwise: OAuthError) -> OAuthError {
        self.0.lock().ok().and_then(|mut slot| slot.take()).unwrap_or(otherwise)
    }
}

/// A registrar that knows one client: the one that has proven who it is, or that a validated request names.
pub(super) struct OneClient<'a>(pub(super) &'a Client);

impl OneClient<'_> {
    fn scopes(&self) -> Result<Scope, RegistrarError> {
        scope(&self.0.scopes()).ok_or(RegistrarError::PrimitiveError)
    }
}

#[async_trait]
impl Registrar for OneClient<'_> {
    async fn bound_redirect<'u>(&self, bound: ClientUrl<'u>) -> Result<BoundClient<'u>, RegistrarError> {
        let uri = match bound.redirect_uri {
            Some(uri) if self.0.redirect_uri_fits(uri.as_str()) => uri.into_owned(),
            Some(_) => return Err(RegistrarError::Unspecified),
            // A token of the client's own goes nowhere: oxide-auth wants a URL all the same.
            None => ExactUrl::new("urn:none".to_owned()).map_err(|_| RegistrarError::PrimitiveError)?,
        };
        if bound.client_id != self.0.id.as_str() || !self.0.is_enabled() {
            return Err(RegistrarError::Unspecified);
        }
        Ok(BoundClient { client_id: bound.client_id, redirect_uri: Cow::Owned(RegisteredUrl::Exact(uri)) })
    }

    async fn negotiate<'u>(
        &self,
        client: BoundClient<'u>,
        asked: Option<Scope>,
    ) -> Result<PreGrant, RegistrarError> {
        let all = self.scopes()?;
        let scope = asked.unwrap_or_else(|| all.clone());
        // "priviledged_to" compares sets: what is asked for must lie within what the client may have.
        if !all.priviledged_to(&scope) {
            return Err(RegistrarError::Unspecified);
        }
        Ok(PreGrant {
            client_id: client.client_id.into_owned(),
            redirect_uri: client.redirect_uri.into_owned(),
            scope,
        })
    }

    /// Confirms the client that was authenticated before.
    async fn check(&self, client_id: &str, _: Option<&[u8]>) -> Result<(), RegistrarError> {
        if client_id == self.0.id.as_str() && self.0.is_enabled() {
            Ok(())
        } else {
            Err(RegistrarError::Unspecified)
        }
    }
}

/// A request to the token endpoint by an authenticated client.
pub(super) struct TokenRequest<'a> {
    pub(super) form: &'a Form,
    pub(super) client: &'a Client,
}

impl TokenRequest<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.form.get(name).map(Cow::Borrowed)
    }

    fn proven(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        Some((Cow::Borrowed(self.client.id.as_str()), Cow::Borrowed(b"".as_slice())))
    }
}

impl accesstoken::Request for TokenRequest<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        self.get("code")
    }
    fn authorization(&self) -> Credentials<'_> {
        Credentials::UsernamePassword(Cow::Borrowed(self.client.id.as_str()), Cow::Borrowed(b"".as_slice()))
    }
    fn client_id(&self) -> Option<Cow<'_, str>> {
        None
    }
    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        // Old portals put it into the body as it is: a plus in it means itself.
        let raw = self.client.is_dvcqg().then(|| self.form.get_keeping_plus("redirect_uri")).flatten();
        match raw.filter(|uri| self.client.redirect_uri_fits(uri)) {
            Some(uri) => Some(Cow::Owned(uri)),
            None => self.get("redirect_uri"),
        }
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        self.get("grant_type")
    }
    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.get(key)
    }
}

impl refresh::Request for TokenRequest<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn refresh_token(&self) -> Option<Cow<'_, str>> {
        self.get("refresh_token")
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        self.get("scope")
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        self.get("grant_type")
    }
    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        self.proven()
    }
    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.get(key)
    }
}

impl client_credentials::Request for TokenRequest<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        self.proven()
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        self.get("scope")
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        self.get("grant_type")
    }
    fn extension(&self, _: &str) -> Option<Cow<'_, str>> {
        // Credentials were looked at before; oxide-auth must not see them a second time.
        None
    }
}

/// Our scope as oxide-auth's.
pub(super) fn scope(ours: &ScopeSet) -> Option<Scope> {
    ours.to_string().parse().ok()
}

/// Our grant as oxide-auth's. Its `until` never decides: our own expiry, under our own clock, was checked before.
pub(super) fn grant(ours: &Grant) -> Option<OxideGrant> {
    let mut extensions = Extensions::new();
    name_ours(&mut extensions, ours);
    let binding = ours.code.as_ref();
    Some(OxideGrant {
        owner_id: ours.login.as_ref().map_or(ours.client.as_str(), |l| l.subject.as_str()).to_owned(),
        client_id: ours.client.as_str().to_owned(),
        scope: scope(&ours.scope)?,
        redirect_uri: binding.map_or("urn:none", |b| b.redirect_uri.as_str()).parse().ok()?,
        until: far_future(),
        extensions,
    })
}

/// Names our grant in the private extension.
pub(super) fn name_ours(extensions: &mut Extensions, ours: &Grant) {
    extensions.set_raw(OIDC.to_owned(), Value::private(Some(ours.family.as_str().to_owned())));
}

/// Our grant, when it is the very one that oxide-auth's rules have let pass.
pub(super) fn carried(theirs: &OxideGrant, ours: Option<Grant>) -> Option<Grant> {
    let (_, family) = theirs.extensions.private().find(|(name, _)| *name == OIDC)?;
    ours.filter(|g| Some(g.family.as_str()) == family && g.client.as_str() == theirs.client_id)
}

/// A moment that no clock reaches.
pub(super) const fn far_future() -> DateTime<Utc> {
    DateTime::<Utc>::MAX_UTC
}
