//! Every path and who answers it.

use crate::endpoints::{authorize, discovery, events, introspect, jwks, revoke, token, userinfo};
use crate::pages::{
    account, assets, callback, consent, language, login, logout, notice, own, problem, prove, told, update,
    whom,
};
use crate::paths;
use crate::respond::cors;
use crate::state::Broker;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use std::sync::Arc;

/// The public listener's routes.
pub fn router(broker: Arc<Broker>) -> Router {
    // What browser-based clients call.
    let shared = Router::new()
        .route(paths::OPENID_CONFIGURATION, get(discovery::get))
        .route(paths::OAUTH_AUTHORIZATION_SERVER, get(discovery::get))
        .route(paths::JWKS, get(jwks::get))
        .route(paths::TOKEN, post(token::post))
        .route(paths::USERINFO, get(userinfo::any).post(userinfo::any))
        .route(paths::REVOKE, post(revoke::post))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn_with_state(broker.clone(), cors));
    // What changes something is not done by HEAD (RFC 9110, 9.2.1).
    Router::new()
        .merge(shared)
        .route(paths::AUTHORIZE, get(authorize::get).post(authorize::post).head(problem::method_not_allowed))
        .route(paths::INTROSPECT, post(introspect::post))
        .route(paths::EVENTS_POLL, post(events::poll))
        .route(paths::LOGOUT, get(logout::any).post(logout::any).head(problem::method_not_allowed))
        .route(paths::LOGOUT_CONFIRM, post(logout::confirm))
        .route(paths::LOGGED_OUT, get(logout::ended))
        .route(paths::CALLBACK, get(callback::get).head(problem::method_not_allowed))
        .route(paths::LOGIN, get(login::show))
        .route(paths::LOGIN_CHOOSE, post(login::choose).get(login::back))
        .route(paths::LOGIN_ACCOUNT, get(account::show).post(account::post))
        .route(paths::LOGIN_UPDATE, get(update::show).post(update::post))
        .route(paths::LOGIN_NOTICE, get(notice::show).post(notice::post))
        .route(paths::LOGIN_LINK, get(prove::choose).post(prove::chosen))
        .route(paths::LOGIN_PROVE, get(prove::show).post(prove::post))
        .route(paths::LOGIN_CODE, get(prove::code).post(prove::coded))
        .route(paths::LOGIN_WHOM, get(whom::show).post(whom::post))
        .route(paths::LOGIN_TOLD, get(told::show).post(told::post))
        .route(paths::LOGIN_AGAIN, get(login::again))
        .route(paths::CONSENT, get(consent::show).post(consent::decide))
        .route(paths::ACCOUNT, get(own::identity::show).head(problem::method_not_allowed))
        .route(paths::ACCOUNT_SIGNED_IN, get(own::identity::signed_in).head(problem::method_not_allowed))
        .route(
            paths::ACCOUNT_LINKS,
            get(own::links::show).post(own::links::another_one).head(problem::method_not_allowed),
        )
        .route(
            paths::ACCOUNT_UNLINK,
            get(own::unlink::show).post(own::unlink::ask).head(problem::method_not_allowed),
        )
        .route(
            paths::ACCOUNT_UPDATE,
            get(own::update::show).post(own::update::post).head(problem::method_not_allowed),
        )
        .route(paths::ACCOUNT_HISTORY, get(own::history::show).head(problem::method_not_allowed))
        .route(
            paths::ACCOUNT_SESSIONS,
            get(own::sessions::show).post(own::sessions::end).head(problem::method_not_allowed),
        )
        .route(
            paths::ACCOUNT_DATA,
            get(own::data::show).post(own::data::take).head(problem::method_not_allowed),
        )
        .route(paths::LANGUAGE, post(language::post))
        .route(paths::ASSETS, get(assets::get))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .with_state(broker)
}
