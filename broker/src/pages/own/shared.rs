//! What all account pages share: who may see them, and what stands around them.

use crate::errors::catalogue::Code;
use crate::extract::{Browser, read_form};
use crate::flow::{
    AccountPage, AccountPlace, Entered, PastEvent, Problem, Visit, can_update, check_form, enter,
};
use crate::pages::problem;
use crate::pages::render::{html, layout};
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{AccountItem, AccountNav, Layout, Past, What};
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use broker_domain::audit::AuditKind;
use broker_domain::form::Form;
use http::header::{ORIGIN, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};

/// Somebody on a page, or the answer that they get instead.
pub(super) type In<T> = Result<T, Box<Response>>;

/// Opens a page for whoever is signed in; `max_age`: the oldest sign-in that will do, in seconds.
pub(super) async fn open(
    broker: &Broker,
    browser: &Browser,
    parts: &Parts,
    page: AccountPage,
    max_age: Option<i64>,
) -> In<Box<Visit>> {
    let place = AccountPlace::of(broker, page, parts.uri.query());
    let here = place.url();
    match enter(broker, browser, place, max_age).await {
        Ok(Entered::In(visit)) => Ok(visit),
        Ok(Entered::Go(go)) => Err(Box::new(see_other(&go.url, &go.cookies))),
        Err(stopped) => Err(Box::new(problem::show_at(broker, browser, &stopped, Some(&here)))),
    }
}

/// A form that was posted from a page of ours, in this browser and session.
pub(super) async fn posted(
    broker: &Broker,
    request: Request<Body>,
    page: AccountPage,
    max_age: Option<i64>,
) -> In<(Browser, Box<Visit>, Form)> {
    let (parts, body) = request.into_parts();
    let browser = Browser::read(broker, &parts);
    let refused = |problem: &Problem| Box::new(problem::show(broker, &browser, problem));
    // Our own pages send no referrer, and browsers then say "null": any other origin is another site's.
    let origin = parts.headers.get(ORIGIN).map(HeaderValue::as_bytes);
    if origin.is_some_and(|o| o != b"null" && o != broker.issuer.origin().as_bytes()) {
        return Err(refused(&Problem::new(Code::AccountFormWrong)));
    }
    let form = read_form(Request::from_parts(parts.clone(), body)).await;
    let (_, form) = form.map_err(|_| refused(&Problem::new(Code::MalformedRequest)))?;
    let visit = open(broker, &browser, &parts, page, max_age).await?;
    check_form(broker, &browser, &visit, &form).map_err(|p| refused(&p))?;
    Ok((browser, visit, form))
}

/// What stands around a page; `here`: where it can be opened again.
pub(super) fn around(broker: &Broker, browser: &Browser, visit: &Visit, here: &str) -> (Layout, AccountNav) {
    let layout = layout(broker, browser, visit.portal.as_deref(), &[], Some(here));
    let item = |page: &AccountPage| match page {
        AccountPage::Identity => Some(AccountItem::Identity),
        AccountPage::Update => Some(AccountItem::Update),
        AccountPage::Links => Some(AccountItem::Links),
        AccountPage::History => Some(AccountItem::History),
        AccountPage::Sessions => Some(AccountItem::Sessions),
        AccountPage::Data => Some(AccountItem::Data),
        AccountPage::Unlink(_) => None,
    };
    // Who signed in with an account of before has only these.
    let is_citizen = visit.session.holder.citizen().is_some();
    let shown = |page: &AccountPage| {
        is_citizen && (*page != AccountPage::Update || can_update(broker, visit))
            || matches!(page, AccountPage::Identity | AccountPage::Sessions)
    };
    let items = AccountPage::ALL.into_iter().filter(shown);
    let items = items.filter_map(|page| item(&page).map(|i| (i, visit.place.to(page).url()))).collect();
    (layout, AccountNav { items, here: item(&visit.place.page) })
}

/// A page as an answer.
pub(super) fn page(
    broker: &Broker,
    layout: &Layout,
    visit: &Visit,
    status: StatusCode,
    page: Result<String, askama::Error>,
) -> Response {
    with_cookies(html(broker, layout.lang, status, page), &visit.cookies)
}

/// An answer with cookies.
pub(super) fn with_cookies(mut response: Response, cookies: &[String]) -> Response {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}

/// What stops somebody on a page.
pub(super) fn stopped(broker: &Broker, browser: &Browser, problem: &Problem) -> Response {
    problem::show(broker, browser, problem)
}

/// An entry of the history as pages show it.
pub(super) fn past(event: PastEvent) -> Option<Past> {
    let what = match event.kind {
        AuditKind::SignedIn => What::SignedIn(event.note.as_deref().and_then(|n| n.parse().ok())),
        AuditKind::SingleSignOn => What::SingleSignOn,
        AuditKind::ArrivalRefused => What::Refused,
        AuditKind::CitizenRecorded => What::Recorded,
        AuditKind::IdentityAdded => What::IdentityAdded,
        AuditKind::ConsentGiven => What::Allowed,
        AuditKind::ConsentRefused => What::Denied,
        AuditKind::AccountLinked => What::Linked,
        AuditKind::AccountUnlinked => What::Unlinked,
        AuditKind::SignedOut => What::SignedOut,
        AuditKind::SessionReplaced => What::Replaced,
        AuditKind::DataTaken => What::DataTaken,
        AuditKind::SessionEnded => What::Ended,
        AuditKind::UnlinkAsked => What::UnlinkAsked,
        AuditKind::ClaimsUpdated => What::Updated,
        AuditKind::SessionEndedByOperator => What::EndedByOperator,
        _ => return None,
    };
    Some(Past { at: event.at, what, portal: event.portal })
}
