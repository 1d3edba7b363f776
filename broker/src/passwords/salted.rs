//! One round of SHA: with a salt behind the password in `{SSHA}` and its kin, without one in `{SHA}`, and with one before or behind it
//! in `sha256:salt:hex` and `sha256:hex:salt`.

use super::parts::{Unusable, base64, same};
use aws_lc_rs::digest::{self, Algorithm, Context};
use data_encoding::HEXLOWER_PERMISSIVE;

/// A hash.
#[derive(Clone)]
pub(super) struct SaltedHash {
    algorithm: &'static Algorithm,
    /// The salt, and the hash: both ways where it cannot be told which is which.
    ways: Vec<Way>,
}

#[derive(Clone)]
struct Way {
    salt: Vec<u8>,
    salt_first: bool,
    hash: Vec<u8>,
}

fn named(name: &str) -> Option<&'static Algorithm> {
    Some(match name {
        "" | "1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        "256" => &digest::SHA256,
        "384" => &digest::SHA384,
        "512" => &digest::SHA512,
        _ => return None,
    })
}

impl SaltedHash {
    /// `{SSHA}`, `{SSHA256}`, `{SSHA384}`, `{SSHA512}`: Base64 of the hash of password and salt, then the salt. `{SHA}` and its kin:
    /// the hash alone.
    pub(super) fn read_ldap(text: &str) -> Result<Self, Unusable> {
        Self::ldap(text).ok_or(Unusable::Malformed)
    }

    fn ldap(text: &str) -> Option<Self> {
        let (name, data) = text.strip_prefix('{')?.split_once('}')?;
        let name = name.to_ascii_uppercase();
        let (bits, is_salted) = match name.strip_prefix("SSHA") {
            Some(bits) => (bits, true),
            None => (name.strip_prefix("SHA")?, false),
        };
        let algorithm = named(bits)?;
        let mut hash = base64(data)?;
        let length = algorithm.output_len();
        let fits = if is_salted { hash.len() > length } else { hash.len() == length };
        if !fits {
            return None;
        }
        let salt = hash.split_off(length);
        Some(Self { algorithm, ways: vec![Way { salt, salt_first: false, hash }] })
    }

    /// `sha256:salt:hex`: the hash of salt and password. `sha256:hex:salt`: of password and salt. The salt is taken as it is written.
    pub(super) fn read_hex(text: &str) -> Result<Self, Unusable> {
        Self::hex(text).ok_or(Unusable::Malformed)
    }

    fn hex(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("sha")?.split(':');
        let (bits, first, second) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || bits.is_empty() {
            return None;
        }
        let algorithm = named(bits)?;
        let way = |salt: &str, hex: &str, salt_first| {
            let hash = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?;
            let fits = !salt.is_empty() && hash.len() == algorithm.output_len();
            fits.then(|| Way { salt: salt.as_bytes().to_vec(), salt_first, hash })
        };
        // A salt may look like a hash.
        let ways: Vec<Way> =
            [way(first, second, true), way(second, first, false)].into_iter().flatten().collect();
        (!ways.is_empty()).then_some(Self { algorithm, ways })
    }

    pub(super) fn is_right(&self, password: &[u8]) -> bool {
        self.ways.iter().any(|Way { salt, salt_first, hash }| {
            let mut context = Context::new(self.algorithm);
            let (first, second) = if *salt_first { (&**salt, password) } else { (password, &**salt) };
            context.update(first);
            context.update(second);
            same(context.finish().as_ref(), hash)
        })
    }
}
