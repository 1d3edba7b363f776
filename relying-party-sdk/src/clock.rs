//! Time and randomness, as parameters.

use std::fmt;

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;

use crate::error::Error;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// Seconds since 1970-01-01 UTC.
    fn now(&self) -> i64;
}

/// Where randomness comes from.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random ones.
    ///
    /// # Errors
    /// [`NoEntropy`] when there is no randomness to be had; nothing secret may be made then.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy>;
}

/// There was no randomness to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoEntropy;

impl fmt::Display for NoEntropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no randomness to be had")
    }
}

impl std::error::Error for NoEntropy {}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    // The one place that reads the machine's clock.
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }
}

/// The randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    // The one place that asks the operating system for randomness.
    #[allow(clippy::disallowed_methods)]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        aws_lc_rs::rand::fill(bytes).map_err(|_| NoEntropy)
    }
}

/// 256 random bits in 43 characters of base64url: states, nonces, verifiers, session ids.
pub(crate) fn random_token(entropy: &dyn Entropy) -> Result<String, Error> {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes).map_err(|_| Error::Entropy)?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

/// SHA-256 in base64url over the parts, each preceded by its length, so that no two lists of parts look alike.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    BASE64URL_NOPAD.encode(context.finish().as_ref())
}

/// SHA-256 in base64url: the PKCE challenge of a verifier (RFC 7636, 4.2).
pub(crate) fn sha256(text: &str) -> String {
    BASE64URL_NOPAD.encode(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}
