//! The one HTTP client: time-outs, no redirects, bounded answers.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, RequestBuilder};

use crate::error::{Endpoint, Error, SettingsError};

/// The largest answer that is read, in bytes.
const MAX_BODY_BYTES: usize = 256 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(10);

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// Makes the client. With `roots` (PEM) only these are trusted, without them those of the machine.
///
/// # Errors
/// When the roots cannot be read or TLS cannot be set up.
pub(crate) fn build(issuer_is_https: bool, roots: Option<&[u8]>) -> Result<Client, SettingsError> {
    let builder = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .redirect(Policy::none())
        .referer(false)
        .https_only(issuer_is_https)
        .user_agent(concat!("relying-party-sdk/", env!("CARGO_PKG_VERSION")));
    let builder = match roots {
        Some(pem) => {
            let certificates = Certificate::from_pem_bundle(pem).map_err(|_| SettingsError::Roots)?;
            if certificates.is_empty() {
                return Err(SettingsError::Roots);
            }
            builder.tls_certs_only(certificates)
        }
        // On loopback without TLS nobody has to be trusted; a machine without root certificates is fine then.
        None if !issuer_is_https => builder.tls_certs_only([]),
        None => builder,
    };
    builder.build().map_err(|error| SettingsError::Http(error.to_string()))
}

/// Sends a request and reads the answer.
///
/// # Errors
/// [`Error::Unreachable`] when there is no answer in time, [`Error::Answer`] when it is too large.
pub(crate) async fn send(endpoint: Endpoint, request: RequestBuilder) -> Result<Answer, Error> {
    let unreachable = |error: reqwest::Error| {
        tracing::warn!(%endpoint, timeout = error.is_timeout(), connect = error.is_connect(), "no answer from the broker");
        Error::Unreachable(endpoint)
    };
    let mut response = request.send().await.map_err(unreachable)?;
    let too_large = Error::Answer(endpoint, "the answer is too large");
    if response.content_length().is_some_and(|length| length > MAX_BODY_BYTES as u64) {
        return Err(too_large);
    }
    let status = response.status();
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    if status.is_server_error() {
        tracing::warn!(%endpoint, status = status.as_u16(), "the broker is in trouble");
        return Err(Error::Unreachable(endpoint));
    }
    Ok(Answer { status, content_type, body })
}
