//! Logout of the plain dialect: by the browser, and towards clients.

use crate::html::{Message, page};
use crate::signin::{COOKIE, cookie, field};
use crate::state::{State, word};
use axum::extract::{Query, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;

/// Ends the session of a browser.
pub(crate) async fn end_session(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    if let Some(sid) = cookie(&headers) {
        state.lock().sessions.remove(&sid);
    }
    let client = field(&query, "client_id").unwrap_or("");
    let uri = field(&query, "post_logout_redirect_uri")
        .filter(|u| state.lock().client(client).is_some_and(|c| c.redirect_fits(u)));
    let mut response = match uri {
        Some(uri) => {
            let separator = if uri.contains('?') { '&' } else { '?' };
            let back = field(&query, "state").map(|s| format!("{separator}state={s}")).unwrap_or_default();
            Redirect::to(&format!("{uri}{back}")).into_response()
        }
        None => {
            let (title, text) =
                ("Đã đăng xuất VNeID".to_owned(), "You are signed out of the stand-in.".to_owned());
            page(StatusCode::OK, &Message { en: false, id: "vneid-logged-out", title, text, link: None })
        }
    };
    let gone = HeaderValue::from_str(&format!("{COOKIE}=; Path=/; Max-Age=0"))
        .unwrap_or(HeaderValue::from_static(""));
    response.headers_mut().insert(SET_COOKIE, gone);
    response
}

/// A logout token for a client (OpenID Connect Back-Channel Logout 2.4).
pub(crate) fn logout_token(
    state: &State,
    client: &str,
    sid: Option<&str>,
    sub: Option<&str>,
) -> Option<String> {
    let (now, issuer) = (state.now(), state.issuer());
    let mut claims = json!({
        "iss": issuer,
        "aud": client,
        "iat": now,
        "exp": now + 120,
        "jti": word(),
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    for (name, value) in [("sid", sid), ("sub", sub)] {
        if let (Some(value), Some(map)) = (value, claims.as_object_mut()) {
            map.insert(name.to_owned(), json!(value));
        }
    }
    state.lock().keys.current().sign(Some("logout+jwt"), &claims).ok()
}
