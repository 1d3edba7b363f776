//! A token of the client's own (RFC 6749, 4.4).

use super::convert::{OneClient, Slot, TokenRequest, far_future};
use super::tokens::Tokens;
use crate::errors::OAuthError;
use crate::state::Broker;
use async_trait::async_trait;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::{Client, GrantType};
use broker_domain::form::Form;
use broker_domain::ids::{EventId, FamilyId};
use broker_domain::ports::Write;
use broker_domain::scope::ScopeSet;
use broker_domain::token::{Grant, Handle, Kind, NewToken};
use oxide_auth::primitives::grant::Grant as OxideGrant;
use oxide_auth::primitives::issuer::{IssuedToken, RefreshedToken, TokenType};
use oxide_auth_async::code_grant::client_credentials::{Endpoint, Extension, client_credentials};
use oxide_auth_async::primitives::{Authorizer, Issuer, Registrar};

/// Gives the client a token of its own: one round trip.
pub async fn own_token(broker: &Broker, client: &Client, form: &Form) -> Result<Tokens, OAuthError> {
    if !client.metadata.grant_types.contains(&GrantType::ClientCredentials) || client.is_public() {
        return Err(OAuthError::UNAUTHORIZED_CLIENT);
    }
    // Neither an id_token nor a session to outlive is there without a citizen.
    let scope = match form.get("scope").map(ScopeSet::parse) {
        Some(None) => return Err(OAuthError::INVALID_SCOPE.because("scope is malformed")),
        Some(Some(scope))
            if !scope.is_subset(&client.scopes()) || scope.has("openid") || scope.has("offline_access") =>
        {
            return Err(OAuthError::INVALID_SCOPE.because("a scope is unknown or not for this grant"));
        }
        Some(Some(scope)) => scope,
        None => ScopeSet::default(),
    };
    let request = TokenRequest { form, client };
    let mut engine =
        Engine { broker, client, registrar: OneClient(client), scope, slot: Slot::default(), tokens: None };
    let pending = client_credentials(&mut engine, &request)
        .await
        .map_err(|_| engine.slot.take(OAuthError::INVALID_REQUEST))?;
    pending
        .issue(&mut engine, client.id.as_str().to_owned(), false)
        .await
        .map_err(|_| engine.slot.take(OAuthError::SERVER_ERROR))?;
    engine.tokens.take().ok_or(OAuthError::SERVER_ERROR)
}

struct Engine<'a> {
    broker: &'a Broker,
    client: &'a Client,
    registrar: OneClient<'a>,
    scope: ScopeSet,
    slot: Slot,
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
impl Extension for Engine<'_> {
    async fn extend(
        &mut self,
        _: &(dyn oxide_auth::code_grant::client_credentials::Request + Sync),
    ) -> Result<oxide_auth::primitives::grant::Extensions, ()> {
        Ok(oxide_auth::primitives::grant::Extensions::new())
    }
}

#[async_trait]
impl Authorizer for Engine<'_> {
    async fn authorize(&mut self, _: OxideGrant) -> Result<String, ()> {
        Err(())
    }
    async fn extract(&mut self, _: &str) -> Result<Option<OxideGrant>, ()> {
        Err(())
    }
}

#[async_trait]
impl Issuer for Engine<'_> {
    async fn issue(&mut self, _: OxideGrant) -> Result<IssuedToken, ()> {
        let (broker, now) = (self.broker, self.broker.clock.now());
        let family = FamilyId::generate(&*broker.entropy);
        let access = Handle::generate(Kind::Access, &family, &*broker.entropy);
        let access_expires = now.plus_secs(broker.rules.access_secs(self.client));
        let grant = Grant {
            family,
            client: self.client.id.clone(),
            scope: self.scope.clone(),
            issued_at: now,
            code: None,
            login: None,
        };
        let mut event = AuditEvent::new(EventId::generate(&*broker.entropy), now, AuditKind::ClientToken);
        event.client = Some(self.client.id.clone());
        let writes = vec![
            Write::OpenGrant {
                grant: Box::new(grant.clone()),
                code: None,
                access: Some(NewToken { hash: access.hash(&broker.hasher), expires_at: access_expires }),
                expires_at: access_expires,
            },
            Write::Audit(Box::new(event)),
        ];
        broker.stores.expiring.commit(writes).await.map_err(|e| self.slot.store(&e))?;
        let token = access.to_text();
        self.tokens =
            Some(Tokens { grant, scope: self.scope.clone(), access, access_expires, refresh: None });
        Ok(IssuedToken { token, refresh: None, until: far_future(), token_type: TokenType::Bearer })
    }

    async fn refresh(&mut self, _: &str, _: OxideGrant) -> Result<RefreshedToken, ()> {
        Err(())
    }
    async fn recover_token(&mut self, _: &str) -> Result<Option<OxideGrant>, ()> {
        Err(())
    }
    async fn recover_refresh(&mut self, _: &str) -> Result<Option<OxideGrant>, ()> {
        Err(())
    }
}
