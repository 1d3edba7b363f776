//! Discovery (OpenID Connect Discovery 4; RFC 8414), at both well-known paths: only what works is said.

use crate::paths;
use crate::respond::json_cached;
use crate::state::{Broker, Issuer};
use axum::extract::State;
use axum::response::Response;
use broker_domain::client::{CONTENT_ENCRYPTION, EncryptionAlg, SigningAlg};
use broker_domain::level::Level;
use broker_domain::release::{CLAIMS, EVIDENCE, RECORDS, TRUST_FRAMEWORKS, VERIFIABLE};
use broker_domain::scope::KNOWN;
use serde_json::{Value, json};
use std::sync::Arc;

/// The document.
pub async fn get(State(broker): State<Arc<Broker>>) -> Response {
    json_cached(&document(&broker.issuer), 300)
}

fn document(issuer: &Issuer) -> Value {
    let algorithms = SigningAlg::ALL.map(SigningAlg::as_str);
    let methods = ["client_secret_basic", "client_secret_post", "none"];
    json!({
        "issuer": issuer.as_str(),
        "authorization_endpoint": issuer.url(paths::AUTHORIZE),
        "token_endpoint": issuer.url(paths::TOKEN),
        "userinfo_endpoint": issuer.url(paths::USERINFO),
        "jwks_uri": issuer.url(paths::JWKS),
        "introspection_endpoint": issuer.url(paths::INTROSPECT),
        "revocation_endpoint": issuer.url(paths::REVOKE),
        "end_session_endpoint": issuer.url(paths::LOGOUT),
        "scopes_supported": KNOWN,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["pairwise", "public"],
        "acr_values_supported": Level::ALL.map(Level::as_str),
        "id_token_signing_alg_values_supported": algorithms,
        "userinfo_signing_alg_values_supported": algorithms,
        "userinfo_encryption_alg_values_supported": EncryptionAlg::ALL.map(EncryptionAlg::as_str),
        "userinfo_encryption_enc_values_supported": [CONTENT_ENCRYPTION],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "claims_supported": CLAIMS,
        "claims_parameter_supported": true,
        "verified_claims_supported": true,
        "trust_frameworks_supported": TRUST_FRAMEWORKS,
        "evidence_supported": [EVIDENCE],
        "electronic_records_supported": RECORDS,
        "claims_in_verified_claims_supported": VERIFIABLE,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_request_uri_registration": false,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["vi", "en"],
        "display_values_supported": ["page"],
        "claim_types_supported": ["normal"],
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
    })
}
