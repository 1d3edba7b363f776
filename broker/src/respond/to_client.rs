//! The one builder of answers that go back to a client by redirect (RFC 6749, 4.1.2; RFC 9207).

use crate::state::Issuer;
use axum::response::{IntoResponse, Response};
use broker_domain::authorization::Refusal;
use http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const ENCODE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The URL that carries a code.
pub fn answer_code(issuer: &Issuer, redirect_uri: &str, state: Option<&str>, code: &str) -> String {
    build_url(redirect_uri, &[("code", Some(code)), ("state", state), ("iss", Some(issuer.as_str()))])
}

/// The URL that carries an error.
pub fn answer_error(
    issuer: &Issuer,
    redirect_uri: &str,
    state: Option<&str>,
    error: Refusal,
    description: &str,
) -> String {
    let parameters = [
        ("error", Some(error.as_str())),
        ("error_description", Some(description)),
        ("state", state),
        ("iss", Some(issuer.as_str())),
    ];
    build_url(redirect_uri, &parameters)
}

/// A URL with parameters added to what it has; its own bytes stay as they are.
pub fn build_url(uri: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let mut url = uri.to_owned();
    let mut separator = if uri.contains('?') { '&' } else { '?' };
    for (name, value) in parameters.iter().filter_map(|(n, v)| v.map(|v| (n, v))) {
        url.push(separator);
        url.push_str(name);
        url.push('=');
        url.extend(utf8_percent_encode(value, ENCODE));
        separator = '&';
    }
    url
}

/// A redirect by 303, so that no form is ever posted on (RFC 9700, 4.12), with cookies.
pub fn see_other(url: &str, cookies: &[String]) -> Response {
    let Ok(location) = HeaderValue::from_str(url) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (LOCATION, location),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use broker_domain::form::Form;
    use proptest::prelude::*;

    #[test]
    fn keeps_what_the_uri_has() {
        assert_eq!(
            build_url("https://rp/cb?x=%20y", &[("a", Some("1 2")), ("b", None)]),
            "https://rp/cb?x=%20y&a=1%202"
        );
    }

    proptest! {
        /// `state` comes back byte for byte and never splits the answer.
        #[test]
        fn state_survives(state in "\\PC{1,200}") {
            let issuer = Issuer::parse("https://id.example").unwrap();
            let url = answer_code(&issuer, "https://rp.example/cb", Some(&state), "c");
            prop_assert!(url.bytes().all(|b| b.is_ascii_graphic()));
            let (_, query) = url.split_once('?').unwrap();
            let form = Form::parse(query.as_bytes()).unwrap();
            prop_assert_eq!(form.get("state"), Some(state.as_str()));
            prop_assert_eq!(form.iter().count(), 3);
        }
    }
}
