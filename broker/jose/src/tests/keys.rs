use rstest::rstest;
use serde_json::{Value, json};

use super::{claims, key, private_jwk};
use crate::{
    Accept, Algorithm, JoseError, KeySet, MAX_KEY_SET_BYTES, MAX_KEYS, SigningKey, thumbprint, verify,
};

const ANY: Accept<'static> = Accept { algorithms: &Algorithm::ALL, typ: None };
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "k", "oth"];

fn parse(keys: Value) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

#[rstest]
#[case(Algorithm::RS256)]
#[case(Algorithm::PS256)]
#[case(Algorithm::ES256)]
#[case(Algorithm::EdDSA)]
fn keys_survive_writing_and_reading(#[case] algorithm: Algorithm) {
    let original = key(algorithm);
    let copy = SigningKey::from_private_jwk(&original.to_private_jwk()).unwrap();
    assert_eq!((copy.kid(), copy.algorithm()), (original.kid(), original.algorithm()));
    assert_eq!(copy.public_jwk(), original.public_jwk());
    let token = copy.sign(None, &claims()).unwrap();
    verify(&token, &KeySet::from_keys(std::slice::from_ref(original)), &ANY).unwrap();
}

#[rstest]
#[case(Algorithm::RS256)]
#[case(Algorithm::PS256)]
#[case(Algorithm::ES256)]
#[case(Algorithm::EdDSA)]
fn published_keys_have_no_private_member(#[case] algorithm: Algorithm) {
    let jwk = key(algorithm).public_jwk();
    assert_eq!(jwk["use"], "sig");
    assert_eq!(jwk["alg"], algorithm.as_str());
    assert_eq!(jwk["kid"], algorithm.as_str());
    let set = KeySet::from_keys(std::slice::from_ref(key(algorithm))).to_json();
    for member in PRIVATE_MEMBERS {
        assert!(jwk.get(member).is_none());
        assert!(set["keys"][0].get(member).is_none());
    }
}

#[rstest]
#[case(Algorithm::RS256, "RSA")]
#[case(Algorithm::ES256, "EC")]
#[case(Algorithm::EdDSA, "ED25519")]
fn pem_files_are_read(#[case] algorithm: Algorithm, #[case] _name: &str) {
    let original = SigningKey::generate(algorithm, "pem").unwrap();
    let jwk = josekit::jwk::Jwk::from_bytes(original.to_private_jwk().as_bytes()).unwrap();
    let pem = match algorithm {
        Algorithm::ES256 => josekit::jwk::alg::ec::EcKeyPair::from_jwk(&jwk).unwrap().to_pem_private_key(),
        Algorithm::EdDSA => josekit::jwk::alg::ed::EdKeyPair::from_jwk(&jwk).unwrap().to_pem_private_key(),
        _ => josekit::jwk::alg::rsa::RsaKeyPair::from_jwk(&jwk).unwrap().to_pem_private_key(),
    };
    let pem = String::from_utf8(pem).unwrap();
    let read = SigningKey::from_pem(algorithm, "pem", &pem).unwrap();
    assert_eq!(read.public_jwk(), original.public_jwk());
    if algorithm == Algorithm::RS256 {
        SigningKey::from_pem(Algorithm::PS256, "pem", &pem).unwrap();
    }
    for other in Algorithm::ALL {
        let same_family = matches!(
            (algorithm, other),
            (Algorithm::RS256, Algorithm::PS256) | (Algorithm::PS256, Algorithm::RS256)
        );
        if other != algorithm && !same_family {
            assert!(matches!(SigningKey::from_pem(other, "pem", &pem), Err(JoseError::Key(_))), "{other}");
        }
    }
    for text in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no key", "-----BEGIN"]
    {
        assert!(SigningKey::from_pem(algorithm, "pem", text).is_err());
    }
    assert!(SigningKey::from_pem(algorithm, "", &pem).is_err());
}

#[test]
fn private_keys_are_checked() {
    let change = |algorithm, change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut jwk = private_jwk(algorithm);
        change(jwk.as_object_mut().unwrap());
        SigningKey::from_private_jwk(&jwk.to_string())
    };
    let remove = |name: &'static str| move |jwk: &mut serde_json::Map<String, Value>| drop(jwk.remove(name));
    let set = |name: &'static str, value: Value| {
        move |jwk: &mut serde_json::Map<String, Value>| drop(jwk.insert(name.to_owned(), value.clone()))
    };
    for algorithm in Algorithm::ALL {
        for name in ["kid", "alg", "d", "kty"] {
            assert!(change(algorithm, &remove(name)).is_err(), "{algorithm} without {name}");
        }
        assert!(change(algorithm, &set("use", json!("enc"))).is_err());
        assert!(change(algorithm, &set("key_ops", json!(["verify"]))).is_err());
        assert!(change(algorithm, &set("alg", json!("HS256"))).is_err());
        assert!(change(algorithm, &set("kid", json!(""))).is_err());
        assert!(change(algorithm, &set("kid", json!("k".repeat(300)))).is_err());
        assert!(change(algorithm, &set("kid", json!(7))).is_err());
        assert!(change(algorithm, &set("use", json!("sig"))).is_ok());
    }
    // Halves of different keys.
    let stranger = SigningKey::generate(Algorithm::ES256, "x").unwrap();
    let stranger: Value = serde_json::from_str(&stranger.to_private_jwk()).unwrap();
    assert!(matches!(change(Algorithm::ES256, &set("d", stranger["d"].clone())), Err(JoseError::Key(_))));
    let stranger = SigningKey::generate(Algorithm::EdDSA, "x").unwrap();
    let stranger: Value = serde_json::from_str(&stranger.to_private_jwk()).unwrap();
    assert!(matches!(change(Algorithm::EdDSA, &set("x", stranger["x"].clone())), Err(JoseError::Key(_))));
    // An RSA key for EdDSA, three primes, a member named twice, no JSON, too much.
    assert!(change(Algorithm::RS256, &set("alg", json!("EdDSA"))).is_err());
    assert!(change(Algorithm::RS256, &set("oth", json!([]))).is_err());
    let twice = key(Algorithm::ES256).to_private_jwk().replacen('{', r#"{"kid":"other","#, 1);
    assert_eq!(SigningKey::from_private_jwk(&twice).unwrap_err(), JoseError::DuplicateName);
    assert!(SigningKey::from_private_jwk("no JSON").is_err());
    assert!(SigningKey::from_private_jwk(&" ".repeat(20_000)).is_err());
}

#[test]
fn one_bad_key_does_not_spoil_the_set() {
    let good = key(Algorithm::ES256).public_jwk();
    let mut off_curve = good.clone();
    off_curve["kid"] = json!("off-curve");
    off_curve["y"] = off_curve["x"].clone();
    let mut short = good.clone();
    short["kid"] = json!("short");
    short["x"] = json!("AAAA");
    let mut wrong_type = good.clone();
    wrong_type["kid"] = json!(["list"]);
    let mut for_encryption = good.clone();
    for_encryption["kid"] = json!("enc");
    for_encryption["use"] = json!("enc");
    let mut other_algorithm = good.clone();
    other_algorithm["kid"] = json!("es384");
    other_algorithm["alg"] = json!("ES384");
    let mut signs_only = good.clone();
    signs_only["kid"] = json!("signs");
    signs_only["key_ops"] = json!(["sign"]);
    let mut odd_operations = good.clone();
    odd_operations["kid"] = json!("ops");
    odd_operations["key_ops"] = json!("verify");
    let mut published_private = private_jwk(Algorithm::EdDSA);
    published_private["kid"] = json!("leaked");
    let small_rsa = json!({ "kty": "RSA", "kid": "small", "n": "gAAAAAAAAAAAAAAAAAAAAA", "e": "AQAB" });
    let mut even_exponent = key(Algorithm::RS256).public_jwk();
    even_exponent["kid"] = json!("even");
    even_exponent["e"] = json!("Ag");
    let mut one_exponent = key(Algorithm::RS256).public_jwk();
    one_exponent["kid"] = json!("one");
    one_exponent["e"] = json!("AQ");
    let set = parse(json!([
        off_curve, short, wrong_type, for_encryption, other_algorithm, signs_only, odd_operations, published_private,
        small_rsa, even_exponent, one_exponent,
        { "kty": "oct", "kid": "shared", "k": "c2VjcmV0" }, { "kty": "quantum", "kid": "q" },
        { "kty": "EC", "crv": "P-521", "kid": "p521", "x": "AA", "y": "AA" }, {}, [], "text", null, good,
    ]));
    assert!(set.has("ES256"));
    assert_eq!(set.to_json()["keys"].as_array().unwrap().len(), 1, "{set:?}");
    let token = key(Algorithm::ES256).sign(None, &claims()).unwrap();
    verify(&token, &set, &ANY).unwrap();
}

#[test]
fn a_modulus_with_a_sign_byte_is_read() {
    let mut jwk = key(Algorithm::RS256).public_jwk();
    let mut modulus = vec![0];
    modulus.extend(data_encoding::BASE64URL_NOPAD.decode(jwk["n"].as_str().unwrap().as_bytes()).unwrap());
    let original = jwk["n"].clone();
    jwk["n"] = json!(data_encoding::BASE64URL_NOPAD.encode(&modulus));
    let set = parse(json!([jwk]));
    assert_eq!(set.to_json()["keys"][0]["n"], original);
    verify(&key(Algorithm::RS256).sign(None, &claims()).unwrap(), &set, &ANY).unwrap();
}

#[test]
fn sets_are_bounded() {
    let jwk = key(Algorithm::EdDSA).public_jwk();
    assert!(parse(json!([])).is_empty());
    let most: Vec<_> = std::iter::repeat_n(jwk.clone(), MAX_KEYS).collect();
    assert!(!parse(json!(most)).is_empty());
    let many: Vec<_> = std::iter::repeat_n(jwk, MAX_KEYS + 1).collect();
    let text = json!({ "keys": many }).to_string();
    assert!(matches!(KeySet::parse(text.as_bytes()), Err(JoseError::KeySet(_))));
    let big = format!("{{\"keys\":[]}}{}", " ".repeat(MAX_KEY_SET_BYTES));
    assert!(matches!(KeySet::parse(big.as_bytes()), Err(JoseError::TooLarge { .. })));
    for text in ["", "[]", "{}", r#"{"keys":{}}"#, "null", "{\"keys\":["] {
        assert!(matches!(KeySet::parse(text.as_bytes()), Err(JoseError::KeySet(_))), "{text}");
    }
    assert!(KeySet::parse("[".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn nameless_tokens_are_tried_on_eight_keys_at_the_most() {
    let keys: Vec<_> =
        (0..9).map(|n| SigningKey::generate(Algorithm::EdDSA, &format!("k{n}")).unwrap()).collect();
    let set = KeySet::from_keys(&keys);
    let nameless = |key: &SigningKey| super::sign_raw(key, r#"{"alg":"EdDSA"}"#, "{}");
    assert!(verify(&nameless(&keys[7]), &set, &ANY).is_ok());
    assert_eq!(verify(&nameless(&keys[8]), &set, &ANY), Err(JoseError::BadSignature));
    assert_eq!(verify(&nameless(&keys[0]), &KeySet::default(), &ANY), Err(JoseError::UnknownKey));
}

#[test]
fn keys_of_one_name_and_different_kinds_are_told_apart() {
    let rsa = SigningKey::from_private_jwk(&{
        let mut jwk = private_jwk(Algorithm::RS256);
        jwk["kid"] = json!("same");
        jwk.to_string()
    })
    .unwrap();
    let ec = SigningKey::generate(Algorithm::ES256, "same").unwrap();
    let set = KeySet::from_keys(&[rsa.clone(), ec.clone()]);
    verify(&rsa.sign(None, &claims()).unwrap(), &set, &ANY).unwrap();
    verify(&ec.sign(None, &claims()).unwrap(), &set, &ANY).unwrap();
}

#[test]
fn thumbprint_of_the_standard() {
    // RFC 7638, 3.1.
    let modulus = [
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_",
        "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_",
        "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI",
        "4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    ]
    .concat();
    let jwk = json!({ "kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" });
    assert_eq!(thumbprint(&jwk).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn thumbprints_see_the_public_key_only() {
    for algorithm in Algorithm::ALL {
        let public = thumbprint(&key(algorithm).public_jwk()).unwrap();
        assert_eq!(thumbprint(&private_jwk(algorithm)).unwrap(), public);
        assert_eq!(public.len(), 43);
    }
    for jwk in [json!({ "kty": "oct", "k": "AAAA" }), json!({}), json!([]), json!("text")] {
        assert!(thumbprint(&jwk).is_err());
    }
}
