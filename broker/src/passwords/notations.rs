//! A hash, read: what must be computed to check a password against it.

use super::argon2id::Argon2Hash;
use super::bcrypt::BcryptHash;
use super::pbkdf2::Pbkdf2Hash;
use super::salted::SaltedHash;
use super::sha_crypt::ShaCryptHash;
use aws_lc_rs::constant_time;
use broker_domain::linking::Notation;
use data_encoding::BASE64_NOPAD;

/// Why no password can be checked against a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Its notation is none of ours.
    #[error("its notation is not known")]
    Unknown,
    /// It begins like one of ours and does not go on like it.
    #[error("it is damaged")]
    Malformed,
    /// It demands more memory or rounds than anybody is given.
    #[error("it demands too much work")]
    TooMuchWork,
}

/// A hash that passwords can be checked against.
#[derive(Clone)]
pub(super) enum Kept {
    Argon2(Argon2Hash),
    Bcrypt(BcryptHash),
    Pbkdf2(Pbkdf2Hash),
    ShaCrypt(ShaCryptHash),
    Salted(SaltedHash),
}

impl Kept {
    /// Reads a hash in any notation, and looks at the work that it demands.
    pub(super) fn read(text: &str) -> Result<Self, Unusable> {
        Ok(match Notation::of(text).ok_or(Unusable::Unknown)? {
            Notation::Argon2id => Self::Argon2(Argon2Hash::read(text)?),
            Notation::Bcrypt => Self::Bcrypt(BcryptHash::read(text)?),
            Notation::Pbkdf2 => Self::Pbkdf2(Pbkdf2Hash::read(text)?),
            Notation::ShaCrypt => Self::ShaCrypt(ShaCryptHash::read(text)?),
            Notation::SaltedSha => Self::Salted(SaltedHash::read_after(text)?),
            Notation::SaltBefore => Self::Salted(SaltedHash::read_before(text)?),
        })
    }

    /// Whether the password is right. Takes its time.
    pub(super) fn is_right(&self, password: &[u8]) -> bool {
        // bcrypt repeats its key, the zero that ends it included, and HMAC fills its key up with zeros: a password that holds one could
        // equal another.
        if password.contains(&0) {
            return false;
        }
        match self {
            Self::Argon2(hash) => hash.is_right(password),
            Self::Bcrypt(hash) => hash.is_right(password),
            Self::Pbkdf2(hash) => hash.is_right(password),
            Self::ShaCrypt(hash) => hash.is_right(password),
            Self::Salted(hash) => hash.is_right(password),
        }
    }
}

/// Whether passwords can be checked against a hash: for imports, which can say so of a row long before its owner comes.
///
/// # Errors
/// Says why not.
pub fn usable(hash: &str) -> Result<(), Unusable> {
    Kept::read(hash).map(|_| ())
}

/// Base64 as hashes hold it: with `+` or, in passlib's way, `.`; with padding or without.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').replace('.', "+");
    BASE64_NOPAD.decode(text.as_bytes()).ok()
}

/// Decimal digits alone, without a sign or a zero before them.
pub(super) fn number(text: &str) -> Option<u32> {
    let fits = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    fits.then(|| text.parse().ok()).flatten()
}

/// Whether two hashes are equal, in a time that depends on their lengths only.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}
