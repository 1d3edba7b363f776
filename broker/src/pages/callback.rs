//! `/callback/vneid`: VNeID sends the citizen back. The query is read raw: one dialect sends Base64 unescaped.

use super::problem;
use crate::extract::Browser;
use crate::flow::arrive;
use crate::respond::see_other;
use crate::state::Broker;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use std::sync::Arc;

/// Takes the answer.
pub async fn get(State(broker): State<Arc<Broker>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    match arrive(&broker, &browser, parts.uri.query().unwrap_or("")).await {
        Ok(go) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}
