//! `/account/update`: "Cập nhật từ CSDL Quốc gia về Dân cư".

use super::shared::{around, open, page, posted, stopped};
use crate::extract::Browser;
use crate::flow::{AccountPage, Unconfirmed, Visit, confirm_claims, confirming};
use crate::respond::see_other;
use crate::state::Broker;
use crate::telemetry::note_code;
use crate::views::{AccountUpdate, ConfirmFault};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use broker_domain::form::Form;
use http::StatusCode;
use std::sync::Arc;

/// What is missing.
pub async fn show(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    match open(&broker, &browser, &parts, AccountPage::Update, None).await {
        Ok(visit) => form(&broker, &browser, &visit, &Form::default(), None),
        Err(answer) => *answer,
    }
}

/// The citizen has typed it.
pub async fn post(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (browser, visit, sent) = match posted(&broker, request, AccountPage::Update, None).await {
        Ok(posted) => posted,
        Err(answer) => return *answer,
    };
    match confirm_claims(&broker, &browser, &visit, &sent).await {
        Ok(Ok(())) => see_other(&visit.place.to(AccountPage::Identity).url(), &visit.cookies),
        Ok(Err(fault)) => form(&broker, &browser, &visit, &sent, Some(fault)),
        Err(problem) => stopped(&broker, &browser, &problem),
    }
}

fn form(
    broker: &Broker,
    browser: &Browser,
    visit: &Visit,
    sent: &Form,
    fault: Option<Unconfirmed>,
) -> Response {
    let asked = match confirming(broker, visit) {
        Ok(asked) => asked,
        Err(problem) => return stopped(broker, browser, &problem),
    };
    let typed = |name: &str, lacks: bool| lacks.then(|| sent.get(name).unwrap_or("").to_owned());
    let (status, fault, reference) = match fault {
        None => (StatusCode::OK, None, None),
        Some(Unconfirmed::Fields { old_number, birth_date }) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Some(ConfirmFault::Fields { old_number, birth_date }), None)
        }
        Some(Unconfirmed::TooMany { minutes }) => {
            (StatusCode::TOO_MANY_REQUESTS, Some(ConfirmFault::TooMany { minutes }), None)
        }
        Some(Unconfirmed::Refused(code)) => {
            note_code(code.number());
            let entry = code.entry();
            let reference = (code.to_string(), browser.trace.to_string());
            (entry.status, Some(ConfirmFault::Refused(entry.words)), Some(reference))
        }
    };
    let here = visit.place.url();
    let (layout, nav) = around(broker, browser, visit, &here);
    let view = AccountUpdate {
        layout: layout.clone(),
        nav,
        action: here,
        form_token: visit.form_token.clone(),
        number: asked.number.as_str().to_owned(),
        name: asked.name.map(|n| n.as_str().to_owned()),
        old_number: typed("old_number", asked.lacks_old_number),
        birth_date: typed("birth_date", asked.lacks_birth_date),
        fault,
        reference,
    };
    page(broker, &layout, visit, status, view.render(&broker.texts))
}
