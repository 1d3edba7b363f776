//! Sealing as VNeID does it, for tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::legacy_crypto::Unsealer;
use data_encoding::BASE64;
use openssl::pkey::Private;
use openssl::rsa::{Padding, Rsa};
use openssl::symm::{Cipher, encrypt};
use std::sync::LazyLock;

pub(super) static KEY: LazyLock<Rsa<Private>> = LazyLock::new(|| Rsa::generate(2048).unwrap());
pub(super) static OTHER: LazyLock<Rsa<Private>> = LazyLock::new(|| Rsa::generate(2048).unwrap());

pub(super) fn pem(key: &Rsa<Private>) -> String {
    String::from_utf8(key.private_key_to_pem().unwrap()).unwrap()
}

/// Opens what is sealed to [`KEY`]. Made once: a key is checked when it is read, which takes long.
pub(super) fn unsealer() -> &'static Unsealer {
    static ONE: LazyLock<Unsealer> = LazyLock::new(|| Unsealer::new(&pem(&KEY)).unwrap());
    &ONE
}

/// A block as it is, under a public key.
pub(super) fn raw(key: &Rsa<Private>, block: &[u8]) -> Vec<u8> {
    let mut out = vec![0u8; 256];
    key.public_encrypt(block, &mut out, Padding::NONE).unwrap();
    out
}

/// Data under an AES key, and that key under an RSA key.
pub(super) fn seal(to: &Rsa<Private>, key: &[u8], plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let cipher = match key.len() {
        16 => Cipher::aes_128_ecb(),
        24 => Cipher::aes_192_ecb(),
        _ => Cipher::aes_256_ecb(),
    };
    let mut wrapped = vec![0u8; 256];
    to.public_encrypt(key, &mut wrapped, Padding::PKCS1).unwrap();
    (encrypt(cipher, key, None, plain).unwrap(), wrapped)
}

/// A sealed answer.
pub(super) fn answer(to: &Rsa<Private>, plain: &[u8]) -> Vec<u8> {
    let (data, key) = seal(to, &[7; 32], plain);
    format!(r#"{{"data":"{}","key":"{}"}}"#, BASE64.encode(&data), BASE64.encode(&key)).into_bytes()
}
