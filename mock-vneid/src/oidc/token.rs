//! The token endpoint of the plain dialect.

use super::answers::{answer, common, refuse};
use super::claims::{claims, spoil_claims, subject};
use crate::fault::{Endpoint, Fault};
use crate::signin::field;
use crate::state::{Dialect, Given, State, word};
use axum::Form;
use axum::extract::State as Shared;
use axum::response::Response;
use broker_jose::{Algorithm, SigningKey, at_hash};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// Id and secret of a client: by Basic or in the form.
pub(crate) fn credentials(headers: &HeaderMap, form: &[(String, String)]) -> Option<(String, String)> {
    let basic = headers
        .get(http::header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Basic "));
    match basic {
        Some(encoded) => {
            let text = String::from_utf8(BASE64.decode(encoded.as_bytes()).ok()?).ok()?;
            let (id, secret) = text.split_once(':')?;
            let decode = |s: &str| percent_decode_str(&s.replace('+', " ")).decode_utf8_lossy().into_owned();
            Some((decode(id), decode(secret)))
        }
        None => Some((field(form, "client_id")?.to_owned(), field(form, "client_secret")?.to_owned())),
    }
}

/// Takes a code: once, from its client, at its place.
pub(crate) fn take(
    state: &State,
    form: &[(String, String)],
    client: &str,
    dialect: Dialect,
) -> Result<Given, Box<Response>> {
    let refused = |why| Box::new(refuse(StatusCode::BAD_REQUEST, "invalid_grant", why));
    if field(form, "grant_type") != Some("authorization_code") {
        return Err(Box::new(refuse(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "only authorization_code",
        )));
    }
    let code = field(form, "code").ok_or_else(|| refused("code is missing"))?;
    let given = state.lock().codes.remove(code).ok_or_else(|| refused("code is unknown or used"))?;
    let fits = given.signin.client_id == client
        && given.signin.dialect == dialect
        && field(form, "redirect_uri") == Some(given.signin.redirect_uri.as_str());
    if !fits || state.now() >= given.expires_at {
        return Err(refused("code is another client's, of another place, or expired"));
    }
    if let (Dialect::Oidc, Some(challenge)) = (dialect, &given.signin.challenge) {
        let hash = field(form, "code_verifier")
            .map(|v| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, v.as_bytes()));
        if hash.is_none_or(|h| BASE64URL_NOPAD.encode(h.as_ref()) != *challenge) {
            return Err(refused("code_verifier does not fit"));
        }
    }
    Ok(given)
}

/// Tokens for a code.
pub(crate) async fn token(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let faults = state.strike(Endpoint::Token);
    if let Some(spoilt) = common(&faults).await {
        return spoilt;
    }
    let unknown = || refuse(StatusCode::UNAUTHORIZED, "invalid_client", "unknown client or wrong secret");
    let Some((id, secret)) = credentials(&headers, &form) else { return unknown() };
    let known = state.lock().client(&id).is_some_and(|c| c.client_secret == secret);
    if !known || faults.contains(&Fault::ClientRefused) {
        return unknown();
    }
    if faults.contains(&Fault::CodeRefused) {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant", "a fault was asked for");
    }
    let given = match take(&state, &form, &id, Dialect::Oidc) {
        Ok(given) => given,
        Err(refused) => return *refused,
    };
    let access = word();
    let expires_at = state.now() + 300;
    state.lock().tokens.insert(access.clone(), Given { expires_at, ..given.clone() });
    let mut body =
        json!({"access_token": access, "token_type": "Bearer", "expires_in": 300, "scope": "openid"});
    if !faults.contains(&Fault::MissingIdToken) {
        match id_token(&state, &given, &access, &faults) {
            Some(signed) => {
                if let Value::Object(map) = &mut body {
                    map.insert("id_token".to_owned(), json!(signed));
                }
            }
            None => return refuse(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "cannot sign"),
        }
    }
    answer(StatusCode::OK, &body)
}

fn id_token(state: &State, given: &Given, access: &str, faults: &[Fault]) -> Option<String> {
    if faults.contains(&Fault::RotatedKeys) {
        state.lock().keys.rotate().ok()?;
    }
    let now = state.now();
    let issuer = state.issuer();
    let inner = state.lock();
    let mut all: Map<String, Value> =
        if inner.settings.claims_in_id_token { claims(&inner, given) } else { Map::new() };
    let base = json!({
        "iss": issuer,
        "sub": subject(&inner, given),
        "aud": given.signin.client_id,
        "azp": given.signin.client_id,
        "iat": now,
        "exp": now + 300,
        "auth_time": given.proven.at,
        "acr": given.proven.level.to_string(),
        "sid": given.sid,
        "session_state": given.sid,
        "at_hash": at_hash(Algorithm::RS256, access),
    });
    if let Value::Object(base) = base {
        all.extend(base);
    }
    if let Some(nonce) = &given.signin.nonce {
        all.insert("nonce".to_owned(), json!(nonce));
    }
    let mut set = |name: &str, value: Value| {
        all.insert(name.to_owned(), value);
    };
    for fault in faults {
        match fault {
            Fault::WrongNonce => set("nonce", json!("another-nonce")),
            Fault::WrongIssuer => set("iss", json!("https://somebody-else.example")),
            Fault::WrongAudience => {
                set("aud", json!("somebody-else"));
                set("azp", json!("somebody-else"));
            }
            Fault::ExpiredToken => {
                set("iat", json!(now - 3500));
                set("exp", json!(now - 3000));
            }
            Fault::ClockSkew { secs } => {
                set("iat", json!(now + secs));
                set("exp", json!(now + secs + 300));
                set("auth_time", json!(now + secs));
            }
            Fault::StaleAuthentication => set("auth_time", json!(now - 3600)),
            Fault::Level { level } => set("acr", json!(level)),
            _ => {}
        }
    }
    spoil_claims(&mut all, faults);
    let key: &SigningKey =
        if faults.contains(&Fault::UnknownKey) { inner.keys.hidden() } else { inner.keys.current() };
    let signed = key.sign(Some("JWT"), &all).ok()?;
    let mut parts = signed.split('.');
    let (header, payload) = (parts.next()?, parts.next()?);
    if faults.contains(&Fault::AlgNone) {
        return Some(format!("{}.{payload}.", BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"JWT"}"#)));
    }
    if faults.contains(&Fault::BadSignature) {
        return Some(format!("{header}.{payload}.{}", BASE64URL_NOPAD.encode(&[7u8; 256])));
    }
    Some(signed)
}
