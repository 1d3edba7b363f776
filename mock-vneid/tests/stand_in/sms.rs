//! The gateway for text messages, and the phone that receives them.

use crate::visitor::{Visitor, http, stand_in, with};
use mock_vneid::{Endpoint, Fault, MockVneid, Sms};
use serde_json::{Value, json};

const TOKEN: &str = "mock-sms-token-for-tests";

fn message(id: &str) -> Value {
    json!({"to": "+84912000002", "text": "Mã xác nhận của Ông/Bà là 123456", "sender": "DVC", "id": id})
}

async fn post(vneid: &MockVneid, token: &str, message: &Value) -> u16 {
    http().post(vneid.sms_url()).bearer_auth(token).json(message).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_message_comes_to_its_phone() {
    let vneid = stand_in().await;
    assert!(vneid.last_sms("0912000002").is_none());
    assert_eq!(post(&vneid, TOKEN, &message("m-1")).await, 202);
    let wanted: Sms = serde_json::from_value(message("m-1")).unwrap();
    assert_eq!(vneid.last_sms("0912000002"), Some(wanted.clone()));
    assert_eq!(vneid.last_sms("+84912000002"), Some(wanted));
    assert!(vneid.last_sms("0912000001").is_none());
    let read = |phone: &str| http().get(format!("{}/control/phones/{phone}/sms", vneid.base_url())).send();
    let said: Value = read("0912000002").await.unwrap().json().await.unwrap();
    assert_eq!(said, message("m-1"));
    assert_eq!(read("0912000001").await.unwrap().status(), 404);
    // The newest one is read; the phone shows it beside the codes of VNeID, with its owner.
    let mut later = message("m-2");
    later["text"] = json!("Mã <mới> là 654321");
    assert_eq!(post(&vneid, TOKEN, &later).await, 202);
    assert_eq!(vneid.last_sms("0912000002").unwrap().id, "m-2");
    let page = Visitor::of(&vneid).get("/phone").await.text;
    for part in ["0912000002", "TRẦN THỊ BÌNH", "DVC", "654321", "Tin nhắn đã nhận"] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
    assert!(!page.contains("<mới>") && !page.contains("123456"), "{page}");
}

/// A phone of nobody whom VNeID knows has messages too.
#[tokio::test]
async fn a_phone_of_an_old_account() {
    let vneid = stand_in().await;
    let mut other = message("m-1");
    other["to"] = json!("+84987654321");
    assert_eq!(post(&vneid, TOKEN, &other).await, 202);
    assert!(Visitor::of(&vneid).get("/phone").await.text.contains("0987654321"));
}

#[tokio::test]
async fn one_id_is_one_message() {
    let vneid = stand_in().await;
    assert_eq!(post(&vneid, TOKEN, &message("m-1")).await, 202);
    let mut again = message("m-1");
    again["text"] = json!("another text");
    assert_eq!(post(&vneid, TOKEN, &again).await, 202);
    assert!(vneid.last_sms("0912000002").unwrap().text.contains("123456"));
    vneid.forget_sms();
    assert!(vneid.last_sms("0912000002").is_none());
    assert_eq!(post(&vneid, TOKEN, &message("m-1")).await, 202);
    assert!(vneid.last_sms("0912000002").is_some());
}

#[tokio::test]
async fn what_is_refused() {
    let vneid = with(|s| s.sms_token = "another-token".to_owned()).await;
    assert_eq!(post(&vneid, TOKEN, &message("m-1")).await, 401);
    let without = http().post(vneid.sms_url()).json(&message("m-1")).send().await.unwrap();
    assert_eq!(without.status(), 401);
    for (name, value, status) in [
        ("to", json!("0912000002"), 422),
        ("to", json!("+84abc"), 422),
        ("text", json!(""), 422),
        ("id", json!(""), 422),
        ("more", json!(1), 400),
        ("id", json!(5), 400),
        ("text", Value::Null, 400),
    ] {
        let mut bad = message("m-1");
        bad[name] = value;
        assert_eq!(post(&vneid, "another-token", &bad).await, status, "{name}");
    }
    assert!(vneid.last_sms("0912000002").is_none());
}

#[tokio::test]
async fn faults_strike_here_too() {
    let vneid = stand_in().await;
    vneid.fault(Endpoint::Sms, Fault::Status { status: 503 }, Some(1));
    assert_eq!(post(&vneid, TOKEN, &message("m-1")).await, 503);
    assert_eq!(post(&vneid, TOKEN, &message("m-1")).await, 202);
}
