//! `/account/links`: "Danh sách tài khoản liên kết".

use super::shared::{around, open, page, stopped};
use crate::extract::Browser;
use crate::flow::{AccountPage, links};
use crate::state::Broker;
use crate::views::{AccountLinks, LinkLine};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use std::sync::Arc;

/// The list.
pub async fn show(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let visit = match open(&broker, &browser, &parts, AccountPage::Links, None).await {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    match links(&broker, &visit).await {
        Ok(found) => {
            let (layout, nav) = around(&broker, &browser, &visit, &visit.place.url());
            let lines = found.accounts.into_iter().map(|link| LinkLine {
                unlink: visit.place.to(AccountPage::Unlink(link.account)).url(),
                portal: link.portal,
                account: link.tech_id.as_str().to_owned(),
                linked_at: link.linked_at,
                evidence: link.evidence,
                unlinking: link.unlinking,
            });
            let view = AccountLinks {
                layout: layout.clone(),
                nav,
                number: found.number,
                since: found.since,
                links: lines.collect(),
            };
            page(&broker, &layout, &visit, StatusCode::OK, view.render(&broker.texts))
        }
        Err(problem) => stopped(&broker, &browser, &problem),
    }
}
