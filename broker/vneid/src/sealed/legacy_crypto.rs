//! RSA PKCS#1 v1.5 and AES in ECB mode: VNeID's choice, confined to this file, used for nothing else.
//!
//! PKCS#1 v1.5 is safe only while nobody can learn whether a padding was right. So the padding is judged in constant time, and a
//! wrong one leads on with a key made from the ciphertext and our private key ("implicit rejection"): what follows fails like any
//! other damage, in the same place, with the same answer, after the same work. That holds for the padding of the data too: it
//! is judged in constant time, and what it holds is read whether it was right or not.

use aws_lc_rs::hmac;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::symm::{Cipher, Crypter, Mode};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use zeroize::Zeroizing;

/// The longest key that AES takes, in bytes.
const MAX_KEY: usize = 32;
/// A block of AES, in bytes.
const BLOCK: usize = 16;
/// The shortest RSA key, in bytes.
const MIN_RSA: usize = 256;

/// Opens what was sealed to one of our keys.
pub(crate) struct Unsealer(Vec<OneKey>);

struct OneKey {
    rsa: Rsa<Private>,
    size: usize,
    rejection: hmac::Key,
}

impl Unsealer {
    /// Takes the private key in PEM; `None` when it is no RSA key of at least 2048 bits.
    pub(crate) fn new(pem: &str) -> Option<Self> {
        OneKey::read(pem).map(|key| Self(vec![key]))
    }

    /// Takes a second key, for what may still be sealed to it.
    pub(crate) fn add(&mut self, pem: &str) -> Option<()> {
        self.0.push(OneKey::read(pem)?);
        Some(())
    }

    /// Opens `data` with the AES key that `wrapped` holds, and reads it. `None`, whatever is wrong. With two keys, the one that
    /// fits is the one that gives something readable.
    pub(super) fn open<T>(
        &self,
        data: &[u8],
        wrapped: &[u8],
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Option<T> {
        self.0.iter().find_map(|key| key.open(data, wrapped, &read))
    }
}

impl OneKey {
    fn read(pem: &str) -> Option<Self> {
        let rsa = PKey::private_key_from_pem(pem.as_bytes()).ok()?.rsa().ok()?;
        let size = usize::try_from(rsa.size()).ok()?;
        if size < MIN_RSA || !rsa.check_key().ok()? {
            return None;
        }
        // The rejection secret hangs on the private key: nobody else can foretell what a bad padding leads to.
        let exponent = Zeroizing::new(rsa.d().to_vec());
        let rejection = hmac::Key::new(hmac::HMAC_SHA256, &exponent);
        Some(Self { rsa, size, rejection })
    }

    fn open<T>(&self, data: &[u8], wrapped: &[u8], read: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        if wrapped.len() != self.size || data.is_empty() || !data.len().is_multiple_of(BLOCK) {
            return None;
        }
        let mut block = Zeroizing::new(vec![0u8; self.size]);
        // Fails only for a number beyond the modulus, which says nothing of the padding.
        self.rsa.private_decrypt(wrapped, &mut block, Padding::NONE).ok()?;
        let (key, length) = unpad(&block, hmac::sign(&self.rejection, wrapped).as_ref());
        let (plain, good) = decrypt(&key, length, data)?;
        let found = read(&plain);
        if bool::from(good) { found } else { None }
    }
}

/// The key within `00 02 <at least 8 non-zero bytes> 00 <key of 16, 24 or 32 bytes>`; the substitute when that is not what the block
/// is. The time taken does not tell which.
fn unpad(block: &[u8], substitute: &[u8]) -> (Zeroizing<[u8; MAX_KEY]>, usize) {
    let byte = |at: usize| block.get(at).copied().unwrap_or(0);
    let mut good = byte(0).ct_eq(&0) & byte(1).ct_eq(&2);
    let mut separator_at = 0u32;
    let mut found = Choice::from(0);
    for at in 2..block.len() {
        let zero = byte(at).ct_eq(&0);
        separator_at.conditional_assign(&u32::try_from(at).unwrap_or(0), zero & !found);
        found |= zero;
    }
    good &= found & separator_at.ct_gt(&9);
    // A key of one of three lengths has its separator at one of three places.
    let mut length = 32u32;
    let mut key = Zeroizing::new([0u8; MAX_KEY]);
    let mut known = Choice::from(0);
    for of in [16u32, 24, 32] {
        let count = usize::try_from(of).unwrap_or(MAX_KEY);
        let from = block.len().saturating_sub(count);
        let here = separator_at.ct_eq(&u32::try_from(from.saturating_sub(1)).unwrap_or(0));
        known |= here;
        length.conditional_assign(&of, here & good);
        for (at, to) in key.iter_mut().enumerate().take(count) {
            to.conditional_assign(&byte(from.saturating_add(at)), here);
        }
    }
    good &= known;
    length.conditional_assign(&32, !good);
    for (at, to) in key.iter_mut().enumerate() {
        to.conditional_assign(&substitute.get(at).copied().unwrap_or(0), !good);
    }
    (key, usize::try_from(length).unwrap_or(MAX_KEY))
}

/// AES-ECB with PKCS#7, whose padding is judged over the whole last block. The whole is given when it is wrong.
fn decrypt(key: &[u8; MAX_KEY], length: usize, data: &[u8]) -> Option<(Zeroizing<Vec<u8>>, Choice)> {
    let cipher = match length {
        16 => Cipher::aes_128_ecb(),
        24 => Cipher::aes_192_ecb(),
        _ => Cipher::aes_256_ecb(),
    };
    let mut crypter = Crypter::new(cipher, Mode::Decrypt, key.get(..length)?, None).ok()?;
    crypter.pad(false);
    let mut plain = Zeroizing::new(vec![0u8; data.len().saturating_add(BLOCK)]);
    let written = crypter.update(data, &mut plain).ok()?;
    let rest = crypter.finalize(plain.get_mut(written..)?).ok()?;
    plain.truncate(written.saturating_add(rest));
    let pad = plain.last().copied()?;
    let mut good = !pad.ct_eq(&0) & !pad.ct_gt(&16);
    for (back, byte) in plain.iter().rev().take(BLOCK).enumerate() {
        let within = pad.ct_gt(&u8::try_from(back).unwrap_or(16));
        good &= !within | byte.ct_eq(&pad);
    }
    let end = plain.len().saturating_sub(usize::from(u8::conditional_select(&0, &pad, good)));
    plain.truncate(end);
    Some((plain, good))
}

#[cfg(test)]
mod tests;
