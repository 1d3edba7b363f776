//! Sealing of what is kept (AES-256-GCM, several keys), and blind indexes by which sealed data is found again (HMAC-SHA-256, the
//! first 128 bits of it).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use broker_domain::ports::StoreError;
use broker_domain::secret::Entropy;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The format's first byte.
const VERSION: u8 = 1;
/// The bytes that a blind index keeps of its HMAC: enough that no two values ever share one, and half the size of every look-up.
const INDEX_LEN: usize = 16;

/// The keys of the stores: never logged, wiped from memory when dropped.
#[derive(Clone)]
pub struct StoreKeys {
    /// Sealing keys with their ids (1 to 32 bytes each): the first one seals, all open.
    pub sealing: Vec<(String, Zeroizing<[u8; 32]>)>,
    /// The keys of blind indexes.
    pub index: IndexKeys,
}

/// The keys of blind indexes: one, or two while one takes the other's place.
///
/// To change it: give every instance the new key as the other one; then swap the two everywhere; then let
/// [`crate::Stores::rekey`] run; then drop the old one. At every moment all instances share a key, so two of them never take one
/// person for two.
#[derive(Clone)]
pub struct IndexKeys {
    /// What is found and written by.
    pub current: Zeroizing<[u8; 32]>,
    /// What is found and written by as well.
    pub other: Option<Zeroizing<[u8; 32]>>,
}

impl<K: Into<Zeroizing<[u8; 32]>>> From<K> for IndexKeys {
    fn from(key: K) -> Self {
        Self { current: key.into(), other: None }
    }
}

impl fmt::Debug for IndexKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexKeys(…)")
    }
}

impl fmt::Debug for StoreKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKeys(…)")
    }
}

/// Why something does not open. All causes look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed record does not open")]
pub struct BadSeal;

impl From<BadSeal> for StoreError {
    fn from(bad: BadSeal) -> Self {
        Self::Corrupt(bad.to_string())
    }
}

/// Seals and opens. What is sealed for one place opens at no other: the place is authenticated with it.
#[derive(Clone)]
pub struct Sealer {
    keys: Arc<Vec<(String, LessSafeKey)>>,
    entropy: Arc<dyn Entropy>,
}

impl Sealer {
    /// Takes the keys; `None` when there is none, or an id is empty or longer than 32 bytes.
    pub fn new(keys: &StoreKeys, entropy: Arc<dyn Entropy>) -> Option<Self> {
        let parsed: Option<Vec<_>> = keys
            .sealing
            .iter()
            .map(|(id, key)| {
                let key = UnboundKey::new(&AES_256_GCM, key.as_slice()).ok()?;
                (1..=32).contains(&id.len()).then(|| (id.clone(), LessSafeKey::new(key)))
            })
            .collect();
        let keys = parsed.filter(|k| !k.is_empty())?;
        Some(Self { keys: Arc::new(keys), entropy })
    }

    /// The randomness that it draws nonces from: for ids of rows as well.
    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// Whether something was sealed with the key that seals now.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        self.keys.first().is_some_and(|(id, _)| parts(sealed).is_ok_and(|p| p.id == id.as_bytes()))
    }

    /// Seals `plain` for `place`: version, key id with its length, nonce, ciphertext with its tag.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, BadSeal> {
        let (id, key) = self.keys.first().ok_or(BadSeal)?;
        let mut nonce = [0u8; NONCE_LEN];
        self.entropy.fill(&mut nonce);
        let head = 2 + id.len() + NONCE_LEN;
        let mut out = Vec::with_capacity(head + plain.len() + key.algorithm().tag_len());
        out.push(VERSION);
        out.push(u8::try_from(id.len()).map_err(|_| BadSeal)?);
        out.extend_from_slice(id.as_bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plain);
        let text = out.get_mut(head..).ok_or(BadSeal)?;
        let (nonce, place) = (Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()));
        let tag = key.seal_in_place_separate_tag(nonce, place, text).map_err(|_| BadSeal)?;
        out.extend_from_slice(tag.as_ref());
        Ok(out)
    }

    /// Opens what was sealed for `place`, by whichever of the keys.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, BadSeal> {
        let Parts { id, nonce, text } = parts(sealed)?;
        let (_, key) = self.keys.iter().find(|(known, _)| known.as_bytes() == id).ok_or(BadSeal)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| BadSeal)?;
        let mut text = Zeroizing::new(text.to_vec());
        let length =
            key.open_in_place(nonce, Aad::from(place.as_bytes()), &mut text).map_err(|_| BadSeal)?.len();
        text.truncate(length);
        Ok(text)
    }
}

/// The id of the key that sealed a record, when it reads; its beginning is enough.
pub(crate) fn key_id(sealed: &[u8]) -> Option<&[u8]> {
    let (version, rest) = sealed.split_first()?;
    let (length, rest) = rest.split_first()?;
    let id = rest.get(..usize::from(*length))?;
    (*version == VERSION && !id.is_empty()).then_some(id)
}

/// A sealed record, taken apart.
struct Parts<'a> {
    id: &'a [u8],
    nonce: &'a [u8],
    text: &'a [u8],
}

fn parts(sealed: &[u8]) -> Result<Parts<'_>, BadSeal> {
    let (version, rest) = sealed.split_first().ok_or(BadSeal)?;
    let (length, rest) = rest.split_first().ok_or(BadSeal)?;
    let (id, rest) = rest.split_at_checked(usize::from(*length)).ok_or(BadSeal)?;
    let (nonce, text) = rest.split_at_checked(NONCE_LEN).ok_or(BadSeal)?;
    if *version == VERSION { Ok(Parts { id, nonce, text }) } else { Err(BadSeal) }
}

/// Finds sealed data again without being readable: an HMAC of the value under each key in force, cut to 128 bits.
#[derive(Clone)]
pub struct BlindIndex {
    current: hmac::Key,
    other: Option<hmac::Key>,
}

/// A value's index under each key in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexes {
    /// Under the current key.
    pub current: Vec<u8>,
    /// Under the other one; the same as the current one when there is no other.
    pub other: Vec<u8>,
}

impl Indexes {
    /// Those that differ, in an order that is the same for everybody: whoever writes several takes their locks in it.
    pub fn distinct(&self) -> Vec<&[u8]> {
        let mut all = vec![self.current.as_slice(), self.other.as_slice()];
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl BlindIndex {
    /// Takes the keys.
    pub fn new(keys: &IndexKeys) -> Self {
        let key = |bytes: &Zeroizing<[u8; 32]>| hmac::Key::new(hmac::HMAC_SHA256, bytes.as_slice());
        Self { current: key(&keys.current), other: keys.other.as_ref().map(key) }
    }

    /// The indexes of bytes of one kind.
    pub fn of_bytes(&self, kind: &str, bytes: &[u8]) -> Indexes {
        self.of_parts(kind, &[bytes])
    }

    /// The indexes of several parts of one kind, which are kept apart by their lengths.
    pub fn of_parts(&self, kind: &str, parts: &[&[u8]]) -> Indexes {
        let current = index(&self.current, kind, parts);
        let other = self.other.as_ref().map_or_else(|| current.clone(), |key| index(key, kind, parts));
        Indexes { current, other }
    }

    /// The indexes of a value of one kind; several parts are kept apart by their lengths.
    pub fn of(&self, kind: &str, parts: &[&str]) -> Indexes {
        let parts: Vec<&[u8]> = parts.iter().map(|p| p.as_bytes()).collect();
        self.of_parts(kind, &parts)
    }
}

fn index(key: &hmac::Key, kind: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut context = hmac::Context::with_key(key);
    for part in std::iter::once(&kind.as_bytes()).chain(parts) {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    context.sign().as_ref().get(..INDEX_LEN).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests;
