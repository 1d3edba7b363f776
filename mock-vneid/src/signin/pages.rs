//! The pages of a sign-in: number and password, one-time code, as whom.

use super::finish::{back_with_error, finish};
use super::form::field;
use crate::html::{Message, page, say};
use crate::people::Organization;
use crate::state::{Proven, SignIn, State};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

type Fields = Form<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "signin.html")]
struct PasswordPage {
    en: bool,
    id: String,
    username: String,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "otp.html")]
struct OtpPage {
    en: bool,
    id: String,
    phone: String,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage {
    en: bool,
    id: String,
    name: String,
    organizations: Vec<Organization>,
}

pub(super) fn find(state: &State, id: &str) -> Result<SignIn, Box<Response>> {
    let found = state.lock().signins.get(id).cloned();
    found.ok_or_else(|| {
        Box::new(page(
            StatusCode::NOT_FOUND,
            &Message {
                en: false,
                id: "signin-over",
                title: "Trang đăng nhập đã hết hạn".to_owned(),
                text: "Hãy quay lại cổng dịch vụ và đăng nhập lại. / This sign-in is over: start again at the portal.".to_owned(),
                link: None,
            },
        ))
    })
}

/// The page with number and password.
pub(crate) async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Response {
    match find(&state, &id) {
        Ok(signin) => page(
            StatusCode::OK,
            &PasswordPage { en: signin.english, id, username: String::new(), wrong: None },
        ),
        Err(over) => *over,
    }
}

/// Number and password.
pub(crate) async fn post_password(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    Form(form): Fields,
) -> Response {
    let signin = match find(&state, &id) {
        Ok(signin) => signin,
        Err(over) => return *over,
    };
    let number: String =
        field(&form, "username").unwrap_or("").chars().filter(|c| !c.is_whitespace()).collect();
    let password = field(&form, "password").unwrap_or("");
    let citizen = state.lock().citizens.get(&number).filter(|c| c.password == password).cloned();
    let Some(citizen) = citizen else {
        let wrong = say(
            signin.english,
            "Số định danh cá nhân hoặc mật khẩu không đúng.",
            "The number or the password is wrong.",
        );
        return page(
            StatusCode::OK,
            &PasswordPage { en: signin.english, id, username: number, wrong: Some(wrong) },
        );
    };
    if citizen.locked {
        state.lock().signins.remove(&id);
        return back_with_error(&signin, "access_denied", "the account is locked");
    }
    let mut inner = state.lock();
    let code = inner.send_code(&citizen.phone);
    if let Some(kept) = inner.signins.get_mut(&id) {
        kept.citizen = Some(number);
        kept.otp = Some(code);
    }
    drop(inner);
    Redirect::to(&format!("/signin/{id}/otp")).into_response()
}

fn masked(phone: &str) -> String {
    let tail: String = phone.chars().skip(phone.chars().count().saturating_sub(3)).collect();
    format!("*** *** {tail}")
}

/// The page for the one-time code.
pub(crate) async fn otp_page(Shared(state): Shared<State>, Path(id): Path<String>) -> Response {
    otp(&state, id, false)
}

fn otp(state: &State, id: String, failed: bool) -> Response {
    let signin = match find(state, &id) {
        Ok(signin) => signin,
        Err(over) => return *over,
    };
    let Some(phone) =
        signin.citizen.as_ref().and_then(|n| state.lock().citizens.get(n).map(|c| c.phone.clone()))
    else {
        return Redirect::to(&format!("/signin/{id}")).into_response();
    };
    let wrong = failed.then(|| {
        say(signin.english, "Mã OTP không đúng hoặc đã hết hạn.", "The code is wrong or has expired.")
    });
    page(StatusCode::OK, &OtpPage { en: signin.english, id, phone: masked(&phone), wrong })
}

/// The one-time code.
pub(crate) async fn post_otp(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    Form(form): Fields,
) -> Response {
    let signin = match find(&state, &id) {
        Ok(signin) => signin,
        Err(over) => return *over,
    };
    let given: String = field(&form, "otp").unwrap_or("").chars().filter(|c| !c.is_whitespace()).collect();
    match (&signin.citizen, &signin.otp) {
        (Some(citizen), Some(otp)) if *otp == given => {
            let account = state.lock().citizens.get(citizen).map_or(2, |c| c.account_level);
            let level = if account < 2 { 1 } else { 2 };
            let proven = Proven { citizen: citizen.clone(), level, at: state.now(), tax_code: None };
            proceed(&state, id, proven).await
        }
        _ => otp(&state, id, true),
    }
}

/// Who is signed in goes on: at once, or after choosing as whom.
pub(super) async fn proceed(state: &State, id: String, proven: Proven) -> Response {
    let chooses = {
        let inner = state.lock();
        !inner.settings.list_organizations && !inner.organizations_of(&proven.citizen).is_empty()
    };
    if chooses {
        if let Some(signin) = state.lock().signins.get_mut(&id) {
            signin.proven = Some(proven);
        }
        return Redirect::to(&format!("/signin/{id}/as")).into_response();
    }
    let signin = state.lock().signins.remove(&id);
    match signin {
        Some(signin) => finish(state, signin, proven, None).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The page that asks as whom.
pub(crate) async fn choose_as(Shared(state): Shared<State>, Path(id): Path<String>) -> Response {
    let signin = match find(&state, &id) {
        Ok(signin) => signin,
        Err(over) => return *over,
    };
    let Some(proven) = signin.proven else { return Redirect::to(&format!("/signin/{id}")).into_response() };
    let inner = state.lock();
    let name = inner.citizens.get(&proven.citizen).map_or(String::new(), |c| c.full_name.clone());
    let organizations = inner.organizations_of(&proven.citizen);
    drop(inner);
    page(StatusCode::OK, &ChoosePage { en: signin.english, id, name, organizations })
}

/// As whom.
pub(crate) async fn act_as(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    Form(form): Fields,
) -> Response {
    let signin = state.lock().signins.get(&id).cloned();
    let Some((signin, mut proven)) = signin.and_then(|s| s.proven.clone().map(|p| (s, p))) else {
        return Redirect::to(&format!("/signin/{id}")).into_response();
    };
    if let Some(code) = field(&form, "as") {
        let own = state.lock().organizations_of(&proven.citizen).iter().any(|o| o.tax_code == code);
        if !own {
            return StatusCode::BAD_REQUEST.into_response();
        }
        proven.tax_code = Some(code.to_owned());
    }
    state.lock().signins.remove(&id);
    finish(&state, signin, proven, None).await
}

/// The citizen gives up.
pub(crate) async fn cancel(Shared(state): Shared<State>, Path(id): Path<String>) -> Response {
    let signin = state.lock().signins.remove(&id);
    match signin {
        Some(signin) => back_with_error(&signin, "access_denied", "cancelled by the citizen"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
