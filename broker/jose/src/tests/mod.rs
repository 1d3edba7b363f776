//! Tests of the whole crate, by subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod claims;
mod encrypting;
mod hostile;
mod keys;
mod signatures;

use std::sync::OnceLock;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::{Algorithm, SigningKey};

/// One key for each algorithm, made once: RSA keys take long to find.
fn key(algorithm: Algorithm) -> &'static SigningKey {
    static KEYS: OnceLock<Vec<SigningKey>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        Algorithm::ALL
            .iter()
            .map(|algorithm| SigningKey::generate(*algorithm, algorithm.as_str()).unwrap())
            .collect()
    });
    keys.iter().find(|key| key.algorithm() == algorithm).unwrap()
}

fn private_jwk(algorithm: Algorithm) -> Value {
    serde_json::from_str(&key(algorithm).to_private_jwk()).unwrap()
}

fn encode(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

/// Signs any header and payload text as they are, with OpenSSL through a key of ours.
fn sign_raw(key: &SigningKey, header: &str, payload: &str) -> String {
    let signed = format!(
        "{}.{}",
        BASE64URL_NOPAD.encode(header.as_bytes()),
        BASE64URL_NOPAD.encode(payload.as_bytes())
    );
    let signature = key.sign_bytes(signed.as_bytes());
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
}

fn claims() -> Value {
    json!({ "iss": "https://op.example", "sub": "s-1", "aud": "portal", "exp": 2_000, "iat": 1_000 })
}
