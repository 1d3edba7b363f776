//! `/login/{id}`: the tiles.

use super::problem;
use super::render::{html, layout};
use crate::errors::catalogue::Code;
use crate::extract::{Browser, read_form};
use crate::flow::{self, Offer, Problem, Shown};
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{Choose, Day, Tile, TileState};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use broker_domain::client::SignInMethod;
use broker_domain::ids::InteractionId;
use http::StatusCode;
use std::sync::Arc;

/// Shows the tiles, or goes on with a session that another tab opened.
pub async fn show(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    match flow::show(&broker, &browser, &id).await {
        Ok(Shown::Go(go)) => see_other(&go.url, &go.cookies),
        Ok(Shown::Tiles { id, client, methods, form_token, ui_locales }) => {
            let here = paths::login(&id);
            let layout = layout(&broker, &browser, Some(&client), &ui_locales, Some(&here));
            let lang = layout.lang;
            let page = Choose {
                layout,
                action: paths::login_choose(&id),
                form_token,
                system_notice: methods.iter().any(|(m, _)| *m != SignInMethod::Vneid),
                tiles: methods
                    .into_iter()
                    .map(|(method, offer)| Tile { method, state: state(offer) })
                    .collect(),
                primary: SignInMethod::Vneid,
            };
            html(&broker, lang, StatusCode::OK, page.render(&broker.texts))
        }
        Err(stopped) => problem::show_at(&broker, &browser, &stopped, Some(browser.here.as_str())),
    }
}

fn state(offer: Offer) -> TileState {
    match offer {
        Offer::Open => TileState::Open,
        Offer::LinkOnly(since) => TileState::LinkOnly(Day::of(since)),
        Offer::PastCutOff(at) => TileState::PastCutOff(Day::of(at)),
        Offer::SwitchedOff => TileState::SwitchedOff,
    }
}

/// A tile was pressed.
pub async fn choose(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let form = match read_form(Request::from_parts(parts, body)).await {
        Ok((_, form)) => form,
        Err(_) => return problem::show(&broker, &browser, &Problem::new(Code::MalformedRequest)),
    };
    match flow::choose(&broker, &browser, &id, &form).await {
        Ok(go) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}

/// Begins the login again at its portal, with the portal's own parameters.
pub async fn again(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    match flow::again(&broker, &id).await {
        Ok(go) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}

/// A reload of the page that a press led to: back to the tiles.
pub async fn back(Path(id): Path<String>) -> Response {
    let id = InteractionId::parse(&id);
    see_other(&id.map_or_else(|| "/".to_owned(), |id| paths::login(&id)), &[])
}
