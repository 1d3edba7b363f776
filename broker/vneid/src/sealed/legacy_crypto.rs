//! RSA PKCS#1 v1.5 and AES in ECB mode: VNeID's choice, confined to this file, used for nothing else.
//!
//! PKCS#1 v1.5 is safe only while nobody can learn whether a padding was right. So the padding is judged in constant time, and a
//! wrong one leads on with a key made from the ciphertext and a secret of this process ("implicit rejection"): what follows
//! fails like any other damage, in the same place, with the same answer, after the same work.

use aws_lc_rs::hmac;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::symm::{Cipher, Crypter, Mode};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use zeroize::Zeroizing;

/// The longest key that AES takes.
const MAX_KEY: usize = 32;

/// Opens what was sealed to our key.
pub(super) struct Unsealer {
    rsa: Rsa<Private>,
    rejection: hmac::Key,
}

impl Unsealer {
    /// Takes the private key; `None` when it is no RSA key of at least 2048 bits.
    pub(super) fn new(pem: &str) -> Option<Self> {
        let rsa = PKey::private_key_from_pem(pem.as_bytes()).ok()?.rsa().ok()?;
        if rsa.size() < 256 {
            return None;
        }
        // The rejection secret hangs on the private key: nobody else can foretell what a bad padding leads to.
        let exponent = Zeroizing::new(rsa.d().to_vec());
        let rejection = hmac::Key::new(hmac::HMAC_SHA256, &exponent);
        Some(Self { rsa, rejection })
    }

    /// Opens `data` with the AES key that `wrapped` holds. `None`, whatever is wrong.
    pub(super) fn open(&self, data: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let size = usize::try_from(self.rsa.size()).ok()?;
        if wrapped.len() != size || data.is_empty() || !data.len().is_multiple_of(16) {
            return None;
        }
        let mut block = Zeroizing::new(vec![0u8; size]);
        // Fails only for a number beyond the modulus, which says nothing of the padding.
        self.rsa.private_decrypt(wrapped, &mut block, Padding::NONE).ok()?;
        let (key, length) = unpad(&block, hmac::sign(&self.rejection, wrapped).as_ref());
        decrypt(&key, length, data)
    }
}

/// The key within `00 02 <at least 8 non-zero bytes> 00 <key of 16, 24 or 32 bytes>`; the substitute when that is not what the block
/// is. The time taken does not tell which.
fn unpad(block: &[u8], substitute: &[u8]) -> (Zeroizing<[u8; MAX_KEY]>, usize) {
    let byte = |at: usize| block.get(at).copied().unwrap_or(0);
    let mut good = byte(0).ct_eq(&0) & byte(1).ct_eq(&2);
    // A key of one of three lengths has its separator at one of three places.
    let places = [16usize, 24, 32].map(|length| block.len().saturating_sub(length + 1));
    let mut separator_at = 0u32;
    let mut found = Choice::from(0);
    for at in 2..block.len() {
        let zero = byte(at).ct_eq(&0);
        let first = zero & !found;
        separator_at.conditional_assign(&u32::try_from(at).unwrap_or(0), first);
        found |= zero;
    }
    good &= found & separator_at.ct_gt(&9);
    let mut known = Choice::from(0);
    let mut length = 32u32;
    for (place, of) in places.into_iter().zip([16u32, 24, 32]) {
        let here = separator_at.ct_eq(&u32::try_from(place).unwrap_or(0));
        length.conditional_assign(&of, here & good);
        known |= here;
    }
    good &= known;
    length.conditional_assign(&32, !good);
    let mut key = Zeroizing::new([0u8; MAX_KEY]);
    for (length_is, of) in
        [16usize, 24, 32].into_iter().map(|of| (length.ct_eq(&u32::try_from(of).unwrap_or(0)) & good, of))
    {
        let from = block.len().saturating_sub(of);
        for (at, to) in key.iter_mut().enumerate().take(of) {
            to.conditional_assign(&byte(from + at), length_is);
        }
    }
    for (at, to) in key.iter_mut().enumerate() {
        to.conditional_assign(&substitute.get(at).copied().unwrap_or(0), !good);
    }
    (key, usize::try_from(length).unwrap_or(MAX_KEY))
}

/// AES-ECB with PKCS#7, whose padding is judged here, over the whole last block.
fn decrypt(key: &[u8; MAX_KEY], length: usize, data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = match length {
        16 => Cipher::aes_128_ecb(),
        24 => Cipher::aes_192_ecb(),
        _ => Cipher::aes_256_ecb(),
    };
    let mut crypter = Crypter::new(cipher, Mode::Decrypt, key.get(..length)?, None).ok()?;
    crypter.pad(false);
    let mut plain = Zeroizing::new(vec![0u8; data.len() + 16]);
    let written = crypter.update(data, &mut plain).ok()?;
    let rest = crypter.finalize(plain.get_mut(written..)?).ok()?;
    plain.truncate(written + rest);
    let pad = plain.last().copied()?;
    let mut good = !pad.ct_eq(&0) & !pad.ct_gt(&16);
    for (back, byte) in plain.iter().rev().take(16).enumerate() {
        let within = pad.ct_gt(&u8::try_from(back).unwrap_or(16));
        good &= !within | byte.ct_eq(&pad);
    }
    if !bool::from(good) {
        return None;
    }
    let end = plain.len().checked_sub(usize::from(pad))?;
    plain.truncate(end);
    Some(plain)
}

#[cfg(test)]
mod tests;
