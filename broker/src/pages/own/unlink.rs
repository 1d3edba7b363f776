//! `/account/links/{account}/unlink`: "Yêu cầu hủy liên kết".

use super::shared::{around, open, page, posted, stopped};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::flow::{AccountPage, Problem, Visit, ask_unlink, linked};
use crate::pages::names::name_of;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{AccountUnlink, UnlinkWhy};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use broker_domain::ids::AccountId;
use http::StatusCode;
use std::sync::Arc;

/// The oldest sign-in that will do, in seconds: whoever finds an open browser ends no link.
const FRESH_SECS: i64 = 300;

/// Asks why.
pub async fn show(
    State(broker): State<Arc<Broker>>,
    Path(account): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let Some(account) = AccountId::parse(&account) else { return unknown(&broker, &browser) };
    let page = AccountPage::Unlink(account.clone());
    match open(&broker, &browser, &parts, page, Some(FRESH_SECS)).await {
        Ok(visit) => form(&broker, &browser, &visit, &account, false).await,
        Err(answer) => *answer,
    }
}

/// The citizen asks for it.
pub async fn ask(
    State(broker): State<Arc<Broker>>,
    Path(account): Path<String>,
    request: Request<Body>,
) -> Response {
    let Some(account) = AccountId::parse(&account) else {
        let (parts, _) = request.into_parts();
        return unknown(&broker, &Browser::read(&broker, &parts));
    };
    let page = AccountPage::Unlink(account.clone());
    let (browser, visit, sent) = match posted(&broker, request, page, Some(FRESH_SECS)).await {
        Ok(posted) => posted,
        Err(answer) => return *answer,
    };
    let Some(why) = sent.get("reason").and_then(UnlinkWhy::parse) else {
        return form(&broker, &browser, &visit, &account, true).await;
    };
    match ask_unlink(&broker, &browser, &visit, &account, why.as_str()).await {
        Ok(()) => see_other(&visit.place.to(AccountPage::Links).url(), &[]),
        Err(problem) => stopped(&broker, &browser, &problem),
    }
}

async fn form(
    broker: &Broker,
    browser: &Browser,
    visit: &Visit,
    account: &AccountId,
    nothing_chosen: bool,
) -> Response {
    match linked(broker, visit, account).await {
        // It is under way: the list says so.
        Ok(link) if link.unlinking => see_other(&visit.place.to(AccountPage::Links).url(), &visit.cookies),
        Ok(link) => {
            let here = visit.place.url();
            let (layout, nav) = around(broker, browser, visit, &here);
            let view = AccountUnlink {
                layout: layout.clone(),
                nav,
                action: here,
                form_token: visit.form_token.clone(),
                origin: name_of(broker, &link.namespace),
                account: link.tech_id.as_str().to_owned(),
                nothing_chosen,
            };
            let status = if nothing_chosen { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            page(broker, &layout, visit, status, view.render(&broker.texts))
        }
        Err(problem) => stopped(broker, browser, &problem),
    }
}

fn unknown(broker: &Broker, browser: &Browser) -> Response {
    stopped(broker, browser, &Problem::new(Code::LinkedAccountUnknown))
}
