//! bcrypt: `$2a$`, `$2b$` and `$2y$`, which differ in bugs of programs that are long gone.

use super::parts::{Unusable, same};
use super::rules::most;
use aws_lc_rs::digest;
use data_encoding::{Encoding, HEXLOWER, Specification};
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// Bytes of a password that count: the algorithm takes no more.
const COUNT: usize = 72;

/// bcrypt's own Base64. Some programs leave bits behind the last byte.
static BASE64: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    spec.check_trailing_bits = false;
    spec.encoding().ok()
});

fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64.as_ref()?.decode(text.as_bytes()).ok()
}

/// A hash.
#[derive(Clone)]
pub(super) struct BcryptHash {
    cost: u32,
    salt: [u8; 16],
    /// 23 bytes: the last one of the algorithm's 24 is not written.
    hash: Vec<u8>,
    /// Whether it is of the password's SHA-256 in hex, which is how Django lets all of a long password count.
    of_sha256: bool,
}

impl BcryptHash {
    pub(super) fn read(text: &str) -> Result<Self, Unusable> {
        let read = Self::parse(text).ok_or(Unusable::Malformed)?;
        if read.cost > most::BCRYPT_COST { Err(Unusable::TooMuchWork) } else { Ok(read) }
    }

    /// `bcrypt_sha256$$2b$…`
    pub(super) fn read_of_sha256(text: &str) -> Result<Self, Unusable> {
        let inner = text.strip_prefix("bcrypt_sha256$").ok_or(Unusable::Malformed)?;
        Ok(Self { of_sha256: true, ..Self::read(inner)? })
    }

    /// The work that it demands, in rounds.
    pub(super) fn work(&self) -> u64 {
        1 << self.cost
    }

    fn parse(text: &str) -> Option<Self> {
        let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
        let (cost, data) = rest.split_once('$')?;
        let digits = cost.len() == 2 && cost.bytes().all(|b| b.is_ascii_digit());
        let cost = cost.parse().ok().filter(|cost| digits && (4..=31).contains(cost))?;
        if data.len() != 53 || !data.is_ascii() {
            return None;
        }
        let salt = base64(data.get(..22)?)?.try_into().ok()?;
        let hash = base64(data.get(22..)?).filter(|hash| hash.len() == 23)?;
        Some(Self { cost, salt, hash, of_sha256: false })
    }

    pub(super) fn is_right(&self, password: &[u8]) -> bool {
        // The byte that ends a text in C counts too.
        let mut key = Zeroizing::new(if self.of_sha256 {
            HEXLOWER.encode(digest::digest(&digest::SHA256, password).as_ref()).into_bytes()
        } else {
            password.to_vec()
        });
        key.push(0);
        key.truncate(COUNT);
        let made = Zeroizing::new(bcrypt::bcrypt(self.cost, self.salt, &key));
        made.get(..23).is_some_and(|made| same(made, &self.hash))
    }
}
