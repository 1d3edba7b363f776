//! Pages: plain, in two languages, without a script.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};

/// A page as an answer.
pub(crate) fn page<T: Template>(status: StatusCode, template: &T) -> Response {
    match template.render() {
        Ok(text) => {
            let headers = [
                (CACHE_CONTROL, "no-store"),
                (REFERRER_POLICY, "no-referrer"),
                (
                    CONTENT_SECURITY_POLICY,
                    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
                ),
            ];
            (status, headers, Html(text)).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A page with a message and perhaps a link.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct Message {
    pub(crate) en: bool,
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) link: Option<(String, String)>,
}

/// Picks a language.
pub(crate) fn say(en: bool, vietnamese: &str, english: &str) -> String {
    if en { english.to_owned() } else { vietnamese.to_owned() }
}
