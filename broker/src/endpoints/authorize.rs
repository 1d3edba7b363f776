//! `/oauth2/authorize` (RFC 6749, 3.1; OpenID Connect Core 3.1.2): by GET and by POST.

use crate::errors::catalogue::Code;
use crate::extract::{Browser, MAX_BODY, as_query};
use crate::flow::{Go, Problem, begin};
use crate::pages::problem;
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use std::sync::Arc;

/// Parameters in the query.
pub async fn get(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let raw = parts.uri.query().unwrap_or("").as_bytes().to_vec();
    answer(&broker, &browser, begin(&broker, &browser, &raw).await)
}

/// Parameters in a form.
pub async fn post(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let Ok(raw) = to_bytes(body, MAX_BODY).await else {
        return problem::show(&broker, &browser, &Problem::new(Code::RequestTooLarge));
    };
    if browser.id.is_none()
        && let Some(query) = as_query(&raw)
    {
        return see_other(&format!("{}?{query}", broker.issuer.url(paths::AUTHORIZE)), &[]);
    }
    answer(&broker, &browser, begin(&broker, &browser, &raw).await)
}

fn answer(broker: &Broker, browser: &Browser, begun: Result<Go, Problem>) -> Response {
    match begun {
        Ok(go) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show(broker, browser, &stopped),
    }
}
