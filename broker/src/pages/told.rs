//! `/login/{id}/told`: what became of the accounts that were found.

use super::form::read;
use super::names::{code_of, origin, why_not};
use super::problem;
use super::render::{html, layout};
use crate::extract::Browser;
use crate::flow::{self, Telling};
use crate::paths;
use crate::respond::see_other;
use crate::state::Broker;
use crate::views::{Day, Linked, LinkedAccount, LinkedKind, NotLinked, To};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use broker_domain::authorization::Told;
use http::StatusCode;
use std::sync::Arc;

/// Tells it.
pub async fn show(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let browser = Browser::read(&broker, &parts);
    match flow::telling(&broker, &browser, &id).await {
        Ok(Ok(telling)) => page(&broker, &browser, telling),
        Ok(Err(go)) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}

fn page(broker: &Broker, browser: &Browser, telling: Telling) -> Response {
    let here = paths::login_told(&telling.id);
    let layout = layout(broker, browser, Some(&telling.client), &telling.ui_locales, Some(&here));
    let lang = layout.lang;
    let onward =
        To::Post { action: here, fields: vec![("form_token".to_owned(), telling.form_token.clone())] };
    let page = match &telling.told {
        Told::Linked => {
            let accounts = linked(broker, &telling, lang);
            Linked { layout, accounts, onward }.render(&broker.texts)
        }
        Told::NotLinked { namespace, why } => {
            let reference = (code_of(*why).to_string(), browser.trace.to_string());
            let (origin, why) = (origin(broker, namespace, lang), why_not(*why));
            NotLinked { layout, origin, why, reference, onward }.render(&broker.texts)
        }
    };
    html(broker, lang, StatusCode::OK, page)
}

/// "Danh sách tài khoản liên kết": the citizen's own number first, as of the first link, then the old accounts.
fn linked(broker: &Broker, telling: &Telling, lang: crate::texts::Lang) -> Vec<LinkedAccount> {
    let claims = &telling.claims;
    let number = match (&claims.tax_code, &claims.personal_number) {
        (Some(code), _) => Some(code.value.as_str().to_owned()),
        (None, number) => number.as_ref().map(|n| n.value.as_str().to_owned()),
    };
    let own = number
        .zip(telling.links.iter().map(|l| l.linked_at).min())
        .map(|(number, at)| LinkedAccount { kind: LinkedKind::Vneid { number }, on: Day::of(at) });
    let old = telling.links.iter().map(|link| LinkedAccount {
        kind: LinkedKind::Legacy {
            origin: origin(broker, &link.account.namespace, lang),
            account: link.account.tech_id.as_str().to_owned(),
        },
        on: Day::of(link.linked_at),
    });
    own.into_iter().chain(old).collect()
}

/// The citizen goes on.
pub async fn post(
    State(broker): State<Arc<Broker>>,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Response {
    let (browser, form) = match read(&broker, request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    match flow::told(&broker, &browser, &id, &form).await {
        Ok(go) => see_other(&go.url, &go.cookies),
        Err(stopped) => problem::show(&broker, &browser, &stopped),
    }
}
