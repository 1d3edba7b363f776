//! The sealing of the sealed dialect: RSA PKCS#1 v1.5 and AES-256 in ECB mode, as VNeID does it.

use data_encoding::BASE64;
use openssl::error::ErrorStack;
use openssl::pkey::PKey;
use openssl::rand::rand_bytes;
use openssl::rsa::{Padding, Rsa};
use openssl::symm::{Cipher, encrypt};
use serde_json::{Value, json};

/// An RSA key pair in PEM: the sealed dialect seals to the public part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPair {
    /// PKCS#8.
    pub private_pem: String,
    /// SubjectPublicKeyInfo.
    pub public_pem: String,
}

/// Makes a key pair for a client of the sealed dialect.
///
/// # Errors
/// When OpenSSL fails.
pub fn generate_key_pair() -> Result<KeyPair, ErrorStack> {
    let key = PKey::from_rsa(Rsa::generate(2048)?)?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(KeyPair {
        private_pem: text(key.private_key_to_pem_pkcs8()?),
        public_pem: text(key.public_key_to_pem()?),
    })
}

/// Something sealed: data and key, in standard Base64.
pub(crate) struct Sealed {
    pub(crate) data: String,
    pub(crate) key: String,
}

impl Sealed {
    pub(crate) fn json(&self) -> Value {
        json!({"data": self.data, "key": self.key})
    }
}

/// Seals to a public key. `spoil`: the padding under the RSA key is wrong.
pub(crate) fn seal(public_pem: &str, plain: &[u8], spoil: bool) -> Result<Sealed, ErrorStack> {
    let rsa = Rsa::public_key_from_pem(public_pem.as_bytes())?;
    let mut key = [0u8; 32];
    rand_bytes(&mut key)?;
    let data = encrypt(Cipher::aes_256_ecb(), &key, None, plain)?;
    let size = usize::try_from(rsa.size()).unwrap_or(256);
    let mut wrapped = vec![0u8; size];
    if spoil {
        let mut block = vec![7u8; size];
        if let Some(first) = block.first_mut() {
            *first = 0;
        }
        rsa.public_encrypt(&block, &mut wrapped, Padding::NONE)?;
    } else {
        rsa.public_encrypt(&key, &mut wrapped, Padding::PKCS1)?;
    }
    Ok(Sealed { data: BASE64.encode(&data), key: BASE64.encode(&wrapped) })
}
