//! The control API, described.

use serde_json::{Value, json};

/// The OpenAPI document.
pub(crate) fn document() -> Value {
    let text = |summary: &str| json!({"summary": summary, "responses": {"200": {"description": "done", "content": {"application/json": {}}}}});
    let with_body = |summary: &str, schema: Value| {
        json!({"summary": summary, "requestBody": {"required": true, "content": {"application/json": {"schema": schema}}},
            "responses": {"200": {"description": "done", "content": {"application/json": {}}}}})
    };
    let string = || json!({"type": "string"});
    let parameter =
        |name: &str| json!([{"name": name, "in": "path", "required": true, "schema": {"type": "string"}}]);
    let citizen = json!({"type": "object", "required": ["personal_number", "full_name", "birth_date"], "properties": {
        "personal_number": string(), "full_name": string(), "birth_date": string(), "gender": string(), "old_number": string(),
        "former_numbers": {"type": "array", "items": string(), "description": "numbers that they had before, the oldest first"},
        "phone": string(), "email": string(), "address": string(), "password": string(),
        "account_level": {"type": "integer"}, "locked": {"type": "boolean"}, "deceased": {"type": "boolean"}}});
    let phone = json!({"type": "object", "required": ["phone"], "properties": {"phone": string()}});
    let number = json!({"type": "object", "required": ["personal_number"], "properties": {"personal_number": string()}});
    let organization = json!({"type": "object", "required": ["tax_code", "name", "represented_by"],
        "properties": {"tax_code": string(), "name": string(), "represented_by": string()}});
    let listed =
        json!({"type": "object", "required": ["listed"], "properties": {"listed": {"type": "boolean"}}});
    let fault = json!({"type": "object", "required": ["endpoint", "fault"], "properties": {
        "endpoint": {"enum": ["discovery", "jwks", "callback", "token", "userinfo", "population", "sms"]},
        "fault": {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": KINDS}}},
        "times": {"type": "integer", "description": "how often it strikes; always when absent"}}});
    let sms = json!({"type": "object", "required": ["to", "text", "sender", "id"],
        "properties": {"to": string(), "text": string(), "sender": string(), "id": string()}});
    let qr = json!({"type": "object", "required": ["decision", "citizen"],
        "properties": {"decision": {"enum": ["approve", "biometric", "reject"]}, "citizen": string()}});
    let instant = json!({"type": "object", "properties": {"citizen": {"type": ["string", "null"]}, "level": {"type": "integer"}}});
    let clock = json!({"type": "object", "required": ["offset_secs"], "properties": {"offset_secs": {"type": "integer"}}});
    let logout = json!({"type": "object", "required": ["client_id"], "properties": {"client_id": string(), "sid": string(), "sub": string()}});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "mock-vneid control API", "version": env!("CARGO_PKG_VERSION")},
        "paths": {
            "/control/citizens": {"get": text("all citizens"), "post": with_body("add or change a citizen", citizen)},
            "/control/citizens/{number}": {"parameters": parameter("number"), "delete": text("remove a citizen")},
            "/control/citizens/{number}/phone": {"parameters": parameter("number"), "post": with_body("give a citizen another phone", phone)},
            "/control/citizens/{number}/number": {"parameters": parameter("number"), "post": with_body("give a citizen another number; the one before becomes a former one", number)},
            "/control/organizations": {"get": text("all organizations"), "post": with_body("add or change an organization", organization)},
            "/control/organizations/list": {"post": with_body("list a person's organizations in their claims, instead of asking here", listed)},
            "/control/phones/{phone}/otp": {"parameters": parameter("phone"), "get": text("the last one-time code sent to a phone")},
            "/control/phones/{phone}/sms": {"parameters": parameter("phone"), "get": text("the last text message sent to a phone by way of /sms")},
            "/sms": {"post": with_body("take a text message for delivery; with the gateway's bearer token", sms)},
            "/control/qr": {"get": text("QR sign-ins that wait")},
            "/control/qr/{word}": {"parameters": parameter("word"), "post": with_body("decide a QR sign-in", qr)},
            "/control/faults": {"get": text("faults that wait"), "post": with_body("add a fault", fault), "delete": text("clear all faults")},
            "/control/keys/rotate": {"post": text("sign with a new key")},
            "/control/instant": {"post": with_body("sign this citizen in at once, without pages; null ends it", instant)},
            "/control/clock": {"post": with_body("move the clock", clock)},
            "/control/sessions": {"delete": text("end all sessions here")},
            "/control/backchannel-logout": {"post": with_body("send a logout token to a client", logout)},
            "/control/requests": {"get": text("the requests received"), "delete": text("forget them")},
        },
    })
}

/// All kinds of faults.
pub(crate) const KINDS: [&str; 26] = [
    "delay",
    "status",
    "cut",
    "garbage",
    "oversized_body",
    "code_refused",
    "client_refused",
    "wrong_nonce",
    "wrong_issuer",
    "wrong_audience",
    "unknown_key",
    "bad_signature",
    "rotated_keys",
    "expired_token",
    "alg_none",
    "clock_skew",
    "stale_authentication",
    "missing_id_token",
    "bad_padding",
    "missing_claim",
    "other_claim",
    "other_subject",
    "level",
    "callback_error",
    "wrong_state",
    "missing_code",
];
