//! The pages.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use relying_party_sdk::web::Citizen;
use relying_party_sdk::{Error, ErrorKind};

use crate::accounts::Recognised;
use crate::dossiers::Dossier;
use crate::rows::{self, Row};
use crate::texts::Texts;

/// The portal's names.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) vietnamese: String,
    pub(crate) english: String,
}

/// What stands on every page.
pub(crate) struct Frame<'a> {
    pub(crate) t: &'static Texts,
    pub(crate) name: &'a str,
    pub(crate) other_name: &'a str,
    pub(crate) initial: String,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(names: &'a Names, t: &'static Texts) -> Self {
        let (name, other_name) = if t.lang == "en" {
            (&names.english, &names.vietnamese)
        } else {
            (&names.vietnamese, &names.english)
        };
        let initial = name.split_whitespace().last().and_then(|word| word.chars().next());
        Self {
            t,
            name,
            other_name,
            initial: initial.map(|letter| letter.to_uppercase().to_string()).unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "welcome.html", config = "examples/portal/askama.toml")]
struct Welcome<'a> {
    frame: Frame<'a>,
}

#[derive(Template)]
#[template(path = "citizen.html", config = "examples/portal/askama.toml")]
struct CitizenPage<'a> {
    frame: Frame<'a>,
    name: &'a str,
    subject: &'a str,
    acr: &'a str,
    acr_meaning: &'static str,
    account: Option<String>,
    to_map: bool,
    rows: Vec<Row>,
    dossiers: Vec<Line>,
    moved: bool,
}

/// A dossier, as its citizen reads it.
struct Line {
    number: String,
    title: String,
    handed_in: String,
    moved_from: Option<String>,
}

#[derive(Template)]
#[template(path = "map.html", config = "examples/portal/askama.toml")]
struct MapPage<'a> {
    frame: Frame<'a>,
    wrong: bool,
}

#[derive(Template)]
#[template(path = "level3.html", config = "examples/portal/askama.toml")]
struct Level3<'a> {
    frame: Frame<'a>,
    name: &'a str,
    acr: &'a str,
}

#[derive(Template)]
#[template(path = "message.html", config = "examples/portal/askama.toml")]
struct Message<'a> {
    frame: Frame<'a>,
    heading: &'static str,
    text: &'static str,
    id: &'static str,
    reason: String,
    way_on: &'static str,
    way_on_id: &'static str,
    way_on_text: &'static str,
}

impl Line {
    fn of(dossier: Dossier, lang: &str) -> Self {
        let day: Vec<&str> = dossier.handed_in.split('-').rev().collect();
        Self {
            handed_in: day.join("/"),
            title: if lang == "en" { dossier.title_en } else { dossier.title },
            number: dossier.number,
            moved_from: dossier.moved_from,
        }
    }
}

/// The front page for somebody who is not signed in.
pub(crate) fn welcome(frame: Frame<'_>) -> Response {
    render(StatusCode::OK, &Welcome { frame })
}

/// The front page for a citizen; `recognised`: what an old portal finds among its own users.
pub(crate) fn citizen(
    frame: Frame<'_>,
    citizen: &Citizen,
    recognised: Option<&Recognised>,
    dossiers: Vec<Dossier>,
) -> Response {
    let texts = frame.t;
    let legacy = recognised.is_some();
    let account = recognised.map(|recognised| match recognised {
        Recognised::Known(user) => format!("{} ({})", texts.account_known, user.email),
        Recognised::Created(user) => format!("{} ({})", texts.account_created, user.email),
        Recognised::ToMap(_) | Recognised::NoTechId => texts.account_none.to_owned(),
    });
    let to_map = matches!(recognised, Some(Recognised::ToMap(_)));
    let meaning = citizen.level().and_then(|level| texts.levels.get(usize::from(level.number() - 1)));
    let dossiers: Vec<Line> = dossiers.into_iter().map(|dossier| Line::of(dossier, texts.lang)).collect();
    let page = CitizenPage {
        moved: dossiers.iter().any(|line| line.moved_from.is_some()),
        dossiers,
        name: citizen.name().unwrap_or(texts.nameless),
        subject: citizen.subject(),
        acr: citizen.acr().unwrap_or(texts.level_unknown),
        acr_meaning: meaning.copied().unwrap_or_default(),
        account,
        to_map,
        rows: rows::rows(citizen, legacy, texts),
        frame,
    };
    render(StatusCode::OK, &page)
}

/// An old portal has a user with this number: the local sign-in proves that it is the citizen's.
pub(crate) fn map(frame: Frame<'_>, wrong: bool) -> Response {
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(status, &MapPage { frame, wrong })
}

/// To such a portal a citizen without a key is an error.
pub(crate) fn no_tech_id(frame: Frame<'_>) -> Response {
    let texts = frame.t;
    let (heading, text) = texts.no_tech_id;
    let page = Message {
        heading,
        text,
        id: "no-tech-id",
        reason: String::new(),
        way_on: "/login?return_to=%2F",
        way_on_id: "login",
        way_on_text: texts.sign_in,
        frame,
    };
    render(StatusCode::BAD_GATEWAY, &page)
}

/// What needs level 3, once it is reached.
pub(crate) fn level3(frame: Frame<'_>, citizen: &Citizen) -> Response {
    let texts = frame.t;
    let page = Level3 {
        name: citizen.name().unwrap_or(texts.nameless),
        acr: citizen.acr().unwrap_or(texts.level_unknown),
        frame,
    };
    render(StatusCode::OK, &page)
}

/// What went wrong, and what can be done about it.
pub(crate) fn error(frame: Frame<'_>, error: &Error) -> Response {
    let texts = frame.t;
    let (id, (heading, text)) = match error.kind() {
        ErrorKind::Cancelled => ("sign-in-stopped", texts.cancelled),
        ErrorKind::LevelNotReached => ("level3-refused", texts.level3_refused),
        ErrorKind::StartAgain => ("sign-in-again", texts.start_again),
        ErrorKind::TryLater => ("try-later", texts.try_later),
        ErrorKind::NotSignedIn => ("not-signed-in", texts.not_signed_in),
        ErrorKind::Broken => ("sign-in-failed", texts.broken),
    };
    let reason = match error {
        Error::Refused { code, .. } | Error::TokenRefused { code, .. } => code.clone(),
        _ => String::new(),
    };
    let home = matches!(error.kind(), ErrorKind::LevelNotReached);
    let page = Message {
        heading,
        text,
        id,
        reason,
        way_on: if home { "/" } else { "/login?return_to=%2F" },
        way_on_id: if home { "home" } else { "login" },
        way_on_text: if home { texts.home } else { texts.sign_in },
        frame,
    };
    render(error.status(), &page)
}

/// No such page.
pub(crate) fn not_found(frame: Frame<'_>) -> Response {
    let texts = frame.t;
    let (heading, text) = texts.not_found;
    let page = Message {
        heading,
        text,
        id: "not-found",
        reason: String::new(),
        way_on: "/",
        way_on_id: "home",
        way_on_text: texts.home,
        frame,
    };
    render(StatusCode::NOT_FOUND, &page)
}

fn render(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(page) => (status, Html(page)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
