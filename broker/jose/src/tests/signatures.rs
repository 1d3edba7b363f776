use rstest::rstest;
use serde_json::json;

use super::{claims, encode, key, sign_raw};
use crate::{
    Accept, Algorithm, JoseError, KeySet, MAX_TOKEN_BYTES, SigningKey, at_hash, peek_embedded_key,
    peek_header, verify,
};

const ANY: Accept<'static> = Accept { algorithms: &Algorithm::ALL, typ: None };

#[rstest]
#[case(Algorithm::RS256)]
#[case(Algorithm::PS256)]
#[case(Algorithm::ES256)]
#[case(Algorithm::EdDSA)]
fn what_is_signed_verifies(#[case] algorithm: Algorithm) {
    let key = key(algorithm);
    let keys = KeySet::from_keys(std::slice::from_ref(key));
    let token = key.sign(Some("at+jwt"), &claims()).unwrap();
    let header = peek_header(&token).unwrap();
    assert_eq!(header.alg, algorithm.as_str());
    assert_eq!(header.kid.as_deref(), Some(algorithm.as_str()));
    let verified = verify(&token, &keys, &Accept { algorithms: &[algorithm], typ: Some("AT+jwt") }).unwrap();
    assert_eq!(serde_json::Value::Object(verified.claims), claims());

    // Through the published document, as everybody else reads it.
    let read = KeySet::parse(keys.to_json().to_string().as_bytes()).unwrap();
    assert!(read.has(algorithm.as_str()));
    verify(&token, &read, &ANY).unwrap();
    // Without a name in the header.
    let nameless = sign_raw(key, &json!({ "alg": algorithm }).to_string(), &claims().to_string());
    verify(&nameless, &read, &ANY).unwrap();
    // Every changed character of payload or signature is noticed.
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (head, payload) = signed.split_once('.').unwrap();
    let other = encode(&json!({ "sub": "somebody else" }));
    assert_eq!(verify(&format!("{head}.{other}.{signature}"), &keys, &ANY), Err(JoseError::BadSignature));
    let swapped: String = signature.chars().rev().collect();
    assert!(verify(&format!("{head}.{payload}.{swapped}"), &keys, &ANY).is_err());
    assert_eq!(verify(&format!("{head}.{payload}."), &keys, &ANY), Err(JoseError::BadSignature));
}

#[test]
fn the_header_holds_three_members_only() {
    let token = key(Algorithm::ES256).sign(Some("logout+jwt"), &claims()).unwrap();
    let header = token.split_once('.').unwrap().0;
    let header = data_encoding::BASE64URL_NOPAD.decode(header.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(header).unwrap(), r#"{"alg":"ES256","kid":"ES256","typ":"logout+jwt"}"#);
    let token = key(Algorithm::ES256).sign(None, &claims()).unwrap();
    assert_eq!(peek_header(&token).unwrap().typ, None);
}

#[test]
fn integers_stay_integers() {
    let token = key(Algorithm::EdDSA).sign(None, &json!({ "iat": 1_700_000_000_i64 })).unwrap();
    let payload = token.split('.').nth(1).unwrap();
    let payload = data_encoding::BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(payload).unwrap(), r#"{"iat":1700000000}"#);
}

#[test]
fn only_objects_of_bounded_size_are_signed() {
    let key = key(Algorithm::EdDSA);
    assert_eq!(key.sign(None, &"text"), Err(JoseError::NotAnObject));
    assert_eq!(key.sign(None, &[1, 2]), Err(JoseError::NotAnObject));
    let big = json!({ "x": "y".repeat(MAX_TOKEN_BYTES) });
    assert_eq!(key.sign(None, &big), Err(JoseError::TooLarge { limit: MAX_TOKEN_BYTES }));
}

#[rstest]
#[case(r#"{"alg":"none"}"#, JoseError::AlgorithmRefused)]
#[case(r#"{"alg":"None"}"#, JoseError::AlgorithmRefused)]
#[case(r#"{"alg":"HS256","kid":"RS256"}"#, JoseError::AlgorithmRefused)]
#[case(r#"{"alg":"HS512"}"#, JoseError::AlgorithmRefused)]
#[case(r#"{"alg":"rs256","kid":"RS256"}"#, JoseError::AlgorithmRefused)]
#[case(r#"{"alg":"RS384","kid":"RS256"}"#, JoseError::AlgorithmRefused)]
#[case(r#"{"alg":"RS256","kid":"ES256"}"#, JoseError::KeyUnfit)]
#[case(r#"{"alg":"PS256","kid":"RS256"}"#, JoseError::KeyUnfit)]
#[case(r#"{"alg":"RS256","kid":"nobody"}"#, JoseError::UnknownKey)]
#[case(r#"{"alg":"RS256","kid":"RS256","crit":["exp"]}"#, JoseError::ExtensionRefused)]
#[case(r#"{"alg":"RS256","kid":"RS256","crit":[]}"#, JoseError::ExtensionRefused)]
#[case(r#"{"alg":"RS256","kid":"RS256","b64":false}"#, JoseError::ExtensionRefused)]
#[case(r#"{"alg":"RS256","kid":"RS256","zip":"DEF"}"#, JoseError::ExtensionRefused)]
#[case(r#"{"alg":"RS256","alg":"none","kid":"RS256"}"#, JoseError::DuplicateName)]
#[case(r#"{"alg":"RS256","kid":"RS256","kid":"ES256"}"#, JoseError::DuplicateName)]
#[case(r#"{"alg":"RS256","kid":7}"#, JoseError::Malformed("kid"))]
#[case(r#"{"alg":["RS256"]}"#, JoseError::Malformed("alg"))]
#[case(r#"{"kid":"RS256"}"#, JoseError::Malformed("alg"))]
#[case(r#"{"alg":"RS256","typ":null}"#, JoseError::Malformed("typ"))]
#[case(r#"["RS256"]"#, JoseError::Malformed("header"))]
#[case(r#"{"alg":"RS256"} "#, JoseError::BadSignature)]
#[case(r#"{"alg":"RS256"}x"#, JoseError::Malformed("header"))]
fn bad_headers_are_refused(#[case] header: &str, #[case] expected: JoseError) {
    let keys = KeySet::from_keys(&[
        key(Algorithm::RS256).clone(),
        key(Algorithm::ES256).clone(),
        key(Algorithm::EdDSA).clone(),
    ]);
    // Signed by the Ed25519 key, so that a header with nothing wrong in it fails at the signature.
    let token = sign_raw(key(Algorithm::EdDSA), header, &claims().to_string());
    assert_eq!(verify(&token, &keys, &ANY), Err(expected));
}

#[test]
fn an_hmac_with_the_public_key_as_secret_is_refused() {
    let key = key(Algorithm::RS256);
    let keys = KeySet::from_keys(std::slice::from_ref(key));
    let secret = key.public_jwk().to_string();
    let signed = format!("{}.{}", encode(&json!({ "alg": "HS256", "kid": "RS256" })), encode(&claims()));
    let mac = aws_lc_rs::hmac::sign(
        &aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes()),
        signed.as_bytes(),
    );
    let token = format!("{signed}.{}", data_encoding::BASE64URL_NOPAD.encode(mac.as_ref()));
    assert_eq!(verify(&token, &keys, &ANY), Err(JoseError::AlgorithmRefused));
}

#[test]
fn a_signature_made_with_another_algorithm_of_the_same_key_is_refused() {
    // The same RSA key, known without `alg`: what was signed as RS256 must not pass as PS256.
    let mut jwk = key(Algorithm::RS256).public_jwk();
    jwk.as_object_mut().unwrap().remove("alg");
    let keys = KeySet::parse(json!({ "keys": [jwk] }).to_string().as_bytes()).unwrap();
    let token = key(Algorithm::RS256).sign(None, &claims()).unwrap();
    verify(&token, &keys, &ANY).unwrap();
    let only = Accept { algorithms: &[Algorithm::PS256], typ: None };
    assert_eq!(verify(&token, &keys, &only), Err(JoseError::AlgorithmRefused));
    let confused = sign_raw(key(Algorithm::RS256), r#"{"alg":"PS256","kid":"RS256"}"#, &claims().to_string());
    assert_eq!(verify(&confused, &keys, &ANY), Err(JoseError::BadSignature));
}

#[test]
fn keys_offered_by_the_token_itself_are_not_used() {
    let attacker = SigningKey::generate(Algorithm::ES256, "ES256").unwrap();
    let header = json!({
        "alg": "ES256", "kid": "ES256", "jwk": attacker.public_jwk(),
        "jku": "https://attacker.example/keys", "x5u": "https://attacker.example/cert",
    });
    let token = sign_raw(&attacker, &header.to_string(), &claims().to_string());
    let keys = KeySet::from_keys(&[key(Algorithm::ES256).clone()]);
    assert_eq!(verify(&token, &keys, &ANY), Err(JoseError::BadSignature));
    assert_eq!(verify(&token, &KeySet::default(), &ANY), Err(JoseError::UnknownKey));
    // For proofs of possession it can be read out, and then be used on purpose.
    let offered = peek_embedded_key(&token).unwrap();
    let own = KeySet::parse(json!({ "keys": [offered] }).to_string().as_bytes()).unwrap();
    verify(&token, &own, &ANY).unwrap();
}

#[test]
fn an_embedded_private_key_is_refused() {
    let header = json!({ "alg": "ES256", "jwk": super::private_jwk(Algorithm::ES256) });
    let token = sign_raw(key(Algorithm::ES256), &header.to_string(), "{}");
    assert!(matches!(peek_embedded_key(&token), Err(JoseError::Key(_))));
    let header = json!({ "alg": "ES256", "jwk": { "kty": "oct", "k": "AA" } });
    let token = sign_raw(key(Algorithm::ES256), &header.to_string(), "{}");
    assert!(matches!(peek_embedded_key(&token), Err(JoseError::Key(_))));
    let token = key(Algorithm::ES256).sign(None, &claims()).unwrap();
    assert!(matches!(peek_embedded_key(&token), Err(JoseError::Key(_))));
}

#[rstest]
#[case(Some("logout+jwt"), "logout+jwt", true)]
#[case(Some("application/logout+jwt"), "logout+jwt", true)]
#[case(Some("LOGOUT+JWT"), "application/logout+jwt", true)]
#[case(Some("JWT"), "logout+jwt", false)]
#[case(None, "logout+jwt", false)]
#[case(Some(""), "logout+jwt", false)]
#[case(Some("text/logout+jwt"), "logout+jwt", false)]
fn types_are_compared(#[case] typ: Option<&str>, #[case] wanted: &str, #[case] good: bool) {
    let keys = KeySet::from_keys(&[key(Algorithm::ES256).clone()]);
    let token = key(Algorithm::ES256).sign(typ, &claims()).unwrap();
    let result = verify(&token, &keys, &Accept { algorithms: &[Algorithm::ES256], typ: Some(wanted) });
    if good { assert!(result.is_ok()) } else { assert_eq!(result, Err(JoseError::WrongType)) }
}

#[rstest]
#[case("[]", JoseError::NotAnObject)]
#[case("\"text\"", JoseError::NotAnObject)]
#[case("7", JoseError::NotAnObject)]
#[case("", JoseError::Malformed("payload"))]
#[case("{", JoseError::Malformed("payload"))]
#[case(r#"{"sub":"a","sub":"b"}"#, JoseError::DuplicateName)]
#[case(r#"{"x":[{"a":1,"a":2}]}"#, JoseError::DuplicateName)]
#[case(r#"{"\u0061":1,"a":2}"#, JoseError::DuplicateName)]
#[case(r#"{"exp":1e999}"#, JoseError::Malformed("payload"))]
fn bad_payloads_are_refused(#[case] payload: &str, #[case] expected: JoseError) {
    let keys = KeySet::from_keys(&[key(Algorithm::EdDSA).clone()]);
    let token = sign_raw(key(Algorithm::EdDSA), r#"{"alg":"EdDSA","kid":"EdDSA"}"#, payload);
    assert_eq!(verify(&token, &keys, &ANY), Err(expected));
}

#[rstest]
#[case("")]
#[case(".")]
#[case("..")]
#[case("a.b")]
#[case("a.b.c.d")]
#[case("a.b.c.d.e")]
#[case("{\"payload\":\"e30\",\"signatures\":[]}")]
#[case("e30=.e30.AA")]
#[case("e30 .e30.AA")]
#[case("é.é.é")]
fn other_forms_are_refused(#[case] token: &str) {
    assert!(matches!(peek_header(token), Err(JoseError::Malformed(_))));
    assert!(matches!(verify(token, &KeySet::default(), &ANY), Err(JoseError::Malformed(_))));
}

#[test]
fn a_token_has_one_spelling() {
    // Ed25519 signatures end in two stray bits when encoded; a lax reader takes four spellings of one token.
    let keys = KeySet::from_keys(&[key(Algorithm::EdDSA).clone()]);
    let token = key(Algorithm::EdDSA).sign(None, &claims()).unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let spellings = alphabet
        .chars()
        .filter(|last| {
            let mut other = token.clone();
            other.pop();
            other.push(*last);
            verify(&other, &keys, &ANY).is_ok()
        })
        .count();
    assert_eq!(spellings, 1);
}

#[test]
fn oversized_tokens_are_refused_before_anything_else() {
    let token = "a".repeat(MAX_TOKEN_BYTES + 1);
    assert_eq!(peek_header(&token), Err(JoseError::TooLarge { limit: MAX_TOKEN_BYTES }));
    assert_eq!(verify(&token, &KeySet::default(), &ANY), Err(JoseError::TooLarge { limit: MAX_TOKEN_BYTES }));
}

#[test]
fn at_hash_of_the_standard() {
    // OpenID Connect Core, A.3: RS256 and this access token.
    assert_eq!(
        at_hash(Algorithm::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
        "77QmUPtjPfzWtF2AnpK9RQ"
    );
    assert_eq!(at_hash(Algorithm::ES256, "x"), at_hash(Algorithm::PS256, "x"));
    assert_eq!(at_hash(Algorithm::EdDSA, "x").len(), 43);
}

#[test]
fn nothing_of_a_key_or_token_shows_in_debug_output() {
    let key = key(Algorithm::RS256);
    let private = super::private_jwk(Algorithm::RS256);
    let shown = format!("{key:?}");
    assert!(shown.contains("RS256"));
    assert!(!shown.contains(private["d"].as_str().unwrap()));
    let keys = KeySet::from_keys(std::slice::from_ref(key));
    let verified = verify(&key.sign(None, &claims()).unwrap(), &keys, &ANY).unwrap();
    assert!(!format!("{verified:?}").contains("s-1"));
}
