//! Randomness as a parameter, and the keyed hashes under which secrets of machines are kept.
//!
//! Secrets that machines use (codes, tokens, client secrets, session secrets) have 256 random bits when we
//! make them and are kept as HMAC-SHA-256 under a key of the broker, so checking one costs microseconds.

use aws_lc_rs::{constant_time, digest, hmac, rand};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where random bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills `buffer` with random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[allow(clippy::disallowed_methods, clippy::panic)] // the one place that draws; without randomness nothing may go on
    fn fill(&self, buffer: &mut [u8]) {
        if rand::fill(buffer).is_err() {
            panic!("the operating system gives no random bytes");
        }
    }
}

/// A generator that repeats itself for a given seed: for tests only.
#[derive(Debug)]
pub struct SeededEntropy(std::sync::atomic::AtomicU64);

impl SeededEntropy {
    /// The sequence that belongs to `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(std::sync::atomic::AtomicU64::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, std::sync::atomic::Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            for (to, from) in chunk.iter_mut().zip(z.to_le_bytes()) {
                *to = from;
            }
        }
    }
}

/// `bytes` random bytes as unpadded base64url: unreserved characters only (RFC 3986, 2.3).
pub fn random_text(entropy: &dyn Entropy, bytes: usize) -> String {
    let mut buffer = vec![0u8; bytes];
    entropy.fill(&mut buffer);
    BASE64URL_NOPAD.encode(&buffer)
}

/// A secret on its way to whom it belongs. It prints as `…`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret(String);

impl Secret {
    /// A new secret of 256 bits in 43 unreserved characters.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(random_text(entropy, 32))
    }

    /// Wraps a secret that came from elsewhere.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself: for the answer to its owner, and for comparison.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What a hash is for: hashes of one purpose never equal those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Authorization codes.
    Code,
    /// Access tokens.
    AccessToken,
    /// Refresh tokens.
    RefreshToken,
    /// The secret half of the session cookie.
    Session,
    /// The browser cookie.
    Browser,
    /// `state` sent to VNeID.
    State,
    /// Client secrets.
    ClientSecret,
    /// Hidden form tokens.
    Form,
    /// Pairwise subjects.
    Subject,
    /// Names of logout notices.
    Notice,
    /// Codes sent to phones.
    PhoneCode,
    /// Names of messages to phones.
    Message,
    /// Names of limits.
    Limit,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Code => b"code\0",
            Self::AccessToken => b"access\0",
            Self::RefreshToken => b"refresh\0",
            Self::Session => b"session\0",
            Self::Browser => b"browser\0",
            Self::State => b"state\0",
            Self::ClientSecret => b"client\0",
            Self::Form => b"form\0",
            Self::Subject => b"subject\0",
            Self::Notice => b"notice\0",
            Self::PhoneCode => b"phone\0",
            Self::Message => b"message\0",
            Self::Limit => b"limit\0",
        }
    }
}

/// A keyed hash of a secret. Comparison takes the same time wherever the values differ.
#[derive(Clone, Copy, Eq, Serialize, Deserialize)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// From its 32 bytes; `None` for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        <[u8; 32]>::try_from(bytes).ok().map(Self)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As 43 characters of base64url.
    pub fn to_text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// From [`Self::to_text`]; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::from_bytes(&BASE64URL_NOPAD.decode(text.as_bytes()).ok()?)
    }
}

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        constant_time::verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("#…")
    }
}

/// Hashes secrets under the broker's hashing key.
#[derive(Clone)]
pub struct Hasher {
    key: hmac::Key,
}

impl Hasher {
    /// Takes the key: at least 32 bytes, the same on every instance.
    pub fn new(key: &[u8]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key) }
    }

    /// The keyed hash of `text` for one purpose.
    pub fn hash(&self, purpose: Purpose, text: &str) -> SecretHash {
        self.hash_parts(purpose, &[text.as_bytes()])
    }

    /// The keyed hash of several parts, each counted with its length so that no two lists collide.
    pub fn hash_parts(&self, purpose: Purpose, parts: &[&[u8]]) -> SecretHash {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(purpose.label());
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let tag = context.sign();
        let mut bytes = [0u8; 32];
        for (to, from) in bytes.iter_mut().zip(tag.as_ref()) {
            *to = *from;
        }
        SecretHash(bytes)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

/// SHA-256 of `text` as unpadded base64url: the `S256` transformation of RFC 7636, 4.2.
pub fn s256(text: &str) -> String {
    BASE64URL_NOPAD.encode(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

/// Whether two strings are equal, in a time that depends on their lengths only.
pub fn same(a: &str, b: &str) -> bool {
    constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s256_is_the_example_of_rfc_7636() {
        assert_eq!(
            s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn purposes_and_splits_do_not_collide() {
        let h = Hasher::new(&[7; 32]);
        assert_ne!(h.hash(Purpose::Code, "x"), h.hash(Purpose::AccessToken, "x"));
        assert_ne!(h.hash_parts(Purpose::Form, &[b"ab", b"c"]), h.hash_parts(Purpose::Form, &[b"a", b"bc"]));
        assert_ne!(h.hash(Purpose::Code, "x"), Hasher::new(&[8; 32]).hash(Purpose::Code, "x"));
    }

    #[test]
    fn secrets_do_not_print() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "…");
    }

    #[test]
    fn made_secrets_are_unreserved_and_long() {
        let s = Secret::generate(&SeededEntropy::new(1));
        assert_eq!(s.reveal().len(), 43);
        assert!(s.reveal().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    }
}
