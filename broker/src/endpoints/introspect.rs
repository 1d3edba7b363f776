//! `/oauth2/introspect` (RFC 7662). A client sees its own tokens; to all else the answer is `active: false`.

use super::speech::live;
use crate::errors::OAuthError;
use crate::extract::{Tried, authenticate, bearer, count_call, count_dead_token, read_form};
use crate::respond::{json_no_store, oauth_error, token_refused, with_standing};
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
use http::request::Parts;
use serde_json::{Value, json};
use std::sync::Arc;

/// Says what a token is.
pub async fn post(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, form) = match read_form(request).await {
        Ok(read) => read,
        Err(error) => return oauth_error(error, Tried::default()),
    };
    if let Some(token) = bearer(&parts.headers) {
        return by_itself(&broker, token, &parts, &form).await;
    }
    let (tried, proven) = authenticate(&broker, &parts, &form);
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
        Ok(body) => with_standing(json_no_store(StatusCode::OK, &body), tried.standing),
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
async fn by_itself(broker: &Broker, token: &str, parts: &Parts, form: &Form) -> Response {
    let too_many = |standing| {
        oauth_error(OAuthError::TOO_MANY_REQUESTS, Tried { header: true, standing: Some(standing) })
    };
    let live = match live(broker, token).await {
        Ok(live) => live,
        Err(error) => return token_refused(Some(error)),
    };
    let Some(live) = live else {
        if let Err(standing) = count_dead_token(broker, parts) {
            return too_many(standing);
        }
        return token_refused(Some(OAuthError::INVALID_TOKEN));
    };
    note_client(live.grant.client.as_str());
    let Some(client) = broker.registry.enabled(&live.grant.client).filter(|c| c.is_dvcqg()) else {
        return oauth_error(OAuthError::INVALID_CLIENT, Tried { header: true, standing: None });
    };
    let standing = count_call(broker, &client, parts);
    if let Some(standing) = standing.filter(|s| s.exceeded) {
        return too_many(standing);
    }
    let answer = match form.get("token") {
        Some(asked) if same(asked, token) => json_no_store(StatusCode::OK, &describe(broker, &live, true)),
        Some(_) => json_no_store(StatusCode::OK, &json!({"active": false})),
        None => oauth_error(OAuthError::INVALID_REQUEST.because("token is missing"), Tried::default()),
    };
    with_standing(answer, standing)
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
