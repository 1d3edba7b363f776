//! The portal's addresses.

use std::sync::Arc;

use axum::extract::{FromRef, Path, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Json, Router};
use relying_party_sdk::RelyingParty;
use relying_party_sdk::events::EventReceiver;
use relying_party_sdk::web::{self, Citizen, Portal, RequireLevel};
use serde::Deserialize;
use serde_json::json;

use crate::accounts::{Recognised, Users};
use crate::colour::Colour;
use crate::dossiers::Dossiers;
use crate::pages::{self, Frame, Names};
use crate::texts::{COOKIE_NAME, Texts};

/// Nothing runs, nothing foreign loads. `form-action` names no single hosts: signing out leads by redirects through the
/// broker and VNeID back to this portal, and browsers check each of them.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https: http://localhost:*; \
                      frame-ancestors 'none'; base-uri 'none'";

/// Where the broker pushes events to.
const EVENTS: &str = "/events";

/// How long style and icon are kept.
const BRIEFLY: &str = "max-age=300";

/// What handlers share.
#[derive(Clone)]
struct Site {
    portal: Portal,
    users: Arc<Users>,
    names: Arc<Names>,
    style: Arc<str>,
    icon: Arc<str>,
    dossiers: Arc<Dossiers>,
}

impl FromRef<Site> for Portal {
    fn from_ref(site: &Site) -> Self {
        site.portal.clone()
    }
}

/// The whole portal.
pub(crate) fn router(
    relying_party: RelyingParty,
    names: Names,
    accent: &Colour,
    dossiers: Arc<Dossiers>,
    events: &EventReceiver,
) -> Router {
    let names = Arc::new(names);
    let error_names = Arc::clone(&names);
    let portal = Portal::new(relying_party).with_error_page(move |error, headers| {
        pages::error(Frame::new(&error_names, Texts::for_request(headers)), error)
    });
    let accent = accent.as_str();
    let site = Site {
        style: format!(":root {{ --accent: {accent}; }}\n{}", include_str!("style.css")).into(),
        icon: format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect width=\"16\" height=\"16\" rx=\"4\" \
             fill=\"{accent}\"/><path d=\"M8 3l5 4v6H3V7z\" fill=\"#ffffff\"/></svg>"
        )
        .into(),
        names,
        dossiers,
        users: Arc::new(Users::sample()),
        portal: portal.clone(),
    };
    Router::new()
        .route("/", get(home))
        .route("/level-3", get(level3))
        .route("/map", get(map).post(map_post))
        .route("/language/{lang}", get(language))
        .route("/style.css", get(style))
        .route("/icon.svg", get(icon))
        .route("/health", get(health))
        .fallback(not_found)
        .with_state(site)
        .merge(web::routes(&portal))
        .merge(web::event_routes(events, EVENTS))
        .layer(middleware::from_fn(secure))
}

async fn home(State(site): State<Site>, headers: HeaderMap, citizen: Option<Citizen>) -> Response {
    let frame = Frame::new(&site.names, Texts::for_request(&headers));
    match citizen {
        Some(citizen) => {
            let legacy = site.portal.relying_party().is_legacy();
            let recognised = legacy.then(|| site.users.recognise(&citizen));
            if recognised == Some(Recognised::NoTechId) {
                return pages::no_tech_id(frame);
            }
            pages::citizen(frame, &citizen, recognised.as_ref(), site.dossiers.of(citizen.subject()))
        }
        None => pages::welcome(frame),
    }
}

/// An old portal asks for its own sign-in before it gives an account of before to whoever has the number.
async fn map(State(site): State<Site>, headers: HeaderMap, citizen: Citizen) -> Response {
    match site.users.recognise(&citizen) {
        Recognised::ToMap(_) => pages::map(Frame::new(&site.names, Texts::for_request(&headers)), false),
        _ => Redirect::to("/").into_response(),
    }
}

#[derive(Deserialize)]
struct Local {
    name: String,
    password: String,
}

async fn map_post(
    State(site): State<Site>,
    headers: HeaderMap,
    citizen: Citizen,
    Form(local): Form<Local>,
) -> Response {
    // Ports of one host are one site to cookies: a form of another sample is none of ours.
    let foreign = headers.get("sec-fetch-site").is_some_and(|from| from != "same-origin" && from != "none");
    let frame = Frame::new(&site.names, Texts::for_request(&headers));
    if !foreign && site.users.map(&citizen, &local.name, &local.password) {
        Redirect::to("/").into_response()
    } else {
        pages::map(frame, true)
    }
}

async fn level3(
    State(site): State<Site>,
    headers: HeaderMap,
    RequireLevel(citizen): RequireLevel<3>,
) -> Response {
    pages::level3(Frame::new(&site.names, Texts::for_request(&headers)), &citizen)
}

async fn not_found(State(site): State<Site>, headers: HeaderMap) -> Response {
    pages::not_found(Frame::new(&site.names, Texts::for_request(&headers)))
}

async fn language(Path(lang): Path<String>) -> Response {
    let cookie = format!("{COOKIE_NAME}={}; Path=/; SameSite=Lax; Max-Age=31536000", Texts::of(&lang).lang);
    (StatusCode::SEE_OTHER, [(LOCATION, "/".to_owned()), (SET_COOKIE, cookie)]).into_response()
}

async fn style(State(site): State<Site>) -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, BRIEFLY)], site.style.to_string())
        .into_response()
}

async fn icon(State(site): State<Site>) -> Response {
    ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, BRIEFLY)], site.icon.to_string()).into_response()
}

async fn health() -> Json<serde_json::Value> {
    Json(json!({ "status": "ok" }))
}

/// Headers of every answer; what a handler says itself stays.
async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ] {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
