//! `/oidc/logout`: the end of a session, asked for by a portal or by the citizen, and the pages around it.

use super::problem;
use super::render::{html, layout};
use crate::errors::catalogue::Code;
use crate::extract::{Browser, MAX_BODY, as_query, is_form, query_form};
use crate::flow::{self, LogoutRequest, LogoutStep, Problem};
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{LoggedOut, LogoutConfirm};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use broker_domain::form::Form;
use http::header::ORIGIN;
use http::{Method, StatusCode};
use std::sync::Arc;

/// By GET with a query, by POST with a form (OpenID Connect RP-Initiated Logout 2). Old portals post from their servers, with the
/// parameters in either place.
pub async fn any(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let Asked { browser, form, again } = match read(&broker, request).await {
        Ok(asked) => asked,
        Err(answer) => return *answer,
    };
    match (flow::logout(&broker, &browser, &form).await, again) {
        (Ok(LogoutStep::Done(_)), Some(query)) => {
            see_other(&format!("{}?{query}", broker.issuer.url(paths::LOGOUT)), &[])
        }
        (Ok(LogoutStep::Done(ended)), None) => see_other(&ended.go.url, &ended.go.cookies),
        (Ok(LogoutStep::Confirm { request, form_token }), _) => {
            confirm_page(&broker, &browser, &request, &form, form_token)
        }
        (Err(stopped), _) => problem::show(&broker, &browser, &stopped),
    }
}

/// The citizen confirmed.
pub async fn confirm(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let Asked { browser, form, .. } = match read(&broker, request).await {
        Ok(asked) => asked,
        Err(answer) => return *answer,
    };
    match flow::confirm_logout(&broker, &browser, &form).await {
        Ok(ended) => see_other(&ended.go.url, &ended.go.cookies),
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}

/// A request to log out, read.
struct Asked {
    browser: Browser,
    form: Form,
    /// The same as a query, when it came as a form that a page of another site posted: the browser left our cookies out, and brings
    /// them when it comes again by GET.
    again: Option<String>,
}

async fn read(broker: &Broker, request: Request<Body>) -> Result<Asked, Box<Response>> {
    let (parts, body) = request.into_parts();
    let browser = Browser::read(broker, &parts);
    let refused = |code| Box::new(problem::show(broker, &browser, &Problem::new(code)));
    let query = parts.uri.query().unwrap_or("").to_owned();
    let mut raw = query.clone().into_bytes();
    if parts.method == Method::POST {
        let body = to_bytes(body, MAX_BODY).await.map_err(|_| refused(Code::RequestTooLarge))?;
        // Old portals send whatever type with their parameters in the query.
        if is_form(&parts.headers) && !body.is_empty() {
            if !raw.is_empty() {
                raw.push(b'&');
            }
            raw.extend_from_slice(&body);
        } else if !body.is_empty() && query.is_empty() {
            return Err(refused(Code::MalformedRequest));
        }
    }
    let form = Form::parse(&raw).map_err(|_| refused(Code::MalformedRequest))?;
    let from_elsewhere = parts.method == Method::POST
        && parts.headers.contains_key(ORIGIN)
        && browser.id.is_none()
        && browser.session.is_none();
    let again = from_elsewhere.then(|| match raw.is_empty() {
        true => Some(String::new()),
        false => as_query(&raw).map(str::to_owned),
    });
    Ok(Asked { browser, form, again: again.flatten() })
}

fn confirm_page(
    broker: &Broker,
    browser: &Browser,
    request: &LogoutRequest,
    form: &Form,
    form_token: String,
) -> Response {
    let layout = layout(broker, browser, request.client.as_deref(), &request.ui_locales, None);
    let lang = layout.lang;
    let kept = ["id_token_hint", "client_id", "post_logout_redirect_uri", "ui_locales"];
    let mut fields: Vec<(String, String)> =
        kept.into_iter().filter_map(|n| form.get(n).map(|v| (n.to_owned(), v.to_owned()))).collect();
    fields.extend(request.state.iter().map(|s| ("state".to_owned(), s.clone())));
    fields.push(("form_token".to_owned(), form_token));
    let page = LogoutConfirm { layout, action: paths::LOGOUT_CONFIRM.to_owned(), fields };
    html(broker, lang, StatusCode::OK, page.render(&broker.texts))
}

/// After a logout that leads to no portal.
pub async fn ended(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let form = query_form(parts.uri.query()).unwrap_or_default();
    let client = form.get("client_id").and_then(|id| broker.registry.find(id)).filter(|c| c.is_enabled());
    let layout = layout(&broker, &browser, client.as_deref(), &[], Some(&browser.here));
    let lang = layout.lang;
    let page = LoggedOut { layout, portals: Vec::new() };
    html(&broker, lang, StatusCode::OK, page.render(&broker.texts))
}
