//! `/account/links`: "Danh sách tài khoản liên kết".

use super::shared::{around, open, page, posted, stopped};
use crate::extract::Browser;
use crate::flow::{AccountPage, Linkable, link_another, linkable, links};
use crate::pages::names::name_of;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{AccountLinks, Another, AnotherKind, LinkLine};
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
            let here = visit.place.url();
            let (layout, nav) = around(&broker, &browser, &visit, &here);
            let another = linkable(&broker, &visit).into_iter().map(|l| another(&broker, &l));
            let lines = found.accounts.into_iter().map(|link| LinkLine {
                unlink: visit.place.to(AccountPage::Unlink(link.account)).url(),
                portal: name_of(&broker, &link.namespace),
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
                action: here,
                form_token: visit.form_token.clone(),
                another: another.collect(),
            };
            page(&broker, &layout, &visit, StatusCode::OK, view.render(&broker.texts))
        }
        Err(problem) => stopped(&broker, &browser, &problem),
    }
}

fn another(broker: &Broker, linkable: &Linkable) -> Another {
    let kind = match linkable {
        Linkable::Waiting(namespace) => AnotherKind::Waiting(name_of(broker, namespace)),
        Linkable::SignIn(method) => AnotherKind::SignIn(*method),
    };
    Another { word: linkable.word(), kind }
}

/// One of them is to be linked.
pub async fn another_one(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (browser, visit, form) = match posted(&broker, request, AccountPage::Links, None).await {
        Ok(posted) => posted,
        Err(answer) => return *answer,
    };
    match link_another(&broker, &browser, &visit, form.get("another").unwrap_or("")).await {
        Ok(go) => see_other(&go.url, &go.cookies),
        Err(problem) => stopped(&broker, &browser, &problem),
    }
}
