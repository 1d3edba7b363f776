//! The beginning and the end of a sign-in.

use super::form::{COOKIE, cookie};
use crate::fault::{Endpoint, Fault};
use crate::seal::seal;
use crate::state::{Dialect, Given, Proven, Session, SignIn, State, word};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use std::time::Duration;
use url::form_urlencoded::byte_serialize;

/// How a request may be answered without a page.
pub(crate) struct Wishes {
    /// `prompt=none`.
    pub(crate) silent: bool,
    /// `prompt=login`.
    pub(crate) again: bool,
    /// `max_age`, in seconds.
    pub(crate) max_age: Option<i64>,
    /// `login_hint`.
    pub(crate) hint: Option<String>,
}

fn redirect(to: &str, cookie: Option<String>) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = (
        StatusCode::SEE_OTHER,
        [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store"))],
    )
        .into_response();
    if let Some(value) = cookie.and_then(|c| HeaderValue::from_str(&c).ok()) {
        response.headers_mut().insert(SET_COOKIE, value);
    }
    response
}

/// Begins a sign-in: at once when somebody is signed in here already (or for the one who is switched to instant), else on a page.
pub(crate) async fn begin(state: &State, headers: &HeaderMap, signin: SignIn, wishes: Wishes) -> Response {
    let now = state.now();
    let instant = {
        let inner = state.lock();
        inner.instant.clone().map(|(citizen, level)| {
            let hinted = wishes.hint.filter(|h| inner.citizens.contains_key(h));
            (hinted.unwrap_or(citizen), level)
        })
    };
    if let Some((citizen, level)) = instant {
        let proven = Proven { citizen, level, at: now, tax_code: None };
        return finish(state, signin, proven, None).await;
    }
    let session = cookie(headers).and_then(|c| state.lock().sessions.get(&c).cloned().map(|s| (c, s)));
    if let Some((sid, session)) = session {
        let old = wishes.max_age.is_some_and(|most| now - session.proven.at > most);
        let weak = signin.level.is_some_and(|wanted| session.proven.level < wanted);
        if !wishes.again && !old && !weak {
            return finish(state, signin, session.proven, Some(sid)).await;
        }
    }
    if wishes.silent {
        return back_with_error(&signin, "login_required", "the citizen must sign in");
    }
    let id = word();
    // A level with biometrics is reached by the phone alone.
    let page = if signin.level.is_some_and(|l| l >= 3) {
        format!("/signin/{id}/qr")
    } else {
        format!("/signin/{id}")
    };
    state.lock().signins.insert(id, signin);
    redirect(&page, None)
}

/// Ends a sign-in well: a code goes back to the client.
pub(crate) async fn finish(state: &State, signin: SignIn, proven: Proven, sid: Option<String>) -> Response {
    let faults = state.strike(Endpoint::Callback);
    let now = state.now();
    let sid = sid.unwrap_or_else(word);
    let code = format!("{}+/{}==", word(), word());
    let code = if signin.dialect == Dialect::Sealed { code } else { word() };
    let sealed = {
        let mut inner = state.lock();
        inner.sessions.insert(sid.clone(), Session { proven: proven.clone() });
        let expires_at = now + inner.settings.code_secs;
        let given = Given { signin: signin.clone(), proven, sid: sid.clone(), expires_at };
        inner.codes.insert(code.clone(), given);
        let client =
            inner.client(&signin.client_id).filter(|c| c.encrypt_code && signin.dialect == Dialect::Sealed);
        let spoil = faults.contains(&Fault::BadPadding);
        client.and_then(|c| c.public_key.as_ref()).and_then(|key| seal(key, code.as_bytes(), spoil).ok())
    };
    let mut fields: Vec<(&str, String)> = match sealed {
        // Standard Base64, unescaped: as the real one sends it.
        Some(sealed) => vec![("code", sealed.data), ("encrypt_key", sealed.key)],
        None => vec![("code", code)],
    };
    let mut given_state = signin.state.clone();
    for fault in &faults {
        match fault {
            Fault::Delay { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Fault::CallbackError { error, description } => {
                return back_with_error(
                    &signin,
                    error,
                    description.as_deref().unwrap_or("a fault was asked for"),
                );
            }
            Fault::WrongState => given_state = Some(word()),
            Fault::MissingCode => fields.retain(|(name, _)| *name != "code"),
            Fault::WrongCode => {
                fields.iter_mut().filter(|(name, _)| *name == "code").for_each(|(_, v)| *v = word())
            }
            Fault::Status { status } => {
                return StatusCode::from_u16(*status)
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                    .into_response();
            }
            _ => {}
        }
    }
    let mut url = signin.redirect_uri.clone();
    let mut separator = if url.contains('?') { '&' } else { '?' };
    for (name, value) in fields {
        url.push(separator);
        url.push_str(name);
        url.push('=');
        url.push_str(&value);
        separator = '&';
    }
    if let Some(value) = given_state {
        url.push(separator);
        url.push_str("state=");
        url.extend(byte_serialize(value.as_bytes()));
    }
    redirect(&url, Some(format!("{COOKIE}={sid}; Path=/; HttpOnly; SameSite=Lax")))
}

/// Ends a sign-in without one.
pub(crate) fn back_with_error(signin: &SignIn, error: &str, description: &str) -> Response {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let separator = if signin.redirect_uri.contains('?') { '&' } else { '?' };
    let state = signin.state.as_deref().map(|s| format!("&state={}", encode(s))).unwrap_or_default();
    let (error, description) = (encode(error), encode(description));
    redirect(
        &format!("{}{separator}error={error}&error_description={description}{state}", signin.redirect_uri),
        None,
    )
}
