//! `/oauth2/userinfo` (OpenID Connect Core 5.3): GET, POST with the header, POST with a form body.

use super::speech::{live, sealed_userinfo};
use crate::errors::OAuthError;
use crate::extract::{Tried, bearer, count_call, count_dead_token, is_form, read_form_body};
use crate::rates::Standing;
use crate::respond::{json_no_store, jwt_no_store, oauth_error, token_refused, with_standing};
use crate::state::Broker;
use crate::telemetry::note_client;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use broker_domain::client::Client;
use broker_domain::release;
use broker_domain::token::LiveToken;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::Value;
use std::sync::Arc;

/// Why there are no claims: no token came, it is refused, or somebody comes too often.
enum Refusal {
    NoToken,
    Error(OAuthError),
    TooMany(Standing),
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        Self::Error(error)
    }
}

/// The citizen's claims.
pub async fn any(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    match answer(&broker, request).await {
        Ok(answer) => answer,
        Err(Refusal::NoToken) => token_refused(None),
        Err(Refusal::Error(error)) => token_refused(Some(error)),
        Err(Refusal::TooMany(standing)) => {
            oauth_error(OAuthError::TOO_MANY_REQUESTS, Tried { header: true, standing: Some(standing) })
        }
    }
}

async fn answer(broker: &Broker, request: Request<Body>) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let token = token(&parts, body).await?;
    let Some(live) = live(broker, &token).await? else {
        count_dead_token(broker, &parts).map_err(Refusal::TooMany)?;
        return Err(OAuthError::INVALID_TOKEN.into());
    };
    note_client(live.grant.client.as_str());
    let client = broker.registry.enabled(&live.grant.client).ok_or(OAuthError::INVALID_TOKEN)?;
    let standing = count_call(broker, &client, &parts);
    if let Some(standing) = standing.filter(|s| s.exceeded) {
        return Err(Refusal::TooMany(standing));
    }
    let answer = claims(broker, &client, &live).unwrap_or_else(|error| token_refused(Some(error)));
    Ok(with_standing(answer, standing))
}

/// The access token, by exactly one of the two ways (RFC 6750, 2).
async fn token(parts: &Parts, body: Body) -> Result<String, Refusal> {
    let several = OAuthError::INVALID_REQUEST.because("several access tokens");
    let header = bearer(&parts.headers).map(str::to_owned);
    if header.is_none() && parts.headers.contains_key(AUTHORIZATION) {
        return Err(OAuthError::INVALID_TOKEN.into());
    }
    // Old portals post an empty body that they call JSON.
    let body = if parts.method == Method::POST && is_form(&parts.headers) {
        read_form_body(&parts.headers, body).await?.get("access_token").map(str::to_owned)
    } else {
        None
    };
    match (header, body) {
        (Some(_), Some(_)) => Err(several.into()),
        (Some(token), None) | (None, Some(token)) => Ok(token),
        (None, None) => Err(Refusal::NoToken),
    }
}

fn claims(broker: &Broker, client: &Client, live: &LiveToken) -> Result<Response, OAuthError> {
    let login = live.grant.login.as_ref().ok_or(OAuthError::INVALID_TOKEN)?;
    if !live.scope.has("openid") {
        return Err(OAuthError::INSUFFICIENT_SCOPE);
    }
    let claims = release::userinfo(login, client, &live.scope, broker.clock.now());
    Ok(match sealed_userinfo(broker, client, &claims)? {
        None => json_no_store(StatusCode::OK, &Value::Object(claims)),
        Some(token) => jwt_no_store(token),
    })
}
