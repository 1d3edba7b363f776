//! The control API: what tests change and read.

use crate::fault::Planned;
use crate::oidc::{answer, logout_token, refuse};
use crate::openapi::document;
use crate::people::{Citizen, Organization};
use crate::signin::decide;
use crate::state::{Decision, State};
use axum::extract::{Path, State as Shared};
use axum::response::Response;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

/// Its routes.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/control/openapi.json", get(|| async { answer(StatusCode::OK, &document()) }))
        .route("/control/citizens", get(citizens).post(put_citizen))
        .route("/control/citizens/{number}", delete(drop_citizen))
        .route("/control/citizens/{number}/phone", post(change_phone))
        .route("/control/citizens/{number}/number", post(renumber))
        .route("/control/organizations", get(organizations).post(put_organization))
        .route("/control/organizations/list", post(list_organizations))
        .route("/control/phones/{phone}/otp", get(last_code))
        .route("/control/phones/{phone}/sms", get(last_sms))
        .route("/control/qr", get(waiting))
        .route("/control/qr/{word}", post(decide_qr))
        .route("/control/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/control/keys/rotate", post(rotate))
        .route("/control/instant", post(instant))
        .route("/control/clock", post(clock))
        .route("/control/sessions", delete(drop_sessions))
        .route("/control/backchannel-logout", post(logout))
        .route("/control/requests", get(seen).delete(forget))
}

fn done() -> Response {
    answer(StatusCode::OK, &json!({"done": true}))
}

async fn citizens(Shared(state): Shared<State>) -> Response {
    let all: Vec<Value> = state.lock().citizens.values().map(|c| json!({"personal_number": c.personal_number, "full_name": c.full_name, "birth_date": c.birth_date, "former_numbers": c.former_numbers, "phone": c.phone, "account_level": c.account_level, "locked": c.locked, "deceased": c.deceased})).collect();
    answer(StatusCode::OK, &json!(all))
}

async fn put_citizen(Shared(state): Shared<State>, Json(citizen): Json<Citizen>) -> Response {
    state.lock().citizens.insert(citizen.personal_number.clone(), citizen);
    done()
}

async fn drop_citizen(Shared(state): Shared<State>, Path(number): Path<String>) -> Response {
    state.lock().citizens.remove(&number);
    done()
}

#[derive(Deserialize)]
struct Phone {
    phone: String,
}

async fn change_phone(
    Shared(state): Shared<State>,
    Path(number): Path<String>,
    Json(wanted): Json<Phone>,
) -> Response {
    match state.lock().citizens.get_mut(&number) {
        Some(citizen) => citizen.phone = wanted.phone,
        None => return refuse(StatusCode::NOT_FOUND, "not_found", "there is no such citizen"),
    }
    done()
}

#[derive(Deserialize)]
struct Number {
    personal_number: String,
}

async fn renumber(
    Shared(state): Shared<State>,
    Path(number): Path<String>,
    Json(wanted): Json<Number>,
) -> Response {
    if state.lock().renumber(&number, &wanted.personal_number) {
        done()
    } else {
        refuse(StatusCode::NOT_FOUND, "not_found", "there is no such citizen, or somebody has the new number")
    }
}

async fn organizations(Shared(state): Shared<State>) -> Response {
    let all: Vec<Organization> = state.lock().organizations.values().cloned().collect();
    answer(StatusCode::OK, &json!(all))
}

async fn put_organization(Shared(state): Shared<State>, Json(organization): Json<Organization>) -> Response {
    state.lock().organizations.insert(organization.tax_code.clone(), organization);
    done()
}

#[derive(Deserialize)]
struct Listed {
    listed: bool,
}

async fn list_organizations(Shared(state): Shared<State>, Json(wanted): Json<Listed>) -> Response {
    state.lock().settings.list_organizations = wanted.listed;
    done()
}

async fn last_code(Shared(state): Shared<State>, Path(phone): Path<String>) -> Response {
    let code = state.lock().messages.get(&phone).and_then(|m| m.front().cloned());
    match code {
        Some(code) => answer(StatusCode::OK, &json!({"otp": code})),
        None => refuse(StatusCode::NOT_FOUND, "not_found", "no code was sent to this phone"),
    }
}

async fn last_sms(Shared(state): Shared<State>, Path(phone): Path<String>) -> Response {
    let sms = state.lock().texts.last(&phone).cloned();
    match sms {
        Some(sms) => answer(StatusCode::OK, &json!(sms)),
        None => refuse(StatusCode::NOT_FOUND, "not_found", "no message was sent to this phone"),
    }
}

async fn waiting(Shared(state): Shared<State>) -> Response {
    let all: Vec<String> =
        state.lock().qrs.iter().filter(|(_, q)| q.decided.is_none()).map(|(w, _)| w.clone()).collect();
    answer(StatusCode::OK, &json!({"waiting": all}))
}

#[derive(Deserialize)]
struct QrDecision {
    decision: Decision,
    citizen: String,
}

async fn decide_qr(
    Shared(state): Shared<State>,
    Path(word): Path<String>,
    Json(said): Json<QrDecision>,
) -> Response {
    if decide(&state, &word, said.decision, &said.citizen) {
        done()
    } else {
        refuse(StatusCode::NOT_FOUND, "not_found", "no such QR sign-in waits")
    }
}

async fn faults(Shared(state): Shared<State>) -> Response {
    let all = json!(state.lock().plan.all());
    answer(StatusCode::OK, &all)
}

async fn add_fault(Shared(state): Shared<State>, Json(planned): Json<Planned>) -> Response {
    state.lock().plan.add(planned);
    done()
}

async fn clear_faults(Shared(state): Shared<State>) -> Response {
    state.lock().plan.clear();
    done()
}

async fn rotate(Shared(state): Shared<State>) -> Response {
    let rotated = state.lock().keys.rotate();
    match rotated {
        Ok(kid) => answer(StatusCode::OK, &json!({"kid": kid})),
        Err(e) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "server_error", &e.to_string()),
    }
}

#[derive(Deserialize)]
struct Instant {
    citizen: Option<String>,
    #[serde(default)]
    level: Option<u8>,
}

async fn instant(Shared(state): Shared<State>, Json(wanted): Json<Instant>) -> Response {
    state.lock().instant = wanted.citizen.map(|c| (c, wanted.level.unwrap_or(2)));
    done()
}

#[derive(Deserialize)]
struct Clock {
    offset_secs: i64,
}

async fn clock(Shared(state): Shared<State>, Json(wanted): Json<Clock>) -> Response {
    state.lock().clock_offset = wanted.offset_secs;
    done()
}

async fn drop_sessions(Shared(state): Shared<State>) -> Response {
    state.lock().sessions.clear();
    done()
}

#[derive(Deserialize)]
struct Logout {
    client_id: String,
    sid: Option<String>,
    sub: Option<String>,
}

async fn logout(Shared(state): Shared<State>, Json(wanted): Json<Logout>) -> Response {
    let uri = state.lock().client(&wanted.client_id).and_then(|c| c.backchannel_logout_uri.clone());
    let Some(uri) = uri else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", "this client registered no logout URI");
    };
    let Some(token) = logout_token(&state, &wanted.client_id, wanted.sid.as_deref(), wanted.sub.as_deref())
    else {
        return refuse(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "cannot sign");
    };
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
    let sent = match client {
        Ok(client) => client.post(&uri).form(&[("logout_token", token)]).send().await,
        Err(e) => Err(e),
    };
    match sent {
        Ok(response) => answer(StatusCode::OK, &json!({"status": response.status().as_u16()})),
        Err(_) => refuse(StatusCode::BAD_GATEWAY, "unreachable", "the client did not answer"),
    }
}

async fn seen(Shared(state): Shared<State>) -> Response {
    let all: Vec<_> = state.lock().seen.iter().cloned().collect();
    answer(StatusCode::OK, &json!(all))
}

async fn forget(Shared(state): Shared<State>) -> Response {
    state.lock().seen.clear();
    done()
}
