//! Every path and who answers it.

use crate::oidc;
use crate::record::{SECRET, Seen};
use crate::state::State;
use crate::{control, phone, population, sealed, signin, sms};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE};

const STYLE: &str = include_str!("style.css");

/// All routes.
pub(crate) fn router(state: State) -> Router {
    Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/style.css", get(|| async { ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE) }))
        .route("/", get(phone::show))
        .route("/oidc/.well-known/openid-configuration", get(oidc::discovery))
        .route("/oidc/jwks", get(oidc::jwks))
        .route("/oidc/authorize", get(oidc::authorize))
        .route("/oidc/token", post(oidc::token))
        .route("/oidc/userinfo", get(oidc::userinfo).post(oidc::userinfo))
        .route("/oidc/logout", get(oidc::end_session))
        .route("/sealed/authorize", get(sealed::authorize))
        .route("/sealed/token", post(sealed::token))
        .route("/sealed/userinfo", get(sealed::userinfo))
        .route("/signin/{id}", get(signin::show).post(signin::post_password))
        .route("/signin/{id}/otp", get(signin::otp_page).post(signin::post_otp))
        .route("/signin/{id}/as", get(signin::choose_as).post(signin::act_as))
        .route("/signin/{id}/qr", get(signin::qr_page))
        .route("/signin/{id}/cancel", post(signin::cancel))
        .route("/qr/{name}", get(signin::picture))
        .route("/phone", get(phone::show))
        .route("/phone/{word}", post(phone::post))
        .route("/population/match", post(population::matches))
        .route("/sms", post(sms::take))
        .merge(control::routes())
        .layer(from_fn_with_state(state.clone(), record))
        .with_state(state)
}

/// Remembers each request but those of the control API.
async fn record(Shared(state): Shared<State>, request: Request<Body>, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, 1024 * 1024).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let header = |name| parts.headers.get(name).and_then(|v| v.to_str().ok());
    let path = parts.uri.path();
    if !path.starts_with("/control/") && path != "/health" {
        let is_form =
            header(CONTENT_TYPE).is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
        let form =
            if is_form { url::form_urlencoded::parse(&bytes).into_owned().collect() } else { Vec::new() };
        let seen = Seen {
            method: parts.method.to_string(),
            path: path.to_owned(),
            query: parts.uri.query().unwrap_or("").to_owned(),
            form: form
                .into_iter()
                .filter(|(n, _): &(String, String)| !SECRET.contains(&n.as_str()))
                .collect(),
            content_type: header(CONTENT_TYPE).map(str::to_owned),
            authorization: header(AUTHORIZATION).and_then(|v| v.split(' ').next()).map(str::to_owned),
        };
        state.lock().remember(seen);
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}
