//! `/login/{id}/notice`: the decree's notice.

use super::form::read;
use super::problem;
use super::render::{html, layout};
use crate::extract::Browser;
use crate::flow;
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{Day, LinkNotice};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::StatusCode;
use std::sync::Arc;

/// Shows it.
pub async fn show(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let notice = match flow::notice(&broker, &browser, &id).await {
        Ok(Ok(notice)) => notice,
        Ok(Err(go)) => return see_other(&go.url, &go.cookies),
        Err(stopped) => return problem::show(&broker, &browser, &stopped),
    };
    let here = paths::login_notice(&notice.id);
    let layout = layout(&broker, &browser, Some(&notice.client), &notice.ui_locales, Some(&here));
    let lang = layout.lang;
    let page = LinkNotice {
        layout,
        action: here,
        form_token: notice.form_token,
        ends: notice.ends.map(Day::of),
        skip_leads_to_portal: notice.skip_leads_to_portal,
    };
    html(&broker, lang, StatusCode::OK, page.render(&broker.texts))
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
    match flow::decide_notice(&broker, &browser, &id, &form).await {
        Ok(go) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}
