//! New tokens for a refresh token (RFC 6749, 6).
//!
//! One round trip does it all: the store checks token, client and scope, keeps the new access token and, for a public client, puts
//! the new refresh token in the old one's place. oxide-auth's machine runs over what came of it.

use super::convert::{OneClient, Slot, TokenRequest, far_future, grant};
use super::tokens::Tokens;
use crate::errors::OAuthError;
use crate::state::Broker;
use async_trait::async_trait;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::{Client, GrantType};
use broker_domain::clock::Timestamp;
use broker_domain::form::Form;
use broker_domain::ids::EventId;
use broker_domain::ports::Write;
use broker_domain::scope::ScopeSet;
use broker_domain::token::{Handle, Kind, NewToken, Refreshed, Rotation};
use oxide_auth::primitives::grant::Grant as OxideGrant;
use oxide_auth::primitives::issuer::{IssuedToken, RefreshedToken, TokenType};
use oxide_auth_async::code_grant::refresh::{Endpoint, refresh as machine};
use oxide_auth_async::primitives::{Issuer, Registrar};

/// Refreshes.
pub async fn refresh(broker: &Broker, client: &Client, form: &Form) -> Result<Tokens, OAuthError> {
    if form.get("refresh_token").is_none() {
        return Err(OAuthError::INVALID_REQUEST.because("refresh_token is missing"));
    }
    if !client.metadata.grant_types.contains(&GrantType::RefreshToken) {
        return Err(OAuthError::UNAUTHORIZED_CLIENT);
    }
    let scope = match form.get("scope").map(ScopeSet::parse) {
        Some(None) => return Err(OAuthError::INVALID_SCOPE.because("scope is malformed")),
        Some(Some(scope)) => Some(scope),
        None => None,
    };
    let request = TokenRequest { form, client };
    let mut engine = Engine {
        broker,
        client,
        registrar: OneClient(client),
        now: broker.clock.now(),
        scope,
        slot: Slot::default(),
        tokens: None,
    };
    match machine(&mut engine, &request).await {
        Ok(_) => engine.tokens.take().ok_or(OAuthError::SERVER_ERROR),
        Err(_) => Err(engine.slot.take(OAuthError::INVALID_GRANT)),
    }
}

struct Engine<'a> {
    broker: &'a Broker,
    client: &'a Client,
    registrar: OneClient<'a>,
    now: Timestamp,
    scope: Option<ScopeSet>,
    slot: Slot,
    tokens: Option<Tokens>,
}

impl Endpoint for Engine<'_> {
    fn registrar(&self) -> &(dyn Registrar + Sync) {
        &self.registrar
    }
    fn issuer(&mut self) -> &mut (dyn Issuer + Send) {
        self
    }
}

#[async_trait]
impl Issuer for Engine<'_> {
    async fn issue(&mut self, _: OxideGrant) -> Result<IssuedToken, ()> {
        Err(())
    }

    /// The tokens were kept when the old one was recovered.
    async fn refresh(&mut self, _: &str, _: OxideGrant) -> Result<RefreshedToken, ()> {
        let tokens = self.tokens.as_ref().ok_or(())?;
        Ok(RefreshedToken {
            token: tokens.access.to_text(),
            refresh: tokens.refresh.as_ref().map(Handle::to_text),
            until: far_future(),
            token_type: TokenType::Bearer,
        })
    }

    async fn recover_token(&mut self, _: &str) -> Result<Option<OxideGrant>, ()> {
        Err(())
    }

    async fn recover_refresh(&mut self, token: &str) -> Result<Option<OxideGrant>, ()> {
        let Some(presented) = Handle::parse_as(Kind::Refresh, token) else { return Ok(None) };
        let (broker, rules) = (self.broker, &self.broker.rules);
        let access = Handle::generate(Kind::Access, &presented.family, &*broker.entropy);
        let access_expires = self.now.plus_secs(rules.access_secs(self.client));
        // A confidential client proves who it is each time: its refresh token stays. A public one's changes at every use.
        let replacement = self
            .client
            .is_public()
            .then(|| Handle::generate(Kind::Refresh, &presented.family, &*broker.entropy));
        let rotation = Rotation {
            family: presented.family.clone(),
            presented: presented.hash(&broker.hasher),
            client: self.client.id.clone(),
            scope: self.scope.clone(),
            access: NewToken { hash: access.hash(&broker.hasher), expires_at: access_expires },
            replacement: replacement.as_ref().map(|r| NewToken {
                hash: r.hash(&broker.hasher),
                // The store keeps the family's end: a rotated token lives no longer than the first.
                expires_at: self.now.plus_secs(rules.refresh_token_secs),
            }),
            now: self.now,
        };
        match broker.stores.expiring.refresh(rotation).await.map_err(|e| self.slot.store(&e))? {
            Refreshed::Granted(found) => {
                let theirs = grant(&found);
                let scope = self.scope.clone().unwrap_or_else(|| found.scope.clone());
                self.tokens =
                    Some(Tokens { grant: *found, scope, access, access_expires, refresh: replacement });
                Ok(theirs)
            }
            Refreshed::Reused(owner) => {
                let mut event =
                    AuditEvent::new(EventId::generate(&*broker.entropy), self.now, AuditKind::RefreshReused);
                event.client = Some(owner);
                broker
                    .stores
                    .expiring
                    .commit(vec![Write::Audit(Box::new(event))])
                    .await
                    .map_err(|e| self.slot.store(&e))?;
                Ok(None)
            }
            Refreshed::ScopeExceeded => {
                self.slot.fail(OAuthError::INVALID_SCOPE.because("scope exceeds what was granted"));
                Ok(None)
            }
            Refreshed::Unknown => Ok(None),
        }
    }
}
