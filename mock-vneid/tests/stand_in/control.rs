//! The control API.

use crate::visitor::{BINH, PASSWORD, Visitor, http, redeem, stand_in, with};
use mock_vneid::MockVneid;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

async fn call(vneid: &MockVneid, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let mut call = http().request(method, format!("{}/control/{path}", vneid.base_url()));
    if let Some(body) = body {
        call = call.json(&body);
    }
    let sent = call.send().await.unwrap();
    (sent.status().as_u16(), sent.json().await.unwrap_or_default())
}

#[tokio::test]
async fn its_document_names_every_path_and_no_other() {
    let vneid = stand_in().await;
    let (_, document) = call(&vneid, Method::GET, "openapi.json", None).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|m| *m != "parameters") {
            let url = format!("{}{}", vneid.base_url(), path.replace('{', "x").replace('}', ""));
            let method: Method = method.to_uppercase().parse().unwrap();
            let sent = http().request(method.clone(), url).json(&json!({})).send().await.unwrap();
            assert_ne!(sent.status(), 405, "{method} {path}");
            let known =
                sent.status() != 404 || sent.json::<Value>().await.is_ok_and(|b| b["error"] == "not_found");
            assert!(known, "{method} {path}");
        }
    }
    let readme = include_str!("../../README.md");
    for path in document["paths"].as_object().unwrap().keys().filter(|p| p.starts_with("/control/")) {
        assert!(readme.contains(path.as_str()), "the README does not tell of {path}");
    }
}

#[tokio::test]
async fn citizens_are_added_changed_and_removed() {
    let vneid = stand_in().await;
    let new = json!({"personal_number": "001190000099", "full_name": "LÝ THỊ MỚI", "birth_date": "1990-01-01", "phone": "0912000099"});
    assert_eq!(call(&vneid, Method::POST, "citizens", Some(new)).await.0, 200);
    let (_, all) = call(&vneid, Method::GET, "citizens", None).await;
    assert!(all.as_array().unwrap().iter().any(|c| c["full_name"] == "LÝ THỊ MỚI"));
    assert!(!all.to_string().contains(PASSWORD));
    assert!(Visitor::of(&vneid).sign_in("oidc", "", "001190000099").await.contains_key("code"));
    let (_, otp) = call(&vneid, Method::GET, "phones/0912000099/otp", None).await;
    assert_eq!(otp["otp"], "000000");
    assert_eq!(call(&vneid, Method::GET, "phones/0000/otp", None).await.0, 404);
    let phone = Some(json!({"phone": "0912999999"}));
    assert_eq!(call(&vneid, Method::POST, "citizens/001190000099/phone", phone.clone()).await.0, 200);
    Visitor::of(&vneid).sign_in("oidc", "", "001190000099").await;
    assert_eq!(vneid.last_otp("0912999999").as_deref(), Some("000000"));
    assert_eq!(call(&vneid, Method::POST, "citizens/999999999999/phone", phone).await.0, 404);
    let number = Some(json!({"personal_number": "001290000099"}));
    assert_eq!(call(&vneid, Method::POST, "citizens/001190000099/number", number.clone()).await.0, 200);
    assert_eq!(call(&vneid, Method::POST, "citizens/001190000099/number", number).await.0, 404);
    let back = Some(json!({"personal_number": "001390000099"}));
    assert_eq!(call(&vneid, Method::POST, "citizens/001290000099/number", back).await.0, 200);
    assert!(vneid.citizen("001190000099").is_none());
    vneid.remove_citizen("001390000099");
    assert_eq!(call(&vneid, Method::DELETE, "citizens/001190000099", None).await.0, 200);
    assert!(vneid.citizen("001190000099").is_none());
    assert_eq!(call(&vneid, Method::POST, "citizens", Some(json!({"full_name": "X"}))).await.0, 422);
}

#[tokio::test]
async fn organizations_are_added() {
    let vneid = stand_in().await;
    let new = json!({"tax_code": "0109999999", "name": "CÔNG TY MỚI", "represented_by": BINH});
    assert_eq!(call(&vneid, Method::POST, "organizations", Some(new.clone())).await.0, 200);
    let (_, all) = call(&vneid, Method::GET, "organizations", None).await;
    assert!(all.as_array().unwrap().contains(&new));
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "").await;
    let otp = visitor.post(begun.next(), &[("username", BINH), ("password", PASSWORD)]).await;
    let choice = visitor.post(otp.next(), &[("otp", "000000")]).await;
    assert!(visitor.get(choice.next()).await.text.contains("CÔNG TY MỚI"));
    // Listed in the claims instead.
    assert_eq!(call(&vneid, Method::POST, "organizations/list", Some(json!({"listed": true}))).await.0, 200);
    assert!(Visitor::of(&vneid).sign_in("oidc", "", BINH).await.contains_key("code"));
}

#[tokio::test]
async fn qr_codes_are_decided() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("oidc", "&acr_values=3").await;
    visitor.get(begun.next()).await;
    let (_, waiting) = call(&vneid, Method::GET, "qr", None).await;
    let word = waiting["waiting"][0].as_str().unwrap().to_owned();
    let said = json!({"decision": "biometric", "citizen": BINH});
    assert_eq!(call(&vneid, Method::POST, &format!("qr/{word}"), Some(said.clone())).await.0, 200);
    let back = visitor.get(begun.next()).await.callback();
    assert_eq!(redeem(&vneid, "oidc", &back["code"], &[]).await.0, 200);
    assert_eq!(call(&vneid, Method::POST, "qr/unknown", Some(said)).await.0, 404);
}

#[tokio::test]
async fn clock_sessions_instant_and_keys() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    visitor.sign_in("oidc", "", BINH).await;
    assert_eq!(call(&vneid, Method::DELETE, "sessions", None).await.0, 200);
    assert!(visitor.begin("oidc", "").await.next().starts_with("/signin/"));
    let instant = json!({"citizen": BINH});
    assert_eq!(call(&vneid, Method::POST, "instant", Some(instant)).await.0, 200);
    let code = visitor.begin("oidc", "").await.callback()["code"].clone();
    assert_eq!(call(&vneid, Method::POST, "clock", Some(json!({"offset_secs": 61}))).await.0, 200);
    assert_eq!(redeem(&vneid, "oidc", &code, &[]).await.1["error"], "invalid_grant");
    let (_, rotated) = call(&vneid, Method::POST, "keys/rotate", None).await;
    let keys: Value =
        http().get(format!("{}/jwks", vneid.issuer())).send().await.unwrap().json().await.unwrap();
    assert!(keys["keys"].as_array().unwrap().iter().any(|k| k["kid"] == rotated["kid"]));
}

#[tokio::test]
async fn requests_are_listed_without_secrets() {
    let vneid = stand_in().await;
    let code = Visitor::of(&vneid).sign_in("oidc", "", BINH).await["code"].clone();
    redeem(&vneid, "oidc", &code, &[("code_verifier", "a-verifier")]).await;
    let (_, seen) = call(&vneid, Method::GET, "requests", None).await;
    let text = seen.to_string();
    let all = seen.as_array().unwrap();
    assert!(
        all.iter().any(|r| r["path"] == "/oidc/token" && r["method"] == "POST" && r["form"]["code"] == code)
    );
    for secret in [PASSWORD, "a-secret-for-tests", "a-verifier", "\"otp\":"] {
        assert!(!text.contains(secret), "{secret} is listed");
    }
    assert!(!text.contains("/control/"));
    assert_eq!(call(&vneid, Method::DELETE, "requests", None).await.0, 200);
    assert_eq!(call(&vneid, Method::GET, "requests", None).await.1, json!([]));
}

#[tokio::test]
async fn logout_tokens_are_sent_to_the_client() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/bye", listener.local_addr().unwrap());
    let vneid = with(|s| s.clients[0].backchannel_logout_uri = Some(uri)).await;
    let receiver = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut all = vec![0; 8192];
        let n = stream.read(&mut all).await.unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await.unwrap();
        String::from_utf8_lossy(&all[..n]).into_owned()
    });
    let wanted = json!({"client_id": "broker", "sid": "the-session"});
    let (status, said) = call(&vneid, Method::POST, "backchannel-logout", Some(wanted)).await;
    assert_eq!((status, &said["status"]), (200, &json!(204)));
    let request = receiver.await.unwrap();
    assert!(request.starts_with("POST /bye ") && request.contains("logout_token="), "{request}");
    let nobody = json!({"client_id": "unknown", "sid": "s"});
    assert_eq!(call(&vneid, Method::POST, "backchannel-logout", Some(nobody)).await.0, 400);
}
