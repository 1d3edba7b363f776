//! `/login/{id}/consent`: what may be shared.

use super::names::{code_of, origin, why_not};
use super::problem;
use super::render::{html, layout};
use crate::errors::catalogue::Code;
use crate::extract::{Browser, read_form};
use crate::flow::{self, Problem, Wanted};
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{Consent, LeftOut, Share};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use broker_domain::authorization::Told;
use http::StatusCode;
use std::sync::Arc;

/// Asks.
pub async fn show(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    match flow::wanted(&broker, &browser, &id).await {
        Ok(Ok(wanted)) => page(&broker, &browser, &wanted),
        Ok(Err(go)) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show_at(&broker, &browser, &stopped, Some(browser.here.as_str())),
    }
}

fn page(broker: &Broker, browser: &Browser, wanted: &Wanted) -> Response {
    let here = paths::consent(&wanted.id);
    let layout = layout(broker, browser, Some(&wanted.client), &wanted.request.ui_locales, Some(&here));
    let lang = layout.lang;
    let page = Consent {
        layout,
        action: here,
        form_token: wanted.form_token.clone(),
        citizen: wanted.citizen.as_ref().map(|n| n.as_str().to_owned()),
        shares: Share::list(&wanted.client, &wanted.request),
        not_linked: match &wanted.told {
            Some(Told::NotLinked { namespace, why }) => Some(LeftOut {
                origin: origin(broker, namespace, lang),
                why: why_not(*why),
                reference: (code_of(*why).to_string(), browser.trace.to_string()),
            }),
            Some(Told::Linked) | None => None,
        },
    };
    html(broker, lang, StatusCode::OK, page.render(&broker.texts))
}

/// The citizen decides.
pub async fn decide(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let malformed = Problem::new(Code::MalformedRequest);
    let form = match read_form(Request::from_parts(parts, body)).await {
        Ok((_, form)) => form,
        Err(_) => return problem::show(&broker, &browser, &malformed),
    };
    let decided = match form.get("decision") {
        Some("allow") => flow::agree(&broker, &browser, &id, &form).await,
        Some("deny") => flow::refuse(&broker, &browser, &id, &form).await,
        _ => Err(malformed),
    };
    match decided {
        Ok(go) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}
