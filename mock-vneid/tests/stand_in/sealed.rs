//! The sealed dialect.

use crate::visitor::{AN, BINH, CALLBACK, KEYS, SECRET, Visitor, http, redeem, stand_in, with};
use data_encoding::BASE64;
use mock_vneid::MockVneid;
use openssl::pkey::PKey;
use openssl::rsa::Padding;
use openssl::symm::{Cipher, decrypt};
use serde_json::{Value, json};

/// Opens what was sealed to the client.
fn unseal(data: &str, key: &str) -> Vec<u8> {
    let private = PKey::private_key_from_pem(KEYS.private_pem.as_bytes()).unwrap().rsa().unwrap();
    let wrapped = BASE64.decode(key.as_bytes()).unwrap();
    let mut plain = vec![0; wrapped.len()];
    let length = private.private_decrypt(&wrapped, &mut plain, Padding::PKCS1).unwrap();
    decrypt(Cipher::aes_256_ecb(), &plain[..length], None, &BASE64.decode(data.as_bytes()).unwrap()).unwrap()
}

fn opened(sealed: &Value) -> Value {
    let field = |name: &str| sealed[name].as_str().unwrap_or_else(|| panic!("no {name} in {sealed}"));
    serde_json::from_slice(&unseal(field("data"), field("key"))).unwrap()
}

async fn sealed_userinfo(vneid: &MockVneid, token: &str) -> Value {
    let sent = http().get(&vneid.sealed_endpoints()[2]).bearer_auth(token).send().await.unwrap();
    assert_eq!(sent.status(), 200);
    sent.json().await.unwrap()
}

#[tokio::test]
async fn a_whole_sign_in() {
    let vneid = stand_in().await;
    let back = Visitor::of(&vneid).sign_in("sealed", "&nonce=n1", BINH).await;
    assert_eq!(back["state"], "s1");
    let begun = Visitor::of(&vneid);
    let page = begun.begin("sealed", "").await;
    let raw = begun.prove(page.next(), BINH).await.location.unwrap();
    assert!(raw.contains('+') && !raw.contains("%2B"), "standard Base64 arrives unescaped: {raw}");
    let code = raw.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let (status, sealed) = redeem(&vneid, "sealed", code, &[]).await;
    assert_eq!(status, 200);
    assert_eq!(sealed.as_object().unwrap().keys().collect::<Vec<_>>(), ["data", "key"]);
    let tokens = opened(&sealed);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens.get("id_token"), None);
    let claims = opened(&sealed_userinfo(&vneid, tokens["access_token"].as_str().unwrap()).await);
    assert_eq!((&claims["citizenPid"], &claims["fullName"]), (&json!(BINH), &json!("TRẦN THỊ BÌNH")));
    assert_eq!((claims.get("sub"), claims.get("nonce")), (None, None));
}

#[tokio::test]
async fn codes_can_be_encrypted_too() {
    let vneid = with(|s| s.clients[0].encrypt_code = true).await;
    let visitor = Visitor::of(&vneid);
    let page = visitor.begin("sealed", "").await;
    let raw = visitor.prove(page.next(), BINH).await.location.unwrap();
    let part =
        |name: &str| raw.split(&format!("{name}=")).nth(1).unwrap().split('&').next().unwrap().to_owned();
    let (data, key) = (part("code"), part("encrypt_key"));
    let code = String::from_utf8(unseal(&data, &key)).unwrap();
    assert_eq!(redeem(&vneid, "sealed", &data, &[("encrypt_key", &key)]).await.1["error"], "invalid_grant");
    let (status, sealed) = redeem(&vneid, "sealed", &code, &[("encrypt_key", &key)]).await;
    assert_eq!(status, 200);
    assert!(opened(&sealed)["access_token"].is_string());
}

#[tokio::test]
async fn only_forms_are_taken() {
    let vneid = stand_in().await;
    let [_, token, _] = vneid.sealed_endpoints();
    let sent = http()
        .post(token)
        .json(&json!({"grant_type": "authorization_code", "code": "x"}))
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 415);
}

#[tokio::test]
async fn wrong_secrets_and_other_dialects() {
    let vneid = stand_in().await;
    let [_, token, userinfo] = vneid.sealed_endpoints();
    let form = |secret| {
        [
            ("grant_type", "authorization_code"),
            ("code", "x"),
            ("client_id", "broker"),
            ("client_secret", secret),
            ("redirect_uri", CALLBACK),
        ]
    };
    let sent = http().post(&token).form(&form("wrong")).send().await.unwrap();
    assert_eq!(sent.json::<Value>().await.unwrap()["error"], "invalid_client");
    let sent = http().post(&token).form(&form(SECRET)).send().await.unwrap();
    assert_eq!(sent.json::<Value>().await.unwrap()["error"], "invalid_grant");
    // A code and a token of the other dialect.
    let code = Visitor::of(&vneid).sign_in("oidc", "", BINH).await["code"].clone();
    assert_eq!(redeem(&vneid, "sealed", &code, &[]).await.1["error"], "invalid_grant");
    let code = Visitor::of(&vneid).sign_in("oidc", "", BINH).await["code"].clone();
    let tokens = redeem(&vneid, "oidc", &code, &[]).await.1;
    let sent =
        http().get(userinfo).bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(sent.status(), 401);
}

#[tokio::test]
async fn organizations_come_sealed_too() {
    let vneid = stand_in().await;
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("sealed", "").await;
    let otp = visitor.post(begun.next(), &[("username", AN), ("password", "Demo@1234")]).await;
    let choice = visitor.post(otp.next(), &[("otp", "000000")]).await;
    let raw = visitor.post(choice.next(), &[("as", "0101234567")]).await.location.unwrap();
    let code = raw.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let tokens = opened(&redeem(&vneid, "sealed", &code, &[]).await.1);
    let claims = opened(&sealed_userinfo(&vneid, tokens["access_token"].as_str().unwrap()).await);
    assert_eq!((&claims["accountType"], &claims["taxCode"]), (&json!("organization"), &json!("0101234567")));
}

#[tokio::test]
async fn the_list_of_organizations_comes_sealed_too() {
    let vneid = stand_in().await;
    vneid.list_organizations(true);
    let visitor = Visitor::of(&vneid);
    let begun = visitor.begin("sealed", "").await;
    let otp = visitor.post(begun.next(), &[("username", AN), ("password", "Demo@1234")]).await;
    let raw = visitor.post(otp.next(), &[("otp", "000000")]).await.location.unwrap();
    let code = raw.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let tokens = opened(&redeem(&vneid, "sealed", &code, &[]).await.1);
    let claims = opened(&sealed_userinfo(&vneid, tokens["access_token"].as_str().unwrap()).await);
    assert_eq!(claims["accountType"], "personal");
    assert_eq!(claims["organizations"][0]["taxCode"], "0101234567");
}
