//! `/oauth2/token` (RFC 6749, 3.2).

use super::speech::{access_token, id_token};
use crate::errors::OAuthError;
use crate::extract::{Tried, authenticate, claimed_id, read_form};
use crate::oauth_engine::{Tokens, exchange, own_token, refresh};
use crate::respond::{json_no_store, oauth_error, with_standing};
use crate::state::Broker;
use crate::telemetry::note_client;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::{Client, GrantType};
use broker_domain::form::Form;
use broker_domain::ids::{ClientId, EventId};
use broker_domain::ports::Write;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// Tokens for a code, a refresh token, or the client itself.
pub async fn post(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, form) = match read_form(request).await {
        Ok(read) => read,
        Err(error) => return oauth_error(error, Tried::default()),
    };
    let (tried, proven) = authenticate(&broker, &parts, &form);
    let answer = match proven {
        Ok(client) => {
            note_client(client.id.as_str());
            tokens(&broker, &client, &form).await
        }
        Err(error) => {
            if error.status != StatusCode::TOO_MANY_REQUESTS {
                failed_authentication(&broker, claimed_id(&parts.headers, &form)).await;
            }
            Err(error)
        }
    };
    match answer {
        Ok(body) => with_standing(json_no_store(StatusCode::OK, &body), tried.standing),
        Err(error) => oauth_error(error, tried),
    }
}

async fn tokens(broker: &Broker, client: &Client, form: &Form) -> Result<Value, OAuthError> {
    let made = match form.get("grant_type") {
        None => return Err(OAuthError::INVALID_REQUEST.because("grant_type is missing")),
        Some(g) if g == GrantType::AuthorizationCode.as_str() => exchange(broker, client, form).await?,
        Some(g) if g == GrantType::RefreshToken.as_str() => refresh(broker, client, form).await?,
        Some(g) if g == GrantType::ClientCredentials.as_str() => own_token(broker, client, form).await?,
        Some(_) => return Err(OAuthError::UNSUPPORTED_GRANT_TYPE),
    };
    let first = form.get("grant_type") == Some(GrantType::AuthorizationCode.as_str());
    answer(broker, client, &made, first)
}

fn answer(broker: &Broker, client: &Client, made: &Tokens, first: bool) -> Result<Value, OAuthError> {
    let now = broker.clock.now();
    let access = access_token(broker, client, made, now)?;
    let mut body = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": (made.access_expires.millis_since(now).max(0) + 999) / 1000,
    });
    if !made.scope.is_empty() {
        put(&mut body, "scope", json!(made.scope.to_string()));
    }
    if let Some(refresh) = &made.refresh {
        put(&mut body, "refresh_token", json!(refresh.to_text()));
    }
    if let Some(token) = id_token(broker, client, made, &access, first, now)? {
        put(&mut body, "id_token", json!(token));
    }
    Ok(body)
}

fn put(body: &mut Value, name: &str, value: Value) {
    if let Value::Object(map) = body {
        map.insert(name.to_owned(), value);
    }
}

/// A failed proof of a client that exists is an event: somebody may be guessing.
async fn failed_authentication(broker: &Broker, claimed: Option<String>) {
    let Some(client) = claimed.and_then(|id| broker.registry.find(&id)) else { return };
    let mut event = AuditEvent::new(
        EventId::generate(&*broker.entropy),
        broker.clock.now(),
        AuditKind::ClientAuthenticationFailed,
    );
    event.client = Some(ClientId::new(client.id.as_str()));
    if let Err(error) = broker.stores.expiring.commit(vec![Write::Audit(Box::new(event))]).await {
        tracing::warn!(%error, "an audit event was not kept");
    }
}
