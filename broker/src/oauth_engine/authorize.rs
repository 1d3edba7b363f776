//! The authorization step: run when the citizen is known and, where needed, has agreed. It runs over the validated parameters once more,
//! so a client that was changed or switched off meanwhile is caught.

use super::convert::{OneClient, Slot, carried, name_ours};
use crate::errors::OAuthError;
use async_trait::async_trait;
use broker_domain::authorization::AuthorizationRequest;
use broker_domain::client::Client;
use broker_domain::clock::Timestamp;
use broker_domain::ids::FamilyId;
use broker_domain::secret::Entropy;
use broker_domain::token::{CODE_LIFETIME_SECS, CodeBinding, Grant, Handle, Kind, Login};
use oxide_auth::code_grant::authorization::Request;
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::{Extensions, Grant as OxideGrant, GrantExtension};
use oxide_auth_async::code_grant::authorization::{Endpoint, Extension, authorization_code};
use oxide_auth_async::primitives::{Authorizer, Registrar};
use std::borrow::Cow;

/// What the citizen's login brings to the grant.
#[derive(Debug)]
pub struct Terms<'a> {
    /// The validated request.
    pub request: &'a AuthorizationRequest,
    /// Who asks, as registered now.
    pub client: &'a Client,
    /// Who signed in.
    pub login: Login,
    /// The present moment.
    pub now: Timestamp,
}

/// A grant with its code, not yet kept: the caller writes it together with what else the step changes.
#[derive(Debug)]
pub struct Granted {
    /// The grant.
    pub grant: Grant,
    /// The code.
    pub code: Handle,
}

/// Makes the grant and its code.
pub async fn authorize(terms: Terms<'_>, entropy: &dyn Entropy) -> Result<Granted, OAuthError> {
    let owner = terms.login.subject.as_str().to_owned();
    let request = ValidRequest(terms.request);
    let mut engine = Engine {
        registrar: OneClient(terms.client),
        terms: &terms,
        entropy,
        slot: Slot::default(),
        grant: None,
        granted: None,
    };
    let pending = authorization_code(&mut engine, &request)
        .await
        .map_err(|_| engine.slot.take(OAuthError::INVALID_REQUEST))?;
    pending
        .authorize(&mut engine, Cow::Owned(owner))
        .await
        .map_err(|_| engine.slot.take(OAuthError::SERVER_ERROR))?;
    engine.granted.take().ok_or(OAuthError::SERVER_ERROR)
}

struct ValidRequest<'a>(&'a AuthorizationRequest);

impl Request for ValidRequest<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn client_id(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.0.client.as_str()))
    }
    fn scope(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Owned(self.0.scope.to_string()))
    }
    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.0.redirect_uri))
    }
    fn state(&self) -> Option<Cow<'_, str>> {
        self.0.state.as_deref().map(Cow::Borrowed)
    }
    fn response_type(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed("code"))
    }
    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        match key {
            "code_challenge" => self.0.code_challenge.as_deref().map(Cow::Borrowed),
            "code_challenge_method" => self.0.code_challenge.as_ref().map(|_| Cow::Borrowed("S256")),
            _ => None,
        }
    }
}

struct Engine<'a> {
    registrar: OneClient<'a>,
    terms: &'a Terms<'a>,
    entropy: &'a dyn Entropy,
    slot: Slot,
    grant: Option<Grant>,
    granted: Option<Granted>,
}

impl Endpoint for Engine<'_> {
    fn registrar(&self) -> &(dyn Registrar + Sync) {
        &self.registrar
    }
    fn authorizer(&mut self) -> &mut (dyn Authorizer + Send) {
        self
    }
    fn extension(&mut self) -> &mut (dyn Extension + Send) {
        self
    }
}

#[async_trait]
impl Extension for Engine<'_> {
    /// Two private extensions travel with the grant: the PKCE challenge, and what OpenID Connect adds.
    async fn extend(&mut self, request: &(dyn Request + Sync)) -> Result<Extensions, ()> {
        let pkce = Pkce::optional();
        let challenge =
            pkce.challenge(request.extension("code_challenge_method"), request.extension("code_challenge"))?;
        let asked = self.terms.request;
        let grant = Grant {
            family: FamilyId::generate(self.entropy),
            client: asked.client.clone(),
            scope: asked.scope.clone(),
            issued_at: self.terms.now,
            code: Some(CodeBinding {
                redirect_uri: asked.redirect_uri.clone(),
                challenge: asked.code_challenge.clone(),
                expires_at: self.terms.now.plus_secs(CODE_LIFETIME_SECS),
            }),
            login: Some(self.terms.login.clone()),
        };
        let mut extensions = Extensions::new();
        if let Some(challenge) = challenge {
            extensions.set_raw(pkce.identifier().to_owned(), challenge);
        }
        name_ours(&mut extensions, &grant);
        self.grant = Some(grant);
        Ok(extensions)
    }
}

#[async_trait]
impl Authorizer for Engine<'_> {
    async fn authorize(&mut self, theirs: OxideGrant) -> Result<String, ()> {
        let grant =
            carried(&theirs, self.grant.take()).ok_or_else(|| self.slot.fail(OAuthError::SERVER_ERROR))?;
        let code = Handle::generate(Kind::Code, &grant.family, self.entropy);
        let text = code.to_text();
        self.granted = Some(Granted { grant, code });
        Ok(text)
    }

    async fn extract(&mut self, _: &str) -> Result<Option<OxideGrant>, ()> {
        Err(())
    }
}
