//! `/oidc/logout`: the end of a session, asked for by a portal or by the citizen, and the pages around it.

use super::problem;
use super::render::{html, layout};
use crate::errors::catalogue::Code;
use crate::extract::{Browser, query_form, read_form};
use crate::flow::{self, LogoutRequest, LogoutStep, Problem};
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{LoggedOut, LogoutConfirm};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use broker_domain::form::Form;
use http::{Method, StatusCode};
use std::sync::Arc;

/// By GET with a query, by POST with a form (OpenID Connect RP-Initiated Logout 2). Old portals post from their servers, with the
/// parameters in either place.
pub async fn any(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (browser, form) = match read(&broker, request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    match flow::logout(&broker, &browser, &form).await {
        Ok(LogoutStep::Done(ended)) => see_other(&ended.go.url, &ended.go.cookies),
        Ok(LogoutStep::Confirm { request, form_token }) => {
            confirm_page(&broker, &browser, &request, &form, form_token)
        }
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}

/// The citizen confirmed.
pub async fn confirm(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (browser, form) = match read(&broker, request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    match flow::confirm_logout(&broker, &browser, &form).await {
        Ok(ended) => see_other(&ended.go.url, &ended.go.cookies),
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}

async fn read(broker: &Broker, request: Request<Body>) -> Result<(Browser, Form), Box<Response>> {
    let (parts, body) = request.into_parts();
    let browser = Browser::read(broker, &parts);
    let refused = || Box::new(problem::show(broker, &browser, &Problem::new(Code::MalformedRequest)));
    let has_query = parts.uri.query().is_some_and(|q| !q.is_empty());
    if parts.method == Method::POST && !has_query {
        let (_, form) = read_form(Request::from_parts(parts, body)).await.map_err(|_| refused())?;
        return Ok((browser, form));
    }
    let form = query_form(parts.uri.query()).map_err(|_| refused())?;
    Ok((browser, form))
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
