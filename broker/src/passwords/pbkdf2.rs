//! PBKDF2 (RFC 8018, 5.2) with HMAC-SHA-1, -256 and -512, as passlib and as the PHC string format write it.

use super::parts::{Unusable, base64, number};
use super::rules::most;
use aws_lc_rs::pbkdf2::{self, Algorithm};
use std::num::NonZeroU32;

/// A hash.
#[derive(Clone)]
pub(super) struct Pbkdf2Hash {
    algorithm: Algorithm,
    rounds: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Pbkdf2Hash {
    pub(super) fn read(text: &str) -> Result<Self, Unusable> {
        let (read, block) = Self::parse(text).ok_or(Unusable::Malformed)?;
        let blocks = u32::try_from(read.hash.len().div_ceil(block)).unwrap_or(u32::MAX);
        match read.rounds.get().checked_mul(blocks) {
            Some(rounds) if rounds <= most::PBKDF2_ROUNDS => Ok(read),
            _ => Err(Unusable::TooMuchWork),
        }
    }

    /// The hash, and the bytes of a block of its output.
    fn parse(text: &str) -> Option<(Self, usize)> {
        let (name, rest) = text.strip_prefix("$pbkdf2-")?.split_once('$')?;
        let (algorithm, block) = match name {
            "sha1" => (pbkdf2::PBKDF2_HMAC_SHA1, 20),
            "sha256" => (pbkdf2::PBKDF2_HMAC_SHA256, 32),
            "sha512" => (pbkdf2::PBKDF2_HMAC_SHA512, 64),
            _ => return None,
        };
        let mut parts = rest.split('$');
        let (rounds, length) = costs(parts.next()?)?;
        let (salt, hash) = (base64(parts.next()?)?, base64(parts.next()?)?);
        let fits = parts.next().is_none()
            && !salt.is_empty()
            && (16..=128).contains(&hash.len())
            && length.is_none_or(|length| usize::try_from(length).is_ok_and(|l| l == hash.len()));
        fits.then_some((Self { algorithm, rounds, salt, hash }, block))
    }

    pub(super) fn is_right(&self, password: &[u8]) -> bool {
        pbkdf2::verify(self.algorithm, self.rounds, &self.salt, password, &self.hash).is_ok()
    }
}

/// The rounds, and the length of the hash if it is told: `29000`, `i=29000`, `i=29000,l=32`.
fn costs(text: &str) -> Option<(NonZeroU32, Option<u32>)> {
    let rounds = |text: &str| number(text).and_then(NonZeroU32::new);
    let Some(costs) = text.strip_prefix("i=") else { return Some((rounds(text)?, None)) };
    match costs.split_once(",l=") {
        Some((count, length)) => Some((rounds(count)?, Some(number(length)?))),
        None => Some((rounds(costs)?, None)),
    }
}
