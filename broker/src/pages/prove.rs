//! `/login/{id}/link`, `/prove` and `/code`: old accounts that wait for their citizen.

use super::form::read;
use super::names::origin;
use super::problem;
use super::render::{html, layout};
use crate::extract::Browser;
use crate::flow::{self, Again, CodePage, Page, Waiting};
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{
    AccountChoice, AccountHint, ChooseAccount, EnterCode, Layout, Masked, ProofFault, ProveAccount,
};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use broker_domain::linking::Proof;
use broker_domain::ports::Credentials;
use http::StatusCode;
use std::sync::Arc;

/// Several accounts: which is the primary one?
pub async fn choose(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let asked = flow::waiting(&broker, &browser, &id).await;
    choice(&broker, &browser, asked, false)
}

/// One was chosen.
pub async fn chosen(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (browser, form) = match read(&broker, request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    let asked = flow::choose_account(&broker, &browser, &id, &form).await;
    choice(&broker, &browser, asked, true)
}

fn choice(broker: &Broker, browser: &Browser, asked: Page<Waiting>, nothing_chosen: bool) -> Response {
    let waiting = match asked {
        Ok(Ok(waiting)) => waiting,
        Ok(Err(go)) => return see_other(&go.url, &go.cookies),
        Err(stopped) => return problem::show(broker, browser, &stopped),
    };
    let here = paths::login_link(&waiting.id);
    let layout = surround(broker, browser, &waiting, &here);
    let lang = layout.lang;
    let status = if nothing_chosen { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = ChooseAccount {
        layout,
        action: here,
        form_token: waiting.form_token,
        origin: origin(broker, &waiting.namespace, lang),
        accounts: waiting
            .accounts
            .iter()
            .map(|(found, ways)| AccountChoice {
                value: found.kept.account.id.as_str().to_owned(),
                hint: hint(found),
                needs_proof: !ways.is_empty(),
            })
            .collect(),
        chosen: None,
        nothing_chosen,
    };
    html(broker, lang, status, page.render(&broker.texts))
}

/// One account: is it the citizen's?
pub async fn show(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let asked = flow::waiting(&broker, &browser, &id).await;
    proof(&broker, &browser, asked.map(|page| page.map(|waiting| Again { waiting, fault: None })))
}

/// A proof was given, or asked for.
pub async fn post(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (browser, form) = match read(&broker, request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    let asked = flow::prove(&broker, &browser, &id, &form).await;
    proof(&broker, &browser, asked)
}

fn proof(broker: &Broker, browser: &Browser, asked: Page<Again<ProofFault>>) -> Response {
    let Again { waiting, fault } = match asked {
        Ok(Ok(again)) => again,
        Ok(Err(go)) => return see_other(&go.url, &go.cookies),
        Err(stopped) => return problem::show(broker, browser, &stopped),
    };
    let here = paths::login_prove(&waiting.id);
    let layout = surround(broker, browser, &waiting, &here);
    let lang = layout.lang;
    let (hint, ways) = waiting.accounts.first().map(|(f, w)| (hint(f), w.clone())).unwrap_or_default();
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let origin = origin(broker, &waiting.namespace, lang);
    let page =
        ProveAccount { layout, action: here, form_token: waiting.form_token, origin, hint, ways, fault };
    html(broker, lang, status, page.render(&broker.texts))
}

/// A code was sent.
pub async fn code(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    let asked = flow::code_page(&broker, &browser, &id).await;
    entering(&broker, &browser, asked)
}

/// It was typed.
pub async fn coded(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (browser, form) = match read(&broker, request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    let asked = flow::enter_code(&broker, &browser, &id, &form).await;
    entering(&broker, &browser, asked)
}

fn entering(broker: &Broker, browser: &Browser, asked: Page<CodePage>) -> Response {
    let CodePage { waiting, minutes, fault } = match asked {
        Ok(Ok(page)) => page,
        Ok(Err(go)) => return see_other(&go.url, &go.cookies),
        Err(stopped) => return problem::show(broker, browser, &stopped),
    };
    let here = paths::login_code(&waiting.id);
    let layout = surround(broker, browser, &waiting, &here);
    let lang = layout.lang;
    let account = waiting.accounts.first();
    let phone = account.and_then(|(f, _)| f.kept.account.claims.phone.as_ref()).map_or("", |p| &p.value);
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = EnterCode {
        layout,
        action: here,
        phone: Masked::phone(phone),
        minutes,
        other_way: account.is_some_and(|(_, ways)| ways.contains(&Proof::Password)),
        fault,
        form_token: waiting.form_token,
    };
    html(broker, lang, status, page.render(&broker.texts))
}

fn surround(broker: &Broker, browser: &Browser, waiting: &Waiting, here: &str) -> Layout {
    layout(broker, browser, Some(&waiting.client), &waiting.ui_locales, Some(here))
}

/// What may be shown of an account that is not proven yet.
fn hint(found: &Credentials) -> AccountHint {
    AccountHint {
        user_name: found.user_name.as_deref().map(Masked::user_name),
        phone: found.kept.account.claims.phone.as_ref().map(|p| Masked::phone(&p.value)),
        last_used: None,
        opened: None,
    }
}
