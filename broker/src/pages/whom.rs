//! `/login/{id}/whom`: as oneself, or for an organization.

use super::form::read;
use super::problem;
use super::render::{html, layout};
use crate::extract::Browser;
use crate::flow;
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{ActsFor, AsWhom};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::StatusCode;
use std::sync::Arc;

/// Asks.
pub async fn show(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let asked = match flow::whom(&broker, &browser, &id).await {
        Ok(Ok(asked)) => asked,
        Ok(Err(go)) => return see_other(&go.url, &go.cookies),
        Err(stopped) => return problem::show(&broker, &browser, &stopped),
    };
    let here = paths::login_whom(&asked.id);
    let layout = layout(&broker, &browser, Some(&asked.client), &asked.ui_locales, Some(&here));
    let lang = layout.lang;
    let acts_for = asked.organizations.into_iter().map(|organization| ActsFor {
        name: organization.name,
        tax_code: organization.tax_code.as_str().to_owned(),
    });
    let page = AsWhom {
        layout,
        action: here,
        form_token: asked.form_token,
        person: asked.person.as_str().to_owned(),
        organizations: acts_for.collect(),
    };
    html(&broker, lang, StatusCode::OK, page.render(&broker.texts))
}

/// It was said.
pub async fn post(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (browser, form) = match read(&broker, request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    match flow::choose_whom(&broker, &browser, &id, &form).await {
        Ok(go) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}
