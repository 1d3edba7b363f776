//! argon2id (RFC 9106), in the PHC string format.

use super::parts::{Unusable, base64, number, same};
use super::rules::{BadRules, PasswordRules, most};
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

/// Bytes of a new salt (RFC 9106, 3.1 recommends 16).
pub(super) const SALT: usize = 16;
/// Bytes of a new hash.
const OUTPUT: usize = 32;

/// The work of a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Work {
    /// The work of new hashes.
    pub(super) fn of(rules: &PasswordRules) -> Result<Self, BadRules> {
        let PasswordRules { memory_kib, passes, lanes, .. } = *rules;
        let work = Self { memory_kib, passes, lanes };
        if work.is_bearable() && work.params(OUTPUT).is_some() { Ok(work) } else { Err(BadRules) }
    }

    fn is_bearable(self) -> bool {
        self.memory_kib <= most::ARGON2_MEMORY_KIB
            && u64::from(self.memory_kib) * u64::from(self.passes) <= most::ARGON2_WORK_KIB
            && self.lanes <= most::ARGON2_LANES
    }

    fn params(self, output: usize) -> Option<Params> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(output)).ok()
    }

    fn compute(
        self,
        version: Version,
        password: &[u8],
        salt: &[u8],
        output: usize,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(vec![0; output]);
        let argon2 = Argon2::new(Algorithm::Argon2id, version, self.params(output)?);
        argon2.hash_password_into(password, salt, &mut out).ok()?;
        Some(out)
    }

    /// A new hash in the PHC string format.
    pub(super) fn make(self, password: &[u8], salt: &[u8; SALT]) -> Option<String> {
        let hash = self.compute(Version::V0x13, password, salt, OUTPUT)?;
        let Self { memory_kib, passes, lanes } = self;
        let (salt, hash) = (BASE64_NOPAD.encode(salt), BASE64_NOPAD.encode(&hash));
        Some(format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${hash}"))
    }
}

/// A hash.
#[derive(Clone)]
pub(super) struct Argon2Hash {
    version: Version,
    work: Work,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Argon2Hash {
    pub(super) fn read(text: &str) -> Result<Self, Unusable> {
        let read = Self::parse(text).ok_or(Unusable::Malformed)?;
        if !read.work.is_bearable() {
            return Err(Unusable::TooMuchWork);
        }
        // The rest of what the algorithm asks of its parameters.
        read.work.params(read.hash.len()).map(|_| read).ok_or(Unusable::Malformed)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$")?.split('$').peekable();
        // A hash without a version is of the one before the first that had a number.
        let version = match parts.next_if(|part| part.starts_with("v=")) {
            Some("v=19") => Version::V0x13,
            Some("v=16") | None => Version::V0x10,
            Some(_) => return None,
        };
        let mut costs = parts.next()?.split(',');
        let mut cost = |name: &str| number(costs.next()?.strip_prefix(name)?);
        let work = Work { memory_kib: cost("m=")?, passes: cost("t=")?, lanes: cost("p=")? };
        let (salt, hash) = (base64(parts.next()?)?, base64(parts.next()?)?);
        let fits = costs.next().is_none()
            && parts.next().is_none()
            && (8..=64).contains(&salt.len())
            && (16..=64).contains(&hash.len());
        fits.then_some(Self { version, work, salt, hash })
    }

    /// The work that it demands: memory times passes.
    pub(super) fn work(&self) -> u64 {
        u64::from(self.work.memory_kib) * u64::from(self.work.passes)
    }

    /// Whether it is as good as a new one would be.
    pub(super) fn is_as_new(&self, work: Work) -> bool {
        self.version == Version::V0x13
            && self.work == work
            && self.hash.len() >= OUTPUT
            && self.salt.len() >= SALT
    }

    pub(super) fn is_right(&self, password: &[u8]) -> bool {
        let made = self.work.compute(self.version, password, &self.salt, self.hash.len());
        made.is_some_and(|made| same(&made, &self.hash))
    }
}
