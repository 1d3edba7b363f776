//! Text messages: a gateway as operators of telephone networks have them, and the phones that they come to.

use crate::fault::Endpoint;
use crate::oidc::{answer, common, refuse};
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{HashSet, VecDeque};

/// The most messages that are remembered.
const MOST: usize = 1000;

/// A message, as it came to the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    /// The phone, in the form of E.164: `+84912000001`.
    pub to: String,
    /// What it says.
    pub text: String,
    /// The name under which it comes.
    pub sender: String,
    /// What tells it from others: one that comes again under the same id is delivered once.
    pub id: String,
}

/// All messages, the newest first.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    all: VecDeque<Sms>,
    ids: HashSet<String>,
}

impl Texts {
    fn deliver(&mut self, sms: Sms) {
        if self.ids.insert(sms.id.clone()) {
            self.all.push_front(sms);
            if let Some(oldest) = self.all.get(MOST) {
                self.ids.remove(&oldest.id);
            }
            self.all.truncate(MOST);
        }
    }

    /// The last message to a phone, however its number is written.
    pub(crate) fn last(&self, phone: &str) -> Option<&Sms> {
        let phone = national(phone);
        self.all.iter().find(|sms| national(&sms.to) == phone)
    }

    /// The last message to each phone that had one, the newest first, with the number as people here write it.
    pub(crate) fn latest(&self) -> Vec<(String, &Sms)> {
        let mut seen = HashSet::new();
        let all = self.all.iter().map(|sms| (national(&sms.to), sms));
        all.filter(|(phone, _)| seen.insert(phone.clone())).collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// A number as people in Viet Nam write it: `0912000001`.
fn national(phone: &str) -> String {
    phone.strip_prefix("+84").map_or_else(|| phone.to_owned(), |own| format!("0{own}"))
}

/// Takes a message for delivery.
pub(crate) async fn take(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    body: Result<Json<Sms>, axum::extract::rejection::JsonRejection>,
) -> Response {
    let faults = state.strike(Endpoint::Sms);
    if let Some(spoilt) = common(&faults).await {
        return spoilt;
    }
    let expected = format!("Bearer {}", state.lock().settings.sms_token);
    if headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()) != Some(expected.as_str()) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_token", "a bearer token is wanted");
    }
    let Ok(Json(sms)) = body else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "to, text, sender and id are wanted, as JSON",
        );
    };
    let digits = sms.to.strip_prefix('+').unwrap_or("");
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", "to is no number of E.164");
    }
    if sms.text.is_empty() || sms.sender.is_empty() || sms.id.is_empty() {
        return refuse(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_request",
            "text, sender and id must not be empty",
        );
    }
    let id = sms.id.clone();
    state.lock().texts.deliver(sms);
    answer(StatusCode::ACCEPTED, &json!({"id": id}))
}
