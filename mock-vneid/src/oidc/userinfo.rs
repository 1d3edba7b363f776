//! Userinfo of the plain dialect.

use super::answers::{answer, common, refuse};
use super::claims::{claims, spoil_claims, subject};
use crate::fault::Endpoint;
use crate::state::{Dialect, Given, State};
use axum::extract::State as Shared;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

/// Whom a bearer token stands for.
pub(crate) fn bearer(state: &State, headers: &HeaderMap, dialect: Dialect) -> Option<Given> {
    let token = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    let now = state.now();
    state.lock().tokens.get(token).filter(|g| g.signin.dialect == dialect && now < g.expires_at).cloned()
}

/// The claims.
pub(crate) async fn userinfo(Shared(state): Shared<State>, headers: HeaderMap) -> Response {
    let faults = state.strike(Endpoint::Userinfo);
    if let Some(spoilt) = common(&faults).await {
        return spoilt;
    }
    let Some(given) = bearer(&state, &headers, Dialect::Oidc) else {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_token", "unknown or expired");
    };
    let mut all = {
        let inner = state.lock();
        let mut all = claims(&inner, &given);
        all.insert("sub".to_owned(), json!(subject(&inner, &given)));
        all
    };
    spoil_claims(&mut all, &faults);
    answer(StatusCode::OK, &Value::Object(all))
}
