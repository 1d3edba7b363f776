//! Client authentication (RFC 6749, 2.3; OpenID Connect Core 9).

use super::rate::{count_call, count_failed_proof};
use crate::errors::OAuthError;
use crate::rates::Standing;
use crate::state::Broker;
use broker_domain::client::{AuthMethod, Client};
use broker_domain::form::Form;
use data_encoding::BASE64;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use percent_encoding::percent_decode;
use std::sync::Arc;

/// How a client tried to prove who it is: a failed Basic is answered with `WWW-Authenticate`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// Whether it used the `Authorization` header.
    pub header: bool,
    /// Where it stands with the limit of its requests, once it has proven who it is; or with one that it exceeded without.
    pub standing: Option<Standing>,
}

struct Basic {
    id: String,
    secret: String,
}

/// Authenticates the client of a request: by exactly one method, and one that it registered. Its request is counted: one that is one
/// too many is refused. So are failed proofs, in the name that was claimed and by the address; they never shut out who is right.
pub fn authenticate(broker: &Broker, parts: &Parts, form: &Form) -> (Tried, Result<Arc<Client>, OAuthError>) {
    let header = parts.headers.contains_key(AUTHORIZATION);
    let proven = prove(broker, &parts.headers, form);
    let standing = match &proven {
        Ok(client) => count_call(broker, client, parts),
        Err(error) if error.error == OAuthError::INVALID_CLIENT.error => {
            let claimed = claimed_id(&parts.headers, form).and_then(|id| broker.registry.find(&id));
            count_failed_proof(broker, claimed.as_deref(), parts)
        }
        Err(_) => None,
    };
    let proven =
        if standing.is_some_and(|s| s.exceeded) { Err(OAuthError::TOO_MANY_REQUESTS) } else { proven };
    (Tried { header, standing }, proven)
}

/// Which client somebody says they are, however they try to prove it.
pub fn claimed_id(headers: &HeaderMap, form: &Form) -> Option<String> {
    let by_basic = basic(headers).ok().flatten().map(|b| b.id);
    by_basic.or_else(|| form.get("client_id").map(str::to_owned))
}

fn prove(broker: &Broker, headers: &HeaderMap, form: &Form) -> Result<Arc<Client>, OAuthError> {
    let basic = basic(headers)?;
    let (named, given) = (form.get("client_id"), form.get("client_secret"));
    let (method, id, secret) = match (basic, named, given) {
        (Some(_), _, Some(_)) => {
            return Err(OAuthError::INVALID_REQUEST.because("two client authentication methods at once"));
        }
        (Some(b), Some(n), None) if n != b.id => {
            return Err(
                OAuthError::INVALID_REQUEST.because("client_id differs from the Authorization header")
            );
        }
        (Some(b), _, None) => (AuthMethod::ClientSecretBasic, b.id, b.secret),
        (None, Some(n), Some(s)) => (AuthMethod::ClientSecretPost, n.to_owned(), s.to_owned()),
        (None, Some(n), None) => (AuthMethod::None, n.to_owned(), String::new()),
        (None, None, _) => return Err(OAuthError::INVALID_CLIENT),
    };
    let client = broker.registry.find(&id);
    let now = broker.clock.now();
    let fits = match &client {
        Some(client) if method == AuthMethod::None => client.is_public(),
        Some(client) => client.secret_fits(&broker.hasher, &secret, now),
        None => {
            // The same work for a client that does not exist.
            let _ = broker.hasher.hash(broker_domain::secret::Purpose::ClientSecret, &secret);
            false
        }
    };
    match client {
        Some(client) if fits && client.is_enabled() && client.metadata.auth_methods().contains(&method) => {
            Ok(client)
        }
        _ => Err(OAuthError::INVALID_CLIENT),
    }
}

fn basic(headers: &HeaderMap) -> Result<Option<Basic>, OAuthError> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let Some(header) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(OAuthError::INVALID_REQUEST.because("several Authorization headers"));
    }
    let text = header.to_str().map_err(|_| OAuthError::INVALID_CLIENT)?;
    let (scheme, credentials) = text.split_once(' ').ok_or(OAuthError::INVALID_CLIENT)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(OAuthError::INVALID_CLIENT);
    }
    let bytes = BASE64.decode(credentials.trim().as_bytes()).map_err(|_| OAuthError::INVALID_CLIENT)?;
    let text = String::from_utf8(bytes).map_err(|_| OAuthError::INVALID_CLIENT)?;
    let (id, secret) = text.split_once(':').ok_or(OAuthError::INVALID_CLIENT)?;
    // Id and secret are form-encoded before they are joined (RFC 6749, 2.3.1).
    let decode =
        |s: &str| percent_decode(s.replace('+', " ").as_bytes()).decode_utf8().map(|v| v.into_owned());
    let id = decode(id).map_err(|_| OAuthError::INVALID_CLIENT)?;
    let secret = decode(secret).map_err(|_| OAuthError::INVALID_CLIENT)?;
    Ok(Some(Basic { id, secret }))
}

/// The bearer token of the `Authorization` header (RFC 6750, 2.1); the scheme's case does not matter.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let text = all.next()?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    (all.next().is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim())
}
