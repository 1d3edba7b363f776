//! The national population database, as an HTTP service.

use crate::fault::Endpoint;
use crate::oidc::{answer, common, refuse};
use crate::people::Citizen;
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use data_encoding::BASE64;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

/// What is asked: at least one of the numbers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    old_number: Option<String>,
    personal_number: Option<String>,
    former_number: Option<String>,
    full_name: Option<String>,
    birth_date: Option<String>,
}

/// Whether name and date match what the database holds of a number; per field, never more.
pub(crate) async fn matches(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    Json(question): Json<Question>,
) -> Response {
    let faults = state.strike(Endpoint::Population);
    if let Some(spoilt) = common(&faults).await {
        return spoilt;
    }
    let (id, secret) = state.lock().settings.population_client.clone();
    let expected = format!("Basic {}", BASE64.encode(format!("{id}:{secret}").as_bytes()));
    if headers.get(http::header::AUTHORIZATION).and_then(|v| v.to_str().ok()) != Some(expected.as_str()) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client", "basic authentication is wanted");
    }
    if question.old_number.is_none() && question.personal_number.is_none() && question.former_number.is_none()
    {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", "a number is wanted");
    }
    answer(StatusCode::OK, &found(&state, &question))
}

fn found(state: &State, question: &Question) -> Value {
    let inner = state.lock();
    let fits = |asked: &Option<String>, has: Option<&str>| asked.as_deref().map(|a| Some(a.trim()) == has);
    let had = |c: &Citizen| {
        question.former_number.as_deref().map(|a| c.former_numbers.iter().any(|n| n == a.trim()))
    };
    // Whoever has the number still has not given it up.
    let has = |c: &Citizen| fits(&question.former_number, Some(&c.personal_number)).unwrap_or(false);
    let candidates: Vec<_> = inner
        .citizens
        .values()
        .filter(|c| {
            fits(&question.personal_number, Some(&c.personal_number)).unwrap_or(false)
                || fits(&question.old_number, c.old_number.as_deref()).unwrap_or(false)
                || had(c).unwrap_or(false)
                || has(c)
        })
        .collect();
    match candidates.as_slice() {
        [] => json!({"result": "no_match"}),
        [one] => {
            let fields = json!({
                "personal_number": fits(&question.personal_number, Some(&one.personal_number)),
                "old_number": fits(&question.old_number, one.old_number.as_deref()),
                "former_number": had(one),
                "full_name": fits(&question.full_name, Some(&one.full_name)),
                "birth_date": fits(&question.birth_date, Some(&one.birth_date)),
            });
            let all = fields.as_object().is_some_and(|m| m.values().all(|v| *v != json!(false)));
            let result = match (one.deceased, all) {
                (true, _) => "deceased",
                (false, true) => "match",
                (false, false) => "mismatch",
            };
            json!({"result": result, "fields": fields})
        }
        _ => json!({"result": "several"}),
    }
}
