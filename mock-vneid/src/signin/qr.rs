//! Signing in by the phone.

use super::finish::back_with_error;
use super::pages::{find, proceed};
use crate::html::page;
use crate::state::{Decision, Proven, Qr, SignIn, State, word};
use askama::Template;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use qrcode::QrCode;
use qrcode::render::svg;

#[derive(Template)]
#[template(path = "qr.html")]
struct QrPage {
    en: bool,
    id: String,
    word: String,
    strong: bool,
}

/// The word of a sign-in's picture, made when it has none yet, and what the phone has said, once.
fn look(state: &State, id: &str, signin: &SignIn) -> (String, Option<(Decision, String)>) {
    let mut inner = state.lock();
    let waiting = signin.qr.clone().filter(|w| inner.qrs.contains_key(w));
    let on_phone = waiting.unwrap_or_else(|| {
        let fresh = word();
        inner.qrs.insert(fresh.clone(), Qr { decided: None });
        if let Some(kept) = inner.signins.get_mut(id) {
            kept.qr = Some(fresh.clone());
        }
        fresh
    });
    let decided = inner.qrs.get(&on_phone).and_then(|q| q.decided.clone());
    if decided.is_some() {
        inner.qrs.remove(&on_phone);
    }
    (on_phone, decided)
}

/// The page with the picture; it looks every two seconds whether the phone has spoken.
pub(crate) async fn qr_page(Shared(state): Shared<State>, Path(id): Path<String>) -> Response {
    let signin = match find(&state, &id) {
        Ok(signin) => signin,
        Err(over) => return *over,
    };
    let (on_phone, decided) = look(&state, &id, &signin);
    match decided {
        None => page(
            StatusCode::OK,
            &QrPage { en: signin.english, id, word: on_phone, strong: signin.level.is_some_and(|l| l >= 3) },
        ),
        Some((Decision::Reject, _)) => {
            state.lock().signins.remove(&id);
            back_with_error(&signin, "access_denied", "rejected on the phone")
        }
        Some((decision, citizen)) => {
            let account = state.lock().citizens.get(&citizen).map(|c| (c.account_level, c.locked));
            match account {
                None | Some((_, true)) => {
                    state.lock().signins.remove(&id);
                    back_with_error(&signin, "access_denied", "the account is locked")
                }
                Some((account, _)) => {
                    let reached = if decision == Decision::Biometric { 3 } else { 2 };
                    let level = if account < 2 { 1 } else { reached };
                    let proven = Proven { citizen, level, at: state.now(), tax_code: None };
                    proceed(&state, id, proven).await
                }
            }
        }
    }
}

/// What a phone says; `false` when nobody asked.
pub(crate) fn decide(state: &State, on_phone: &str, decision: Decision, citizen: &str) -> bool {
    match state.lock().qrs.get_mut(on_phone) {
        Some(qr) => {
            qr.decided = Some((decision, citizen.to_owned()));
            true
        }
        None => false,
    }
}

/// The picture: the address of the phone's page.
pub(crate) async fn picture(Shared(state): Shared<State>, Path(name): Path<String>) -> Response {
    let on_phone = name.strip_suffix(".svg").unwrap_or(&name);
    let url = format!("{}/phone?qr={on_phone}", state.base_url);
    match QrCode::new(url.as_bytes()) {
        Ok(code) => {
            let drawn = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
            ([(CONTENT_TYPE, "image/svg+xml")], drawn).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
