//! `/account`: "Thông tin định danh"; and `/account/signed-in`, by which a login comes back to the account pages.

use super::shared::{around, open, page, past, stopped};
use crate::extract::Browser;
use crate::flow::{AccountPage, can_update, identity, signed_in as comes_back};
use crate::pages::problem;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::AccountIdentity;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use std::sync::Arc;

/// What is known.
pub async fn show(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let visit = match open(&broker, &browser, &parts, AccountPage::Identity, None).await {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    match identity(&broker, &visit).await {
        Ok(known) => {
            let (layout, nav) = around(&broker, &browser, &visit, &visit.place.url());
            let view = AccountIdentity {
                layout: layout.clone(),
                nav,
                claims: known.claims,
                news: known.news.into_iter().filter_map(past).collect(),
                by_account: visit.session.holder.citizen().is_none(),
                update: can_update(&broker, &visit).then(|| visit.place.to(AccountPage::Update).url()),
            };
            page(&broker, &layout, &visit, StatusCode::OK, view.render(&broker.texts))
        }
        Err(problem) => stopped(&broker, &browser, &problem),
    }
}

/// The login is done: on to the page.
pub async fn signed_in(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    match comes_back(&broker, parts.uri.query().unwrap_or("")).await {
        Ok(go) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show(&broker, &Browser::read(&broker, &parts), &stopped),
    }
}
