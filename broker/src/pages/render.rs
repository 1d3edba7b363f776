//! What every page shares: the layout, and the headers that protect it.

use crate::extract::Browser;
use crate::state::Broker;
use crate::texts::Lang;
use crate::views::{Help, Layout, Portal};
use axum::response::{IntoResponse, Response};
use broker_domain::client::Client;
use http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderValue, StatusCode};

/// What stands around a page. `here` is where a change of language returns to, when the page can be opened again by GET.
pub(super) fn layout(
    broker: &Broker,
    browser: &Browser,
    portal: Option<&Client>,
    ui_locales: &[String],
    here: Option<&str>,
) -> Layout {
    let lang = browser.lang(ui_locales);
    Layout {
        lang,
        portal: portal.map(|client| Portal::of(client, lang)),
        help: broker.rules.help.as_deref().map(Help::new),
        notice: broker.rules.notice.as_ref().map(|(vi, en)| match lang {
            Lang::Vi => vi.clone(),
            Lang::En => en.clone(),
        }),
        privacy: broker.rules.privacy.clone(),
        here: here.map(str::to_owned),
    }
}

/// A page as an answer. Nothing may frame it, nothing foreign runs or loads in it, no cache keeps it, no referrer leaves it.
///
/// `form-action` names no single hosts: a form here may lead by redirects through VNeID to a portal, and browsers check each.
pub(super) fn html(
    broker: &Broker,
    lang: Lang,
    status: StatusCode,
    page: Result<String, askama::Error>,
) -> Response {
    let page = match page {
        Ok(page) => page,
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let forms = if broker.issuer.is_https() { "'self' https:" } else { "'self' https: http:" };
    let policy = format!(
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
    );
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_LANGUAGE, HeaderValue::from_static(lang.as_str())),
        (CONTENT_SECURITY_POLICY, value(&policy)),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, page).into_response()
}
