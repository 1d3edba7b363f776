//! `/login/{id}/update`: "Cập nhật thông tin từ CSDL dân cư".

use super::form::read;
use super::problem;
use super::render::{html, layout};
use crate::extract::Browser;
use crate::flow::{self, Page, Update};
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use crate::telemetry::note_code;
use crate::views::NumberUpdate;
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
    let asked = flow::update(&broker, &browser, &id).await;
    answer(&broker, &browser, asked)
}

/// A button was pressed.
pub async fn post(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (browser, form) = match read(&broker, request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    let asked = flow::decide_update(&broker, &browser, &id, &form).await;
    answer(&broker, &browser, asked)
}

fn answer(broker: &Broker, browser: &Browser, asked: Page<Update>) -> Response {
    let update = match asked {
        Ok(Ok(update)) => update,
        Ok(Err(go)) => return see_other(&go.url, &go.cookies),
        Err(stopped) => return problem::show(broker, browser, &stopped),
    };
    let here = paths::login_update(&update.id);
    let layout = layout(broker, browser, Some(&update.client), &update.ui_locales, Some(&here));
    let lang = layout.lang;
    let status = if update.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    if let Some(code) = update.code {
        note_code(code.number());
    }
    let page = NumberUpdate {
        layout,
        action: here,
        form_token: update.form_token,
        typed: update.typed,
        skippable: true,
        fault: update.fault,
        reference: update.code.map(|code| (code.to_string(), browser.trace.to_string())),
    };
    html(broker, lang, status, page.render(&broker.texts))
}
