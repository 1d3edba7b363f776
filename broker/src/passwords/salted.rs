//! One round of SHA with a salt: behind the password in `{SSHA}` and its kin, before it in `sha256:salt:hex`.

use super::parts::{Unusable, base64, same};
use aws_lc_rs::digest::{self, Algorithm, Context};
use data_encoding::HEXLOWER_PERMISSIVE;

/// A hash.
#[derive(Clone)]
pub(super) struct SaltedHash {
    algorithm: &'static Algorithm,
    salt: Vec<u8>,
    salt_first: bool,
    hash: Vec<u8>,
}

impl SaltedHash {
    /// `{SSHA}`, `{SSHA256}`, `{SSHA512}`: Base64 of the hash of password and salt, then the salt.
    pub(super) fn read_after(text: &str) -> Result<Self, Unusable> {
        Self::after(text).ok_or(Unusable::Malformed)
    }

    fn after(text: &str) -> Option<Self> {
        let (name, data) = text.strip_prefix('{')?.split_once('}')?;
        let algorithm = match name {
            "SSHA" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            "SSHA256" => &digest::SHA256,
            "SSHA512" => &digest::SHA512,
            _ => return None,
        };
        let mut hash = base64(data)?;
        // Without a salt it would be no salted hash.
        if hash.len() <= algorithm.output_len() {
            return None;
        }
        let salt = hash.split_off(algorithm.output_len());
        Some(Self { algorithm, salt, salt_first: false, hash })
    }

    /// `sha256:salt:hex`, `sha512:salt:hex`: the hash of salt and password. The salt is taken as it is written.
    pub(super) fn read_before(text: &str) -> Result<Self, Unusable> {
        Self::before(text).ok_or(Unusable::Malformed)
    }

    fn before(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (name, salt, hex) = (parts.next()?, parts.next()?, parts.next()?);
        let algorithm = match name {
            "sha256" => &digest::SHA256,
            "sha512" => &digest::SHA512,
            _ => return None,
        };
        let hash = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?;
        let fits = parts.next().is_none() && !salt.is_empty() && hash.len() == algorithm.output_len();
        fits.then(|| Self { algorithm, salt: salt.as_bytes().to_vec(), salt_first: true, hash })
    }

    pub(super) fn is_right(&self, password: &[u8]) -> bool {
        let mut context = Context::new(self.algorithm);
        let (first, second) = if self.salt_first { (&*self.salt, password) } else { (password, &*self.salt) };
        context.update(first);
        context.update(second);
        same(context.finish().as_ref(), &self.hash)
    }
}
