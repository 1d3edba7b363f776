//! `$5$` and `$6$` of crypt(3): U. Drepper, "Unix crypt using SHA-256 and SHA-512".

use super::parts::{Unusable, same};
use super::rules::most;
use sha_crypt::{Params, sha256_crypt, sha512_crypt};

const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Rounds when none are told.
const USUAL_ROUNDS: u32 = 5000;
/// Rounds below this are raised to it.
const FEWEST_ROUNDS: u32 = 1000;

/// A hash.
#[derive(Clone)]
pub(super) struct ShaCryptHash {
    is_512: bool,
    rounds: u32,
    salt: String,
    /// As it is written.
    hash: String,
}

impl ShaCryptHash {
    pub(super) fn read(text: &str) -> Result<Self, Unusable> {
        let read = Self::parse(text).ok_or(Unusable::Malformed)?;
        if read.rounds > most::SHA_CRYPT_ROUNDS { Err(Unusable::TooMuchWork) } else { Ok(read) }
    }

    fn parse(text: &str) -> Option<Self> {
        let is_512 = text.starts_with("$6$");
        let mut parts = text.strip_prefix(if is_512 { "$6$" } else { "$5$" })?.split('$').peekable();
        let rounds = match parts.next_if(|part| part.starts_with("rounds=")) {
            Some(told) => {
                let digits = told.strip_prefix("rounds=")?;
                let fits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                // More than fits is more than is borne.
                fits.then(|| digits.parse().unwrap_or(u32::MAX).max(FEWEST_ROUNDS))?
            }
            None => USUAL_ROUNDS,
        };
        let (salt, hash) = (parts.next()?, parts.next()?);
        let length = if is_512 { 86 } else { 43 };
        let fits =
            parts.next().is_none() && hash.len() == length && hash.bytes().all(|b| ALPHABET.contains(&b));
        fits.then(|| Self { is_512, rounds, salt: salt.chars().take(16).collect(), hash: hash.to_owned() })
    }

    /// The work that it demands, in rounds.
    pub(super) fn work(&self) -> u64 {
        self.rounds.into()
    }

    pub(super) fn is_right(&self, password: &[u8]) -> bool {
        let Ok(params) = Params::new(self.rounds) else { return false };
        let salt = self.salt.as_bytes();
        let made = if self.is_512 {
            written(&sha512_crypt(password, salt, params), |(a, b, c)| (b + 1, c + 1, a + 1))
        } else {
            written(&sha256_crypt(password, salt, params), |(a, b, c)| (c + 1, a + 1, b + 1))
        };
        same(&made, self.hash.as_bytes())
    }
}

/// Writes a hash as crypt(3) does: three bytes at a time, from three thirds of it that `next` goes through, low bits first; what is
/// left over last.
fn written(hash: &[u8], next: impl Fn((usize, usize, usize)) -> (usize, usize, usize)) -> Vec<u8> {
    let third = hash.len() / 3;
    let byte = |at: usize| hash.get(at).map_or(0, |b| u32::from(*b));
    let mut out = Vec::with_capacity(86);
    let mut write = |bits: u32, count: usize| {
        let symbols = (0..count).filter_map(|n| ALPHABET.get((bits >> (6 * n) & 63) as usize));
        out.extend(symbols);
    };
    let mut at = (0, third, 2 * third);
    for _ in 0..third {
        write(byte(at.0) << 16 | byte(at.1) << 8 | byte(at.2), 4);
        at = next(at);
    }
    match hash.len() % 3 {
        2 => write(byte(3 * third + 1) << 8 | byte(3 * third), 3),
        1 => write(byte(3 * third), 2),
        _ => {}
    }
    out
}
