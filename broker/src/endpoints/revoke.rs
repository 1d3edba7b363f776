//! `/oauth2/revoke` (RFC 7009). A token that is unknown, or another client's, is answered like one that was revoked.

use super::speech::access_handle;
use crate::errors::OAuthError;
use crate::extract::{Tried, authenticate, read_form};
use crate::respond::{empty_ok, oauth_error, with_standing};
use crate::state::Broker;
use crate::telemetry::note_client;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::Client;
use broker_domain::form::Form;
use broker_domain::ids::{EventId, FamilyId};
use broker_domain::ports::Write;
use broker_domain::token::{Handle, Kind};
use std::sync::Arc;

/// Revokes a token: a refresh token with everything beside it, an access token alone.
pub async fn post(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, form) = match read_form(request).await {
        Ok(read) => read,
        Err(error) => return oauth_error(error, Tried::default()),
    };
    let (tried, proven) = authenticate(&broker, &parts, &form);
    let answer = match proven {
        Ok(client) => {
            note_client(client.id.as_str());
            revoke(&broker, &client, &form).await
        }
        Err(error) => Err(error),
    };
    match answer {
        Ok(()) => with_standing(empty_ok(), tried.standing),
        Err(error) => oauth_error(error, tried),
    }
}

async fn revoke(broker: &Broker, client: &Client, form: &Form) -> Result<(), OAuthError> {
    let text = form.get("token").ok_or(OAuthError::INVALID_REQUEST.because("token is missing"))?;
    let expiring = &broker.stores.expiring;
    if let Some(handle) = Handle::parse_as(Kind::Refresh, text) {
        expiring.revoke_refresh(&handle.family, &handle.hash(&broker.hasher), &client.id).await?;
        return Ok(());
    }
    if let Some(handle) = access_handle(broker, text) {
        expiring.revoke_access(&handle.family, &handle.hash(&broker.hasher), &client.id).await?;
        return Ok(());
    }
    // Old portals hand in the id_token: it names the login whose tokens are to end.
    if client.is_dvcqg()
        && let Ok(verified) = broker.keyring.verify_own(text, None)
    {
        let claim = |name: &str| verified.claims.get(name).and_then(|v| v.as_str());
        let own = claim("iss") == Some(broker.issuer.as_str()) && claim("aud") == Some(client.id.as_str());
        if let (true, Some(family)) = (own, claim("jti").and_then(FamilyId::parse)) {
            return end(broker, client, &family).await;
        }
    }
    Ok(())
}

async fn end(broker: &Broker, client: &Client, family: &FamilyId) -> Result<(), OAuthError> {
    let mut event =
        AuditEvent::new(EventId::generate(&*broker.entropy), broker.clock.now(), AuditKind::TokenRevoked);
    event.client = Some(client.id.clone());
    broker
        .stores
        .expiring
        .commit(vec![Write::RevokeFamily(family.clone()), Write::Audit(Box::new(event))])
        .await?;
    Ok(())
}
