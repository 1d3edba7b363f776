//! `/account/history`: the sign-in history.

use super::shared::{around, open, page, past, stopped};
use crate::extract::{Browser, query_form};
use crate::flow::{AccountPage, history};
use crate::respond::build_url;
use crate::state::Broker;
use crate::views::AccountHistory;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use std::sync::Arc;

/// A page of it: the newest, or what is before the place that the query names.
pub async fn show(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let visit = match open(&broker, &browser, &parts, AccountPage::History, None).await {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let form = query_form(parts.uri.query()).unwrap_or_default();
    let before = form.get("before").and_then(|n| n.parse::<i64>().ok()).filter(|n| *n > 0);
    match history(&broker, &visit, before).await {
        Ok(found) => {
            let newest = visit.place.url();
            let at = |place: Option<i64>| match place {
                Some(seq) => build_url(&newest, &[("before", Some(&seq.to_string()))]),
                None => newest.clone(),
            };
            let (layout, nav) = around(&broker, &browser, &visit, &at(before));
            let view = AccountHistory {
                layout: layout.clone(),
                nav,
                events: found.events.into_iter().filter_map(past).collect(),
                older: found.before.map(|seq| at(Some(seq))),
                newest: before.map(|_| newest.clone()),
            };
            page(&broker, &layout, &visit, StatusCode::OK, view.render(&broker.texts))
        }
        Err(problem) => stopped(&broker, &browser, &problem),
    }
}
