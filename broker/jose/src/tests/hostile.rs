//! Whatever arrives, nothing panics.

use data_encoding::BASE64URL_NOPAD;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{key, private_jwk, sign_raw};
use crate::error::JoseError;
use crate::guard::guarded;
use crate::{
    Accept, Algorithm, Expect, KeySet, SigningKey, check_claims, jwe, peek_embedded_key, peek_header,
    thumbprint, verify,
};

const ANY: Accept<'static> = Accept { algorithms: &Algorithm::ALL, typ: None };

#[test]
fn a_panic_below_is_an_error_here() {
    let result: Result<(), _> = guarded(|| panic!("the library fell over"));
    assert_eq!(result, Err(JoseError::Crashed));
}

/// Any JSON value, with the names and the extreme numbers that tokens are made of.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        prop::sample::select(vec![
            "iss", "aud", "exp", "iat", "nbf", "azp", "alg", "kid", "typ", "kty", "crv", "x", "y", "n", "e",
            "d", "p", "q", "dp", "dq", "qi", "use", "key_ops", "keys", "jwk", "epk", "enc", "zip", "crit",
            "apu", "x5c",
        ])
        .prop_map(str::to_owned),
        ".{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        prop::sample::select(vec![1e300, -1e300, 9.3e15, 0.5]).prop_map(|number| json!(number)),
        prop::sample::select(vec![
            "RS256",
            "ES256",
            "EdDSA",
            "none",
            "RSA",
            "EC",
            "OKP",
            "P-256",
            "Ed25519",
            "sig",
            "enc",
            "ECDH-ES",
            "RSA-OAEP-256",
            "A256GCM",
            "portal",
            "https://op.example",
            "AQAB",
        ])
        .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 32).prop_map(|bytes| json!(BASE64URL_NOPAD.encode(&bytes))),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(|bytes| json!(BASE64URL_NOPAD.encode(&bytes))),
    ];
    leaf.prop_recursive(3, 24, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..10)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A key document of a known kind with one member replaced: deeper than random objects reach.
fn almost_a_key() -> impl Strategy<Value = Value> {
    let member =
        prop::sample::select(vec!["kty", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "qi", "use", "alg"]);
    (prop::sample::select(Algorithm::ALL.to_vec()), any::<bool>(), member, any_json()).prop_map(
        |(algorithm, private, member, value)| {
            let mut jwk = if private { private_jwk(algorithm) } else { key(algorithm).public_jwk() };
            jwk[member] = value;
            jwk
        },
    )
}

fn all_keys() -> KeySet {
    KeySet::from_keys(&Algorithm::ALL.map(|algorithm| key(algorithm).clone()))
}

proptest! {
    #[test]
    fn any_text_as_token(text in ".{0,200}") {
        let _ = peek_header(&text);
        let _ = peek_embedded_key(&text);
        prop_assert!(verify(&text, &all_keys(), &ANY).is_err());
        prop_assert!(jwe::decrypt(&text, &private_jwk(Algorithm::RS256).to_string()).is_err());
        prop_assert!(jwe::decrypt(&text, &text).is_err());
        let _ = SigningKey::from_private_jwk(&text);
        let _ = SigningKey::from_pem(Algorithm::RS256, "k", &text);
    }

    #[test]
    fn any_header_and_payload(header in any_json(), payload in any_json(), signature in prop::collection::vec(any::<u8>(), 0..600)) {
        let token = format!(
            "{}.{}.{}", BASE64URL_NOPAD.encode(header.to_string().as_bytes()),
            BASE64URL_NOPAD.encode(payload.to_string().as_bytes()), BASE64URL_NOPAD.encode(&signature),
        );
        prop_assert!(verify(&token, &all_keys(), &ANY).is_err());
        let _ = peek_embedded_key(&token);
    }

    #[test]
    fn any_signature_bytes(algorithm in prop::sample::select(Algorithm::ALL.to_vec()), signature in prop::collection::vec(any::<u8>(), 0..300)) {
        let token = key(algorithm).sign(None, &json!({})).unwrap();
        let (signed, _) = token.rsplit_once('.').unwrap();
        let token = format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature));
        prop_assert_eq!(verify(&token, &all_keys(), &ANY), Err(JoseError::BadSignature));
    }

    #[test]
    fn any_signed_claims(payload in any_json(), now in any::<i64>(), leeway in any::<i64>(), age in any::<Option<i64>>()) {
        let token = sign_raw(key(Algorithm::EdDSA), r#"{"alg":"EdDSA","kid":"EdDSA"}"#, &payload.to_string());
        if let Ok(verified) = verify(&token, &all_keys(), &ANY) {
            let expect = Expect { issuer: "https://op.example", audience: "portal", now, leeway, max_age_of_iat: age };
            let _ = check_claims(&verified.claims, &expect);
        }
    }

    #[test]
    fn claims_with_any_times(exp in any_json(), iat in any_json(), nbf in any_json(), now in any::<i64>()) {
        let claims = json!({ "iss": "https://op.example", "aud": "portal", "exp": exp, "iat": iat, "nbf": nbf });
        let expect = Expect { issuer: "https://op.example", audience: "portal", now, leeway: 60, max_age_of_iat: Some(600) };
        let _ = check_claims(claims.as_object().unwrap(), &expect);
    }

    #[test]
    fn any_bytes_as_key_set(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = KeySet::parse(&bytes);
    }

    #[test]
    fn any_json_as_key_set(keys in prop::collection::vec(prop_oneof![any_json(), almost_a_key()], 0..4)) {
        let set = KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap();
        let token = key(Algorithm::ES256).sign(None, &json!({})).unwrap();
        let _ = verify(&token, &set, &ANY);
        let _ = set.to_json();
    }

    #[test]
    fn any_json_as_private_key(jwk in prop_oneof![any_json(), almost_a_key()]) {
        let _ = SigningKey::from_private_jwk(&jwk.to_string());
        let _ = thumbprint(&jwk);
        let _ = jwe::encrypt(b"x", &jwk, None);
    }

    #[test]
    fn any_json_as_encrypted_header(header in any_json(), parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 4)) {
        let mut token = BASE64URL_NOPAD.encode(header.to_string().as_bytes());
        for part in parts {
            token.push('.');
            BASE64URL_NOPAD.encode_append(&part, &mut token);
        }
        for algorithm in [Algorithm::RS256, Algorithm::ES256] {
            let mut jwk = private_jwk(algorithm);
            jwk.as_object_mut().unwrap().remove("use");
            jwk.as_object_mut().unwrap().remove("alg");
            prop_assert!(jwe::decrypt(&token, &jwk.to_string()).is_err());
        }
    }

    #[test]
    fn any_algorithm_name(name in ".{0,8}") {
        prop_assume!(Algorithm::ALL.iter().all(|algorithm| algorithm.as_str() != name));
        prop_assert_eq!(name.parse::<Algorithm>(), Err(JoseError::AlgorithmRefused));
    }
}
