//! `/account/data`: the citizen's data, to be taken along.

use super::shared::{around, open, page, posted, stopped};
use crate::extract::Browser;
use crate::flow::{AccountPage, take_data};
use crate::state::Broker;
use crate::views::AccountData;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use std::sync::Arc;

/// What it is, and a button.
pub async fn show(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let visit = match open(&broker, &browser, &parts, AccountPage::Data, None).await {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    if let Err(problem) = visit.citizen() {
        return stopped(&broker, &browser, &problem);
    }
    let here = visit.place.url();
    let (layout, nav) = around(&broker, &browser, &visit, &here);
    let view =
        AccountData { layout: layout.clone(), nav, action: here, form_token: visit.form_token.clone() };
    page(&broker, &layout, &visit, StatusCode::OK, view.render(&broker.texts))
}

/// The file.
pub async fn take(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (browser, visit, _) = match posted(&broker, request, AccountPage::Data, None).await {
        Ok(posted) => posted,
        Err(answer) => return *answer,
    };
    match take_data(&broker, &browser, &visit).await {
        Ok(data) => {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("application/json")),
                (
                    CONTENT_DISPOSITION,
                    HeaderValue::from_static("attachment; filename=\"du-lieu-cua-toi.json\""),
                ),
                (CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
                (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            ];
            (StatusCode::OK, headers, format!("{data:#}\n")).into_response()
        }
        Err(problem) => stopped(&broker, &browser, &problem),
    }
}
