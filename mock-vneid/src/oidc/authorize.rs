//! The authorization endpoint of both dialects.

use crate::html::{Message, page};
use crate::signin::{Wishes, begin, field};
use crate::state::{Dialect, SignIn, State};
use axum::extract::{Query, State as Shared};
use axum::response::Response;
use http::{HeaderMap, StatusCode};

type Fields = Vec<(String, String)>;

/// Reads a request; the client and its redirect URI must be known.
pub(crate) fn read_request(
    state: &State,
    query: &Fields,
    dialect: Dialect,
) -> Result<(SignIn, Wishes), Box<Response>> {
    let get = |name: &str| field(query, name).map(str::to_owned);
    let refused = |text: &str| {
        let title = "Yêu cầu không hợp lệ".to_owned();
        Box::new(page(
            StatusCode::BAD_REQUEST,
            &Message { en: false, id: "bad-request", title, text: text.to_owned(), link: None },
        ))
    };
    let client_id = get("client_id").ok_or_else(|| refused("client_id is missing"))?;
    let redirect_uri = get("redirect_uri").ok_or_else(|| refused("redirect_uri is missing"))?;
    let fits = state.lock().client(&client_id).is_some_and(|c| c.redirect_fits(&redirect_uri));
    if !fits {
        return Err(refused("unknown client, or redirect_uri not registered"));
    }
    if get("response_type").as_deref() != Some("code") {
        return Err(refused("response_type must be code"));
    }
    let prompt = get("prompt").unwrap_or_default();
    let language = get("ui_locales");
    let signin = SignIn {
        dialect,
        client_id,
        redirect_uri,
        state: get("state"),
        nonce: get("nonce"),
        challenge: get("code_challenge"),
        level: get("acr_values").and_then(|v| v.split(' ').find_map(|w| w.parse().ok())),
        english: language.is_some_and(|l| l.starts_with("en")),
        citizen: None,
        otp: None,
        proven: None,
        qr: None,
    };
    let wishes = Wishes {
        silent: prompt.split(' ').any(|p| p == "none"),
        again: prompt.split(' ').any(|p| p == "login"),
        max_age: get("max_age").and_then(|v| v.parse().ok()),
        hint: get("login_hint"),
    };
    Ok((signin, wishes))
}

/// The plain dialect's endpoint.
pub(crate) async fn authorize(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    Query(query): Query<Fields>,
) -> Response {
    match read_request(&state, &query, Dialect::Oidc) {
        Ok((signin, wishes)) => begin(&state, &headers, signin, wishes).await,
        Err(refused) => *refused,
    }
}
