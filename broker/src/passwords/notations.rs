//! A hash, read: what must be computed to check a password against it.

use super::argon2id::Argon2Hash;
use super::bcrypt::BcryptHash;
use super::parts::Unusable;
use super::pbkdf2::Pbkdf2Hash;
use super::salted::SaltedHash;
use super::sha_crypt::ShaCryptHash;
use broker_domain::linking::Notation;

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
        let (notation, text) = Notation::of(text).ok_or(Unusable::Unknown)?;
        Ok(match notation {
            Notation::Argon2id => Self::Argon2(Argon2Hash::read(text)?),
            Notation::Bcrypt => Self::Bcrypt(BcryptHash::read(text)?),
            Notation::BcryptOfSha256 => Self::Bcrypt(BcryptHash::read_of_sha256(text)?),
            Notation::Pbkdf2 => Self::Pbkdf2(Pbkdf2Hash::read(text)?),
            Notation::DjangoPbkdf2 => Self::Pbkdf2(Pbkdf2Hash::read_django(text)?),
            Notation::SpringPbkdf2 => Self::Pbkdf2(Pbkdf2Hash::read_spring(text)?),
            Notation::AspNetIdentity => Self::Pbkdf2(Pbkdf2Hash::read_asp_net(text)?),
            Notation::ShaCrypt => Self::ShaCrypt(ShaCryptHash::read(text)?),
            Notation::Ldap => Self::Salted(SaltedHash::read_ldap(text)?),
            Notation::SaltAndHex => Self::Salted(SaltedHash::read_hex(text)?),
        })
    }

    /// Which of the ways of computing it is, and how much of its work it demands: comparable within one way.
    pub(super) fn work(&self) -> (usize, u64) {
        match self {
            Self::Argon2(hash) => (0, hash.work()),
            Self::Bcrypt(hash) => (1, hash.work()),
            Self::Pbkdf2(hash) => (2, hash.work()),
            Self::ShaCrypt(hash) => (3, hash.work()),
            Self::Salted(_) => (4, 1),
        }
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

/// Whether passwords can be checked against a hash: that can be said long before its owner comes.
///
/// # Errors
/// Says why not.
pub fn usable(hash: &str) -> Result<(), Unusable> {
    Kept::read(hash).map(|_| ())
}
