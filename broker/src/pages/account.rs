//! `/login/{id}/account`: user name and password of an account of before VNeID.

use super::form::read;
use super::problem;
use super::render::{html, layout};
use crate::extract::Browser;
use crate::flow::{self, AccountForm, Page};
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{Day, LegacySignIn};
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
    let asked = flow::account_form(&broker, &browser, &id).await;
    answer(&broker, &browser, asked)
}

/// They were typed.
pub async fn post(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (browser, form) = match read(&broker, request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    let asked = flow::open_account(&broker, &browser, &id, &form).await;
    answer(&broker, &browser, asked)
}

fn answer(broker: &Broker, browser: &Browser, asked: Page<AccountForm>) -> Response {
    let form = match asked {
        Ok(Ok(form)) => form,
        Ok(Err(go)) => return see_other(&go.url, &go.cookies),
        Err(stopped) => return problem::show(broker, browser, &stopped),
    };
    let here = paths::login_account(&form.id);
    let layout = layout(broker, browser, Some(&form.client), &form.ui_locales, Some(&here));
    let lang = layout.lang;
    let status = if form.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = LegacySignIn {
        layout,
        action: here,
        form_token: form.form_token,
        back: paths::login(&form.id),
        which: form.method,
        proves_only: form.proves_only.map(Day::of),
        user_name: form.user_name,
        fault: form.fault,
    };
    html(broker, lang, status, page.render(&broker.texts))
}
