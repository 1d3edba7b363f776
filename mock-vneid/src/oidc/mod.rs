//! The plain dialect: OpenID Connect, as a Keycloak realm speaks it.

mod authorize;
mod discovery;
mod logout;
mod token;
mod userinfo;

pub(crate) use authorize::{authorize, read_request};
pub(crate) use discovery::{discovery, jwks};
pub(crate) use logout::{end_session, logout_token};
pub(crate) use token::{take, token};
pub(crate) use userinfo::{bearer, userinfo};

use crate::fault::Fault;
use crate::state::{Given, Inner};
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Faults that any endpoint can have: `Some` is the spoilt answer.
pub(crate) async fn common(faults: &[Fault]) -> Option<Response> {
    for fault in faults {
        match fault {
            Fault::Delay { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Fault::Status { status } => {
                return Some(
                    StatusCode::from_u16(*status)
                        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                        .into_response(),
                );
            }
            Fault::Cut => {
                let cut = stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) });
                return Some(([(CONTENT_TYPE, "application/json")], Body::from_stream(cut)).into_response());
            }
            Fault::Garbage => {
                return Some(
                    ([(CONTENT_TYPE, "application/json")], "{\"this is\": not JSON").into_response(),
                );
            }
            Fault::OversizedBody => {
                let body = format!("{{\"filler\": \"{}\"}}", "x".repeat(8 * 1024 * 1024));
                return Some(([(CONTENT_TYPE, "application/json")], body).into_response());
            }
            _ => {}
        }
    }
    None
}

/// The claims of whom something was given for, by their usual names.
pub(crate) fn claims(inner: &Inner, given: &Given) -> Map<String, Value> {
    let mut out = Map::new();
    let Some(citizen) = inner.citizens.get(&given.proven.citizen) else { return out };
    let mut put = |name: &str, value: Value| {
        out.insert(name.to_owned(), value);
    };
    put("citizenPid", json!(citizen.personal_number));
    put("fullName", json!(citizen.full_name));
    put("birthDate", json!(citizen.birth_date));
    for (name, value) in [("gender", &citizen.gender), ("phoneNumber", &citizen.phone)] {
        if !value.is_empty() {
            put(name, json!(value));
        }
    }
    for (name, value) in
        [("email", &citizen.email), ("address", &citizen.address), ("oldNumber", &citizen.old_number)]
    {
        if let Some(value) = value {
            put(name, json!(value));
        }
    }
    match given.proven.tax_code.as_ref().and_then(|code| inner.organizations.get(code)) {
        Some(organization) => {
            put("accountType", json!("organization"));
            put("organizationName", json!(organization.name));
            put("taxCode", json!(organization.tax_code));
        }
        None => {
            put("accountType", json!("personal"));
            put("accountLevel", json!(citizen.account_level));
        }
    }
    out
}

/// Faults of claims.
pub(crate) fn spoil_claims(claims: &mut Map<String, Value>, faults: &[Fault]) {
    for fault in faults {
        match fault {
            Fault::MissingClaim { claim } => {
                claims.remove(claim);
            }
            Fault::OtherClaim { claim, value } => {
                claims.insert(claim.clone(), value.clone());
            }
            Fault::OtherSubject => {
                claims.insert("sub".to_owned(), json!("somebody-else"));
            }
            _ => {}
        }
    }
}

/// The subject of a citizen (or of one for an organization) here.
pub(crate) fn subject(given: &Given) -> String {
    let who = format!("{}/{}", given.proven.citizen, given.proven.tax_code.as_deref().unwrap_or(""));
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, format!("mock-vneid:{who}").as_bytes());
    data_encoding::HEXLOWER.encode(hash.as_ref().get(..16).unwrap_or_default())
}

/// Compact JSON with `no-store`.
pub(crate) fn answer(status: StatusCode, body: &Value) -> Response {
    (
        status,
        [(CONTENT_TYPE, "application/json"), (http::header::CACHE_CONTROL, "no-store")],
        body.to_string(),
    )
        .into_response()
}

/// An OAuth error.
pub(crate) fn refuse(status: StatusCode, error: &str, description: &str) -> Response {
    answer(status, &json!({"error": error, "error_description": description}))
}
