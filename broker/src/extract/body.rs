//! Forms from bodies and queries.

use crate::errors::OAuthError;
use axum::body::Body;
use axum::extract::Request;
use broker_domain::form::{BadForm, Form};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, StatusCode};

/// The longest body that any endpoint takes, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// Whether the body says that it is a form, with whatever charset.
pub fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let essence = kind.split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Reads a form body. Any charset parameter is let through; any other type is refused.
pub async fn read_form(request: Request<Body>) -> Result<(Parts, Form), OAuthError> {
    let (parts, body) = request.into_parts();
    let form = read_form_body(&parts.headers, body).await?;
    Ok((parts, form))
}

/// The same, when the head is needed meanwhile.
pub async fn read_form_body(headers: &HeaderMap, body: Body) -> Result<Form, OAuthError> {
    if !is_form(headers) {
        return Err(OAuthError::INVALID_REQUEST.because("the body must be application/x-www-form-urlencoded"));
    }
    let bytes = axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| too_large())?;
    Form::parse(&bytes).map_err(|e| refusal(&e))
}

/// Reads a query.
pub fn query_form(query: Option<&str>) -> Result<Form, BadForm> {
    Form::parse(query.unwrap_or("").as_bytes())
}

fn too_large() -> OAuthError {
    OAuthError::INVALID_REQUEST.because("the body is too large").with_status(StatusCode::PAYLOAD_TOO_LARGE)
}

fn refusal(error: &BadForm) -> OAuthError {
    OAuthError::INVALID_REQUEST.because(match error {
        BadForm::Repeated(_) => "a parameter is repeated",
        BadForm::Encoding(_) => "a parameter is wrongly encoded",
        BadForm::TooLarge => "too many or too long parameters",
    })
}

/// The longest query that every proxy takes, in bytes.
const LONGEST_QUERY: usize = 4096;

/// A form as a query, when it can be one. A portal's page posts from another site, and browsers leave our cookies
/// (`SameSite=Lax`) out of that; with a query of its own the browser comes again, and brings them.
pub fn as_query(raw: &[u8]) -> Option<&str> {
    let text = str::from_utf8(raw).ok().filter(|t| !t.is_empty() && t.len() <= LONGEST_QUERY)?;
    format!("/?{text}").parse::<http::Uri>().is_ok_and(|u| u.query() == Some(text)).then_some(text)
}
