//! What all notations share.

use aws_lc_rs::constant_time;
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
