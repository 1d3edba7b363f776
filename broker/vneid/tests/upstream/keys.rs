//! Metadata and keys: when they are fetched, how long they are kept, what happens when they change or cannot be fetched.

use crate::at_vneid::AtVneid;
use crate::provider::{Provider, key};
use crate::{REDIRECT, ask, binding, now};
use broker_domain::clock::Timestamp;
use broker_domain::ports::Upstream;
use broker_domain::upstream::UpstreamFailure::{self, *};
use broker_jose::{Algorithm, SigningKey};
use mock_vneid::{Endpoint, Fault};
use serde_json::json;

const DISCOVERY: &str = "/.well-known/openid-configuration";

async fn begin(upstream: &dyn Upstream, at: Timestamp) -> Result<String, UpstreamFailure> {
    upstream.begin(&ask(false), &binding(false), REDIRECT, at).await
}

async fn settle() {
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
}

#[tokio::test]
async fn nothing_is_fetched_before_it_is_needed_and_once_for_all() {
    let provider = Provider::start().await;
    let upstream = provider.upstream(json!({}));
    assert_eq!(provider.count(DISCOVERY), 0);
    let all = futures_util::future::join_all((0..20).map(|_| begin(&*upstream, now()))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!((provider.count(DISCOVERY), provider.count("/keys")), (1, 0));
}

#[tokio::test]
async fn an_old_copy_serves_while_the_provider_is_away() {
    let provider = Provider::start().await;
    let upstream = provider.upstream(json!({"metadata_secs": 60, "stale_secs": 600}));
    begin(&*upstream, now()).await.unwrap();
    provider.say(DISCOVERY, (500, "text/plain", String::new()));
    begin(&*upstream, now().plus_secs(61)).await.unwrap();
    settle().await;
    assert_eq!(provider.count(DISCOVERY), 2, "it was looked for beside");
    begin(&*upstream, now().plus_secs(62)).await.unwrap();
    settle().await;
    assert_eq!(provider.count(DISCOVERY), 2, "and not again at once");
    assert_eq!(begin(&*upstream, now().plus_secs(601)).await.unwrap_err(), BadStatus);
}

#[tokio::test]
async fn a_new_copy_is_taken_when_there_is_one() {
    let provider = Provider::start().await;
    let upstream = provider.upstream(json!({"metadata_secs": 60}));
    begin(&*upstream, now()).await.unwrap();
    provider.describe(json!({"authorization_endpoint": "https://moved.example/authorize"}));
    begin(&*upstream, now().plus_secs(61)).await.unwrap();
    settle().await;
    assert!(begin(&*upstream, now().plus_secs(62)).await.unwrap().starts_with("https://moved.example/"));
}

#[tokio::test]
async fn vneid_rotates_its_keys() {
    let at = AtVneid::plain(json!({})).await;
    at.sign_in(false).await.unwrap();
    at.sign_in(false).await.unwrap();
    assert_eq!(at.count("/jwks"), 1);
    at.mock.rotate_keys().unwrap();
    at.sign_in(false).await.unwrap();
    assert_eq!(at.count("/jwks"), 2);
    at.sign_in(false).await.unwrap();
    assert_eq!(at.count("/jwks"), 2);
}

#[tokio::test]
async fn in_the_middle_of_a_login() {
    let at = AtVneid::plain(json!({})).await;
    at.sign_in(false).await.unwrap();
    at.mock.fault(Endpoint::Token, Fault::RotatedKeys, Some(1));
    at.sign_in(false).await.unwrap();
}

#[tokio::test]
async fn invented_keys_do_not_hammer_the_provider() {
    let at = AtVneid::plain(json!({})).await;
    at.sign_in(false).await.unwrap();
    at.mock.fault(Endpoint::Token, Fault::UnknownKey, None);
    for _ in 0..10 {
        assert_eq!(at.sign_in(false).await.unwrap_err(), UnknownKey);
    }
    assert_eq!(at.count("/jwks"), 2);
    at.mock.clear_faults();
    at.sign_in(false).await.unwrap();
}

#[tokio::test]
async fn many_logins_meet_a_rotation_at_once() {
    let at = AtVneid::plain(json!({})).await;
    at.sign_in(false).await.unwrap();
    at.mock.rotate_keys().unwrap();
    let all = futures_util::future::join_all((0..10).map(|_| at.sign_in(false))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(at.count("/jwks"), 2);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_again() {
    let at = AtVneid::plain(json!({})).await;
    at.sign_in(false).await.unwrap();
    at.mock.rotate_keys().unwrap();
    at.mock.fault(Endpoint::Jwks, Fault::Cut, None);
    assert_eq!(at.sign_in(false).await.unwrap_err(), Unreachable);
}

/// A provider that names no keys: its new key is found all the same.
#[tokio::test]
async fn keys_without_names() {
    use data_encoding::BASE64URL_NOPAD as B64;
    let provider = Provider::start().await;
    let (binding, upstream) = (binding(false), provider.upstream(json!({})));
    let nameless = |signer: &SigningKey| {
        let mut jwk = signer.public_jwk();
        jwk.as_object_mut().unwrap().remove("kid");
        json!({"keys": [jwk]})
    };
    let sign = |key: &openssl::pkey::PKey<openssl::pkey::Private>| {
        let claims = serde_json::Value::Object(provider.claims(&binding, json!({}))).to_string();
        let signed = format!("{}.{}", B64.encode(br#"{"alg":"EdDSA"}"#), B64.encode(claims.as_bytes()));
        let signature = openssl::sign::Signer::new_without_digest(key)
            .unwrap()
            .sign_oneshot_to_vec(signed.as_bytes())
            .unwrap();
        format!("{signed}.{}", B64.encode(&signature))
    };
    let pairs = [(); 2].map(|()| {
        let pkey = openssl::pkey::PKey::generate_ed25519().unwrap();
        let pem = String::from_utf8(pkey.private_key_to_pem_pkcs8().unwrap()).unwrap();
        (SigningKey::from_pem(Algorithm::EdDSA, "x", &pem).unwrap(), pkey)
    });
    for (signer, pkey) in &pairs {
        provider.json("/keys", &nameless(signer));
        provider.arrive(&*upstream, &binding, &sign(pkey)).await.unwrap();
    }
    assert_eq!(provider.count("/keys"), 2);
    assert_eq!(provider.arrive(&*upstream, &binding, &sign(&pairs[0].1)).await.unwrap_err(), UnknownKey);
}

/// A provider that gives its new key the name of the one before; and somebody who only pretends to have it.
#[tokio::test]
async fn a_new_key_under_an_old_name() {
    let provider = Provider::start().await;
    let (binding, upstream) = (binding(false), provider.upstream(json!({})));
    let pair = [(); 2].map(|()| SigningKey::generate(Algorithm::ES256, "the-only-name").unwrap());
    let sign = |key: &SigningKey| key.sign(None, &provider.claims(&binding, json!({}))).unwrap();
    for key in &pair {
        provider.publish(std::slice::from_ref(key));
        provider.arrive(&*upstream, &binding, &sign(key)).await.unwrap();
    }
    assert_eq!(provider.count("/keys"), 2);
    for _ in 0..5 {
        assert_eq!(provider.arrive(&*upstream, &binding, &sign(&pair[0])).await.unwrap_err(), BadSignature);
    }
    assert_eq!(provider.count("/keys"), 2);
}

#[tokio::test]
async fn a_provider_without_a_discovery_document() {
    let provider = Provider::start().await;
    provider.say(DISCOVERY, (404, "text/plain", String::new()));
    let at = |path: &str| format!("{}{path}", provider.base);
    let upstream = provider.upstream(json!({
        "issuer": "https://named-otherwise.example", "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
    }));
    assert!(begin(&*upstream, now()).await.unwrap().starts_with(&at("/authorize?response_type=code&")));
    let binding = binding(false);
    let claims = provider.claims(&binding, json!({"iss": "https://named-otherwise.example"}));
    provider.arrive(&*upstream, &binding, &key(Algorithm::EdDSA).sign(None, &claims).unwrap()).await.unwrap();
    assert_eq!(provider.count(DISCOVERY), 0);
}
