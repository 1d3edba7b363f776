//! PBKDF2 (RFC 8018, 5.2) with HMAC-SHA-1, -256 and -512, as passlib, the PHC string format, LDAP servers, Django, Spring Security and
//! ASP.NET Identity write it.

use super::parts::{Unusable, base64, number};
use super::rules::most;
use aws_lc_rs::pbkdf2::{self, Algorithm};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use std::num::NonZeroU32;

/// A hash.
#[derive(Clone)]
pub(super) struct Pbkdf2Hash {
    algorithm: Algorithm,
    rounds: NonZeroU32,
    /// Blocks of its output: each takes all rounds.
    blocks: u32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

/// What is hashed with.
#[derive(Clone, Copy)]
enum Sha {
    One,
    Two256,
    Two512,
}

impl Sha {
    /// As most write it after `pbkdf2` and a sign.
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "sha1" => Self::One,
            "sha256" => Self::Two256,
            "sha512" => Self::Two512,
            _ => return None,
        })
    }

    const fn algorithm(self) -> Algorithm {
        match self {
            Self::One => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Two256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Two512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }

    /// Bytes of a block of output.
    const fn block(self) -> usize {
        match self {
            Self::One => 20,
            Self::Two256 => 32,
            Self::Two512 => 64,
        }
    }
}

impl Pbkdf2Hash {
    /// `$pbkdf2-sha256$rounds$salt$hash`, `$pbkdf2-sha256$i=rounds,l=length$salt$hash`, `{PBKDF2-SHA256}rounds$salt$hash`; SHA-1 where
    /// none is named.
    pub(super) fn read(text: &str) -> Result<Self, Unusable> {
        bearable(phc(text))
    }

    /// `pbkdf2_sha256$rounds$salt$hash`: the salt is text, and counts as it is written.
    pub(super) fn read_django(text: &str) -> Result<Self, Unusable> {
        bearable(django(text))
    }

    /// `{pbkdf2}hex` of salt and hash. The rounds are those of Spring Security's own settings; others are not written in the hash.
    pub(super) fn read_spring(text: &str) -> Result<Self, Unusable> {
        bearable(spring(text))
    }

    /// Base64 of version, settings, salt and hash.
    pub(super) fn read_asp_net(text: &str) -> Result<Self, Unusable> {
        bearable(asp_net(text))
    }

    /// The work that it demands, in rounds.
    pub(super) fn work(&self) -> u64 {
        u64::from(self.rounds.get()) * u64::from(self.blocks)
    }

    pub(super) fn is_right(&self, password: &[u8]) -> bool {
        pbkdf2::verify(self.algorithm, self.rounds, &self.salt, password, &self.hash).is_ok()
    }
}

/// A hash of these parts; `None` when they are none.
fn made(sha: Sha, rounds: NonZeroU32, salt: Vec<u8>, hash: Vec<u8>) -> Option<Pbkdf2Hash> {
    let blocks = u32::try_from(hash.len().div_ceil(sha.block())).ok()?;
    let fits = !salt.is_empty() && (16..=128).contains(&hash.len());
    fits.then_some(Pbkdf2Hash { algorithm: sha.algorithm(), rounds, blocks, salt, hash })
}

fn bearable(read: Option<Pbkdf2Hash>) -> Result<Pbkdf2Hash, Unusable> {
    let read = read.ok_or(Unusable::Malformed)?;
    if read.work() <= most::PBKDF2_ROUNDS.into() { Ok(read) } else { Err(Unusable::TooMuchWork) }
}

fn phc(text: &str) -> Option<Pbkdf2Hash> {
    let (name, rest) = match text.strip_prefix('$') {
        Some(phc) => phc.split_once('$')?,
        None => text.strip_prefix('{')?.split_once('}')?,
    };
    let sha = match name.split_once('-') {
        Some((_, sha)) => Sha::named(sha)?,
        None => Sha::One,
    };
    let mut parts = rest.split('$');
    let (rounds, length) = costs(parts.next()?)?;
    let (salt, hash) = (base64(parts.next()?)?, base64(parts.next()?)?);
    let fits = parts.next().is_none()
        && length.is_none_or(|length| usize::try_from(length).is_ok_and(|l| l == hash.len()));
    if fits { made(sha, rounds, salt, hash) } else { None }
}

fn django(text: &str) -> Option<Pbkdf2Hash> {
    let mut parts = text.strip_prefix("pbkdf2_")?.split('$');
    let (sha, rounds) = (Sha::named(parts.next()?)?, rounds(parts.next()?)?);
    let (salt, hash) = (parts.next()?, base64(parts.next()?)?);
    if parts.next().is_some() || hash.len() != sha.block() {
        return None;
    }
    made(sha, rounds, salt.as_bytes().to_vec(), hash)
}

fn spring(text: &str) -> Option<Pbkdf2Hash> {
    let (name, hex) = text.strip_prefix('{')?.split_once('}')?;
    let (sha, rounds, salt) =
        if name.contains('@') { (Sha::Two256, 310_000, 16) } else { (Sha::One, 185_000, 8) };
    let (salt, hash) = split(HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?, salt)?;
    if hash.len() != 32 {
        return None;
    }
    made(sha, NonZeroU32::new(rounds)?, salt, hash)
}

fn asp_net(text: &str) -> Option<Pbkdf2Hash> {
    let (version, rest) = split(BASE64.decode(text.as_bytes()).ok()?, 1)?;
    match version.first()? {
        0 => {
            let (salt, hash) = split(rest, 16)?;
            if hash.len() == 32 { made(Sha::One, NonZeroU32::new(1000)?, salt, hash) } else { None }
        }
        1 => {
            let (settings, rest) = split(rest, 12)?;
            let word = |at: usize| {
                let bytes = settings.get(at..at + 4)?.try_into().ok()?;
                Some(u32::from_be_bytes(bytes))
            };
            let sha = match word(0)? {
                0 => Sha::One,
                1 => Sha::Two256,
                2 => Sha::Two512,
                _ => return None,
            };
            let (salt, hash) = split(rest, usize::try_from(word(8)?).ok()?)?;
            // The program that writes them takes no shorter salt.
            if salt.len() < 16 { None } else { made(sha, NonZeroU32::new(word(4)?)?, salt, hash) }
        }
        _ => None,
    }
}

/// The first so many bytes, and the others.
fn split(mut bytes: Vec<u8>, at: usize) -> Option<(Vec<u8>, Vec<u8>)> {
    if at > bytes.len() {
        return None;
    }
    let rest = bytes.split_off(at);
    Some((bytes, rest))
}

fn rounds(text: &str) -> Option<NonZeroU32> {
    number(text).and_then(NonZeroU32::new)
}

/// The rounds, and the length of the hash if it is told: `29000`, `i=29000`, `i=29000,l=32`.
fn costs(text: &str) -> Option<(NonZeroU32, Option<u32>)> {
    let Some(costs) = text.strip_prefix("i=") else { return Some((rounds(text)?, None)) };
    match costs.split_once(",l=") {
        Some((count, length)) => Some((rounds(count)?, Some(number(length)?))),
        None => Some((rounds(costs)?, None)),
    }
}
