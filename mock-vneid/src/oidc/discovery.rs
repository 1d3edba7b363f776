//! Metadata and keys.

use super::answers::{answer, common};
use crate::fault::{Endpoint, Fault};
use crate::state::State;
use axum::extract::State as Shared;
use axum::response::Response;
use http::StatusCode;
use serde_json::json;

/// The discovery document.
pub(crate) async fn discovery(Shared(state): Shared<State>) -> Response {
    let faults = state.strike(Endpoint::Discovery);
    if let Some(spoilt) = common(&faults).await {
        return spoilt;
    }
    let issuer = state.issuer();
    let named = if faults.contains(&Fault::WrongIssuer) {
        "https://somebody-else.example".to_owned()
    } else {
        issuer.clone()
    };
    let at = |path: &str| format!("{issuer}/{path}");
    answer(
        StatusCode::OK,
        &json!({
            "issuer": named,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"),
            "userinfo_endpoint": at("userinfo"),
            "jwks_uri": at("jwks"),
            "end_session_endpoint": at("logout"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": ["1", "2", "3"],
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
        }),
    )
}

/// The published keys.
pub(crate) async fn jwks(Shared(state): Shared<State>) -> Response {
    let faults = state.strike(Endpoint::Jwks);
    if let Some(spoilt) = common(&faults).await {
        return spoilt;
    }
    let keys = state.lock().keys.published();
    answer(StatusCode::OK, &keys)
}
