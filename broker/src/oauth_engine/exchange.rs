//! A code for tokens (RFC 6749, 4.1.3; RFC 7636, 4.6).

use super::convert::{OneClient, Slot, TokenRequest, carried, far_future, grant};
use super::tokens::Tokens;
use crate::errors::OAuthError;
use crate::state::Broker;
use async_trait::async_trait;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::{Client, GrantType};
use broker_domain::clock::Timestamp;
use broker_domain::form::Form;
use broker_domain::ids::EventId;
use broker_domain::ports::{Write, Written};
use broker_domain::token::{Grant, Handle, Kind, NewToken, Redeemed, is_verifier};
use oxide_auth::code_grant::accesstoken::Request;
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::{Extensions, Grant as OxideGrant, GrantExtension};
use oxide_auth::primitives::issuer::{IssuedToken, TokenType};
use oxide_auth_async::code_grant::access_token::{Endpoint, Extension, access_token};
use oxide_auth_async::primitives::{Authorizer, Issuer, Registrar};

/// Redeems a code: two round trips to the store, at the most.
pub async fn exchange(broker: &Broker, client: &Client, form: &Form) -> Result<Tokens, OAuthError> {
    let request = TokenRequest { form, client };
    let now = broker.clock.now();
    let mut engine = Engine {
        broker,
        client,
        registrar: OneClient(client),
        now,
        slot: Slot::default(),
        grant: None,
        tokens: None,
    };
    match access_token(&mut engine, &request).await {
        Ok(_) => engine.tokens.take().ok_or(OAuthError::SERVER_ERROR),
        Err(_) if form.get("code").is_none() => Err(OAuthError::INVALID_REQUEST.because("code is missing")),
        Err(_) if form.get("redirect_uri").is_none() => {
            Err(OAuthError::INVALID_REQUEST.because("redirect_uri is missing"))
        }
        Err(_) => Err(engine.slot.take(OAuthError::INVALID_GRANT)),
    }
}

struct Engine<'a> {
    broker: &'a Broker,
    client: &'a Client,
    registrar: OneClient<'a>,
    now: Timestamp,
    slot: Slot,
    grant: Option<Grant>,
    tokens: Option<Tokens>,
}

impl Endpoint for Engine<'_> {
    fn registrar(&self) -> &(dyn Registrar + Sync) {
        &self.registrar
    }
    fn authorizer(&mut self) -> &mut (dyn Authorizer + Send) {
        self
    }
    fn issuer(&mut self) -> &mut (dyn Issuer + Send) {
        self
    }
    fn extension(&mut self) -> &mut (dyn Extension + Send) {
        self
    }
}

#[async_trait]
impl Authorizer for Engine<'_> {
    async fn authorize(&mut self, _: OxideGrant) -> Result<String, ()> {
        Err(())
    }

    /// First use gives the grant; a replay revokes everything that came from it.
    async fn extract(&mut self, code: &str) -> Result<Option<OxideGrant>, ()> {
        let Some(handle) = Handle::parse_as(Kind::Code, code) else { return Ok(None) };
        let hash = handle.hash(&self.broker.hasher);
        let redeemed = self.broker.stores.expiring.redeem(&handle.family, &hash, self.now).await;
        match redeemed.map_err(|e| self.slot.store(&e))? {
            Redeemed::Granted(found) => {
                let theirs = grant(&found);
                self.grant = Some(*found);
                Ok(theirs.map(|mut theirs| {
                    if let Some(challenge) =
                        self.grant.as_ref().and_then(|g| g.code.as_ref()?.challenge.clone())
                        && let Ok(Some(value)) =
                            Pkce::required().challenge(Some("S256".into()), Some(challenge.into()))
                    {
                        theirs.extensions.set_raw(Pkce::required().identifier().to_owned(), value);
                    }
                    theirs
                }))
            }
            Redeemed::Replayed(owner) => {
                let mut event = AuditEvent::new(
                    EventId::generate(&*self.broker.entropy),
                    self.now,
                    AuditKind::CodeReplayed,
                );
                event.client = Some(owner);
                let write = vec![Write::Audit(Box::new(event))];
                self.broker.stores.expiring.commit(write).await.map_err(|e| self.slot.store(&e))?;
                Ok(None)
            }
            Redeemed::Unknown => Ok(None),
        }
    }
}

#[async_trait]
impl Extension for Engine<'_> {
    async fn extend(&mut self, request: &(dyn Request + Sync), data: Extensions) -> Result<Extensions, ()> {
        let refuse = |why| self.slot.fail(OAuthError::INVALID_GRANT.because(why));
        let binding = self
            .grant
            .as_ref()
            .and_then(|g| g.code.as_ref())
            .ok_or_else(|| refuse("the code was not issued to this client"))?;
        // The exact comparison that oxide-auth's normalizing one is not.
        if request.redirect_uri().as_deref() != Some(binding.redirect_uri.as_str()) {
            refuse("redirect_uri differs from the one of the authorization request");
            return Err(());
        }
        if !self.client.metadata.grant_types.contains(&GrantType::AuthorizationCode) {
            self.slot.fail(OAuthError::UNAUTHORIZED_CLIENT);
            return Err(());
        }
        let verifier = request.extension("code_verifier");
        match (&binding.challenge, &verifier) {
            (None, Some(_)) => {
                refuse("code_verifier without a code_challenge");
                return Err(());
            }
            (None, None) if self.client.is_public() => {
                refuse("a public client must use PKCE");
                return Err(());
            }
            (Some(_), Some(v)) if !is_verifier(v) => {
                refuse("code_verifier must have 43 to 128 unreserved characters");
                return Err(());
            }
            _ => {}
        }
        let mut data = data;
        let pkce = if binding.challenge.is_some() { Pkce::required() } else { Pkce::optional() };
        let saved = data.remove(&pkce);
        pkce.verify(saved, verifier).map_err(|()| refuse("code_verifier does not fit the code_challenge"))?;
        Ok(data)
    }
}

#[async_trait]
impl Issuer for Engine<'_> {
    async fn issue(&mut self, theirs: OxideGrant) -> Result<IssuedToken, ()> {
        let ours =
            carried(&theirs, self.grant.take()).ok_or_else(|| self.slot.fail(OAuthError::SERVER_ERROR))?;
        let rules = &self.broker.rules;
        let access = Handle::generate(Kind::Access, &ours.family, &*self.broker.entropy);
        let access_expires = self.now.plus_secs(rules.access_secs(self.client));
        let refresh = self
            .client
            .metadata
            .grant_types
            .contains(&GrantType::RefreshToken)
            .then(|| Handle::generate(Kind::Refresh, &ours.family, &*self.broker.entropy));
        let kept =
            |handle: &Handle, expires_at| NewToken { hash: handle.hash(&self.broker.hasher), expires_at };
        let write = Write::AttachTokens {
            family: ours.family.clone(),
            access: kept(&access, access_expires),
            refresh: refresh.as_ref().map(|r| kept(r, ours.issued_at.plus_secs(rules.refresh_token_secs))),
        };
        let written =
            self.broker.stores.expiring.commit(vec![write]).await.map_err(|e| self.slot.store(&e))?;
        if written.first() != Some(&Written::Done) {
            // Somebody presented the code again between our two steps: the family is revoked.
            return Err(());
        }
        let issued = IssuedToken {
            token: access.to_text(),
            refresh: refresh.as_ref().map(Handle::to_text),
            until: far_future(),
            token_type: TokenType::Bearer,
        };
        self.tokens =
            Some(Tokens { scope: ours.scope.clone(), grant: ours, access, access_expires, refresh });
        Ok(issued)
    }

    async fn refresh(
        &mut self,
        _: &str,
        _: OxideGrant,
    ) -> Result<oxide_auth::primitives::issuer::RefreshedToken, ()> {
        Err(())
    }
    async fn recover_token(&mut self, _: &str) -> Result<Option<OxideGrant>, ()> {
        Err(())
    }
    async fn recover_refresh(&mut self, _: &str) -> Result<Option<OxideGrant>, ()> {
        Err(())
    }
}
