//! Today's dialect: no nonce, no id_token; forms only; answers sealed to the client's key.

use crate::fault::{Endpoint, Fault};
use crate::oidc::{answer, bearer, claims, common, read_request, refuse, spoil_claims, take};
use crate::seal::seal;
use crate::signin::{begin, field};
use crate::state::{Dialect, Given, State, word};
use axum::body::Bytes;
use axum::extract::{Query, State as Shared};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

/// The authorization endpoint.
pub(crate) async fn authorize(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    match read_request(&state, &query, Dialect::Sealed) {
        Ok((signin, wishes)) => begin(&state, &headers, signin, wishes).await,
        Err(refused) => *refused,
    }
}

fn sealed(state: &State, client: &str, plain: &Value, faults: &[Fault]) -> Response {
    let key = state.lock().client(client).and_then(|c| c.public_key.clone());
    let spoil = faults.contains(&Fault::BadPadding);
    match key.and_then(|key| seal(&key, plain.to_string().as_bytes(), spoil).ok()) {
        Some(sealed) => answer(StatusCode::OK, &sealed.json()),
        None => {
            refuse(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "this client has no usable public key")
        }
    }
}

/// The token endpoint: a form, or 415.
pub(crate) async fn token(Shared(state): Shared<State>, headers: HeaderMap, body: Bytes) -> Response {
    let faults = state.strike(Endpoint::Token);
    if let Some(spoilt) = common(&faults).await {
        return spoilt;
    }
    let kind = headers.get(http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request", "a form is wanted");
    }
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    let id = field(&form, "client_id").unwrap_or("").to_owned();
    let known = state
        .lock()
        .client(&id)
        .is_some_and(|c| Some(c.client_secret.as_str()) == field(&form, "client_secret"));
    if !known || faults.contains(&Fault::ClientRefused) {
        return refuse(StatusCode::BAD_REQUEST, "invalid_client", "unknown client or wrong secret");
    }
    if faults.contains(&Fault::CodeRefused) {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant", "a fault was asked for");
    }
    let given = match take(&state, &form, &id, Dialect::Sealed) {
        Ok(given) => given,
        Err(refused) => return *refused,
    };
    let access = word();
    let expires_at = state.now() + 300;
    state.lock().tokens.insert(access.clone(), Given { expires_at, ..given });
    let mut plain =
        json!({"access_token": access, "token_type": "Bearer", "expires_in": 300, "scope": "openid"});
    if let (true, Some(map)) =
        (faults.iter().any(|f| matches!(f, Fault::MissingClaim { .. })), plain.as_object_mut())
    {
        spoil_claims(map, &faults);
    }
    sealed(&state, &id, &plain, &faults)
}

/// Userinfo.
pub(crate) async fn userinfo(Shared(state): Shared<State>, headers: HeaderMap) -> Response {
    let faults = state.strike(Endpoint::Userinfo);
    if let Some(spoilt) = common(&faults).await {
        return spoilt;
    }
    let Some(given) = bearer(&state, &headers, Dialect::Sealed) else {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_token", "unknown or expired");
    };
    let mut all: Map<String, Value> = claims(&state.lock(), &given);
    for fault in &faults {
        if let Fault::Level { level } = fault {
            all.insert("accountLevel".to_owned(), json!(level));
        }
    }
    spoil_claims(&mut all, &faults);
    sealed(&state, &given.signin.client_id, &Value::Object(all), &faults)
}
