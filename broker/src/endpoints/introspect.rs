//! `/oauth2/introspect` (RFC 7662). A client sees its own tokens; to all else the answer is `active: false`.

use super::speech::live;
use crate::errors::OAuthError;
use crate::extract::{Tried, authenticate, bearer, read_form};
use crate::respond::{json_no_store, oauth_error, token_refused};
use crate::state::Broker;
use crate::telemetry::note_client;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use broker_domain::client::Client;
use broker_domain::form::Form;
use broker_domain::secret::same;
use broker_domain::token::{Handle, Kind, LiveToken};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// Says what a token is.
pub async fn post(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (headers, form) = match read_form(request).await {
        Ok(read) => read,
        Err(error) => return oauth_error(error, Tried { header: false }),
    };
    if let Some(token) = bearer(&headers) {
        return by_itself(&broker, token, &form).await;
    }
    let (tried, proven) = authenticate(&broker, &headers, &form);
    let answer = match proven {
        // A public client proves nothing, so it learns nothing.
        Ok(client) if client.is_public() => Err(OAuthError::INVALID_CLIENT),
        Ok(client) => {
            note_client(client.id.as_str());
            introspect(&broker, &client, &form).await
        }
        Err(error) => Err(error),
    };
    match answer {
        Ok(body) => json_no_store(StatusCode::OK, &body),
        Err(error) => oauth_error(error, tried),
    }
}

async fn introspect(broker: &Broker, client: &Client, form: &Form) -> Result<Value, OAuthError> {
    let text = form.get("token").ok_or(OAuthError::INVALID_REQUEST.because("token is missing"))?;
    let found = match Handle::parse_as(Kind::Refresh, text) {
        Some(handle) => {
            let hash = handle.hash(&broker.hasher);
            let found =
                broker.stores.expiring.refresh_token(&handle.family, &hash, broker.clock.now()).await?;
            found.map(|t| (t, false))
        }
        None => live(broker, text).await?.map(|t| (t, true)),
    };
    Ok(match found {
        Some((token, is_access)) if token.grant.client == client.id => describe(broker, &token, is_access),
        _ => json!({"active": false}),
    })
}

/// Old portals show the access token itself instead of their credentials: a token speaks of itself, never of another.
async fn by_itself(broker: &Broker, token: &str, form: &Form) -> Response {
    let live = match live(broker, token).await {
        Ok(live) => live,
        Err(error) => return token_refused(Some(error)),
    };
    let Some(live) = live else { return token_refused(Some(OAuthError::INVALID_TOKEN)) };
    note_client(live.grant.client.as_str());
    let may = broker.registry.enabled(&live.grant.client).is_some_and(|c| c.is_dvcqg());
    if !may {
        return oauth_error(OAuthError::INVALID_CLIENT, Tried { header: true });
    }
    match form.get("token") {
        Some(asked) if same(asked, token) => json_no_store(StatusCode::OK, &describe(broker, &live, true)),
        Some(_) => json_no_store(StatusCode::OK, &json!({"active": false})),
        None => oauth_error(OAuthError::INVALID_REQUEST.because("token is missing"), Tried { header: false }),
    }
}

fn describe(broker: &Broker, token: &LiveToken, is_access: bool) -> Value {
    let mut body = json!({
        "active": true,
        "iss": broker.issuer.as_str(),
        "client_id": token.grant.client.as_str(),
        "exp": token.expires_at.secs(),
        "iat": token.grant.issued_at.secs(),
    });
    if let Value::Object(map) = &mut body {
        if !token.scope.is_empty() {
            map.insert("scope".to_owned(), json!(token.scope.to_string()));
        }
        if is_access {
            map.insert("token_type".to_owned(), json!("Bearer"));
        }
        let subject = token.grant.login.as_ref().map_or(token.grant.client.as_str(), |l| l.subject.as_str());
        map.insert("sub".to_owned(), json!(subject));
        if let Some(login) = &token.grant.login {
            map.insert("acr".to_owned(), json!(login.level.as_str()));
            map.insert("auth_time".to_owned(), json!(login.auth_time.secs()));
        }
    }
    body
}
