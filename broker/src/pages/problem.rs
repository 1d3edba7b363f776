//! The page of whatever stops a citizen: what happened, one button, and two codes to read out on the phone.

use super::render::{html, layout};
use crate::errors::OAuthError;
use crate::errors::catalogue::{Action, Code};
use crate::extract::{Browser, Tried};
use crate::flow::Problem;
use crate::paths;
use crate::respond::oauth_error;
use crate::server::FOR_PROGRAMS;
use crate::state::Broker;
use crate::telemetry::note_code;
use crate::views::{ErrorPage, Layout, NotTheOwner, Over, Resume, To, WayOn};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};
use std::sync::Arc;

/// The page of a problem that cannot be opened again.
pub fn show(broker: &Broker, browser: &Browser, problem: &Problem) -> Response {
    show_at(broker, browser, problem, None)
}

/// The page of a problem; `here` is the path under which it can be opened again.
pub fn show_at(broker: &Broker, browser: &Browser, problem: &Problem, here: Option<&str>) -> Response {
    note_code(problem.code.number());
    let layout = layout(broker, browser, problem.portal.as_deref(), &problem.ui_locales, here);
    let (lang, entry) = (layout.lang, problem.code.entry());
    let over = match problem.code {
        Code::LoginExpired => Some(Over::Expired),
        Code::LoginFinished if problem.stopped => Some(Over::Stopped),
        Code::LoginFinished => Some(Over::Finished),
        _ => None,
    };
    let page = match (over, &problem.interaction) {
        // A login that is over still knows its portal: one press begins again there.
        (Some(over), Some(id)) => Resume {
            layout,
            over,
            again: To::Link(paths::login_again(id)),
            reference: Some((problem.code.to_string(), browser.trace.to_string())),
        }
        .render(&broker.texts),
        (None, Some(id)) if problem.code == Code::NotTheOwner => NotTheOwner {
            layout,
            again: To::Link(paths::login_again(id)),
            reference: Some((problem.code.to_string(), browser.trace.to_string())),
        }
        .render(&broker.texts),
        _ => ErrorPage {
            way_on: way_on(problem, entry.action, browser, &layout),
            layout,
            code: problem.code.to_string(),
            words: entry.words,
            trace_id: browser.trace.to_string(),
        }
        .render(&broker.texts),
    };
    let mut response = html(broker, lang, entry.status, page);
    for cookie in &problem.cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}

/// The one button, as far as what is known allows it.
fn way_on(problem: &Problem, action: Action, browser: &Browser, layout: &Layout) -> Option<WayOn> {
    let home = layout.portal.as_ref().and_then(|p| p.home()).map(|_| WayOn::BackToPortal);
    match (action, &problem.interaction) {
        (Action::TryAgain, Some(id)) => Some(WayOn::TryAgain(To::Link(paths::login(id)))),
        (Action::StartAgainAtPortal, Some(id)) => Some(WayOn::StartAgain(To::Link(paths::login_again(id)))),
        (Action::ReloadLater, Some(id)) => Some(WayOn::TryAgain(To::Link(paths::login(id)))),
        (Action::ReloadLater, None) => Some(WayOn::Reload(To::Link(browser.here.clone()))),
        (Action::TryAgain | Action::StartAgainAtPortal | Action::BackToPortal, _) => home,
        (Action::ToAccount, _) => Some(WayOn::ToAccount),
        (Action::None, _) => None,
    }
}

/// No such path.
pub async fn not_found(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    show(&broker, &Browser::read(&broker, &parts), &Problem::new(Code::PageNotFound))
}

/// A path that is not asked for in this way. Programs get their kind of answer.
pub async fn method_not_allowed(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    if FOR_PROGRAMS.contains(&parts.uri.path()) {
        let error = OAuthError::INVALID_REQUEST
            .because("this method is not allowed here")
            .with_status(StatusCode::METHOD_NOT_ALLOWED);
        return oauth_error(error, Tried::default());
    }
    show(&broker, &Browser::read(&broker, &parts), &Problem::new(Code::MethodNotAllowed))
}
