//! `/assets/{name}`: stylesheet, icon and fonts, kept by browsers for ever.

use super::problem;
use crate::errors::catalogue::Code;
use crate::extract::Browser;
use crate::flow::Problem;
use crate::state::Broker;
use crate::views::assets::find;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use std::sync::Arc;

/// A file by its name.
pub async fn get(
    State(broker): State<Arc<Broker>>,
    Path(name): Path<String>,
    request: Request<Body>,
) -> Response {
    let Some(asset) = find(&name) else {
        let (parts, _) = request.into_parts();
        return problem::show(&broker, &Browser::read(&broker, &parts), &Problem::new(Code::PageNotFound));
    };
    let keep = if asset.immutable { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (CACHE_CONTROL, HeaderValue::from_static(keep)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, asset.bytes).into_response()
}
