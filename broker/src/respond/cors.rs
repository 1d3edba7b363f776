//! Calls from browsers (CORS): for registered origins only, on the endpoints that browser-based clients call, also on errors.

use crate::paths;
use crate::state::Broker;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderValue, Method, StatusCode};
use std::sync::Arc;

/// What browser-based clients call.
const SHARED: [&str; 6] = [
    paths::OPENID_CONFIGURATION,
    paths::OAUTH_AUTHORIZATION_SERVER,
    paths::JWKS,
    paths::TOKEN,
    paths::USERINFO,
    paths::REVOKE,
];

/// Lets registered origins read refusals that come before any handler: of size, of load, of time.
pub async fn cors_of_refusals<A: Future<Output = Response>>(
    broker: &Broker,
    request: Request<Body>,
    next: impl FnOnce(Request<Body>) -> A,
) -> Response {
    if !SHARED.contains(&request.uri().path()) {
        return next(request).await;
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = next(request).await;
    let headers = response.headers_mut();
    if !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) && !headers.contains_key(VARY) {
        headers.append(VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = origin.filter(|o| o.to_str().is_ok_and(|o| broker.registry.allows_origin(o))) {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
    response
}

const EXPOSED: HeaderValue =
    HeaderValue::from_static("WWW-Authenticate, DPoP-Nonce, Retry-After, RateLimit, RateLimit-Policy");

/// Answers preflights, and lets registered origins read answers. No cookies: these endpoints look at none.
pub async fn cors(State(broker): State<Arc<Broker>>, request: Request<Body>, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let allowed = origin.filter(|o| o.to_str().is_ok_and(|o| broker.registry.allows_origin(o)));
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response =
        if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        if preflight {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
            headers.insert(
                ACCESS_CONTROL_ALLOW_HEADERS,
                HeaderValue::from_static("authorization, content-type, dpop"),
            );
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        }
    }
    response
}
