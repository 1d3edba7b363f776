//! `/account/sessions`: where the citizen is signed in, and how to end it.

use super::shared::{around, open, page, posted, stopped};
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::flow::{AccountPage, EndWhich, end_sessions, own_sessions};
use crate::paths;
use crate::respond::{build_url, see_other};
use crate::state::{Broker, clear_cookie};
use crate::views::{AccountSessions, SessionLine};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use broker_domain::ids::SessionId;
use http::StatusCode;
use std::sync::Arc;

/// The list.
pub async fn show(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let visit = match open(&broker, &browser, &parts, AccountPage::Sessions, None).await {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    match own_sessions(&broker, &visit).await {
        Ok(found) => {
            let here = visit.place.url();
            let (layout, nav) = around(&broker, &browser, &visit, &here);
            let lines = found.into_iter().map(|session| SessionLine {
                id: session.sid.as_str().to_owned(),
                is_this: session.is_this,
                began: session.began,
                used: session.used,
                method: session.method,
                level: session.level,
                portals: session.portals,
            });
            let view = AccountSessions {
                layout: layout.clone(),
                nav,
                action: here,
                form_token: visit.form_token.clone(),
                sessions: lines.collect(),
            };
            page(&broker, &layout, &visit, StatusCode::OK, view.render(&broker.texts))
        }
        Err(problem) => stopped(&broker, &browser, &problem),
    }
}

/// The citizen ends one, the others, or all.
pub async fn end(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (browser, visit, form) = match posted(&broker, request, AccountPage::Sessions, None).await {
        Ok(posted) => posted,
        Err(answer) => return *answer,
    };
    let which = match (form.get("end").and_then(SessionId::parse), form.get("end_all")) {
        (Some(sid), None) => EndWhich::One(sid),
        (None, Some("others")) => EndWhich::Others,
        (None, Some("all")) => EndWhich::All,
        _ => return stopped(&broker, &browser, &visit.problem(Code::MalformedRequest)),
    };
    match end_sessions(&broker, &browser, &visit, &which).await {
        Ok(false) => see_other(&visit.place.url(), &[]),
        Ok(true) => {
            let portal = visit.place.portal.as_ref().map(|id| id.as_str());
            // VNeID may still know the citizen: the next sign-in in this browser asks it to ask again.
            let out = Some(broker.rules.sessions.absolute);
            let cookies = [
                clear_cookie(broker.cookies, broker.cookies.session()),
                broker.cookies.set(broker.cookies.signed_out(), "1", out),
            ];
            see_other(&build_url(paths::LOGGED_OUT, &[("client_id", portal)]), &cookies)
        }
        Err(problem) => stopped(&broker, &browser, &problem),
    }
}
