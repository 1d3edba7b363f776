//! `/oauth2/userinfo` (OpenID Connect Core 5.3): GET, POST with the header, POST with a form body.

use super::speech::{live, sealed_userinfo};
use crate::errors::OAuthError;
use crate::extract::{bearer, is_form, read_form};
use crate::respond::{json_no_store, jwt_no_store, token_refused};
use crate::state::Broker;
use crate::telemetry::note_client;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use broker_domain::client::Client;
use broker_domain::release;
use http::header::AUTHORIZATION;
use http::{Method, StatusCode};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The citizen's claims.
pub async fn any(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let token = match token(request).await {
        Ok(token) => token,
        Err(error) => return token_refused(error),
    };
    match claims(&broker, &token).await {
        Ok((claims, client)) => match sealed_userinfo(&broker, &client, &claims) {
            Ok(None) => json_no_store(StatusCode::OK, &Value::Object(claims)),
            Ok(Some(token)) => jwt_no_store(token),
            Err(error) => token_refused(Some(error)),
        },
        Err(error) => token_refused(Some(error)),
    }
}

/// The access token, by exactly one of the two ways (RFC 6750, 2); `Err(None)` when none came.
async fn token(request: Request<Body>) -> Result<String, Option<OAuthError>> {
    let several = OAuthError::INVALID_REQUEST.because("several access tokens");
    let header = bearer(request.headers()).map(str::to_owned);
    if header.is_none() && request.headers().contains_key(AUTHORIZATION) {
        return Err(Some(OAuthError::INVALID_TOKEN));
    }
    let is_form = is_form(request.headers());
    let body = match (request.method() == Method::POST && is_form, &header) {
        (true, _) => read_form(request).await.map_err(Some)?.1.get("access_token").map(str::to_owned),
        // Old portals post an empty body that they call JSON.
        (false, _) => None,
    };
    match (header, body) {
        (Some(_), Some(_)) => Err(Some(several)),
        (Some(token), None) | (None, Some(token)) => Ok(token),
        (None, None) => Err(None),
    }
}

async fn claims(broker: &Broker, token: &str) -> Result<(Map<String, Value>, Arc<Client>), OAuthError> {
    let live = live(broker, token).await?.ok_or(OAuthError::INVALID_TOKEN)?;
    note_client(live.grant.client.as_str());
    let client = broker.registry.enabled(&live.grant.client).ok_or(OAuthError::INVALID_TOKEN)?;
    let login = live.grant.login.as_ref().ok_or(OAuthError::INVALID_TOKEN)?;
    if !live.scope.has("openid") {
        return Err(OAuthError::INSUFFICIENT_SCOPE);
    }
    Ok((release::userinfo(login, &client, &live.scope, broker.clock.now()), client))
}
