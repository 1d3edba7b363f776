//! Hashes that tokens carry of each other.

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;

use crate::algorithm::Algorithm;

/// `at_hash` (and `c_hash`, `s_hash`) of `token` in an id_token signed with `alg` (OpenID Connect Core 3.1.3.6):
/// base64url of the left half of the hash that the algorithm uses. Ed25519 hashes with SHA-512.
pub fn at_hash(alg: Algorithm, token: &str) -> String {
    let hash = match alg {
        Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256 => &digest::SHA256,
        Algorithm::EdDSA => &digest::SHA512,
    };
    let digest = digest::digest(hash, token.as_bytes());
    let bytes = digest.as_ref();
    let (left, _) = bytes.split_at_checked(bytes.len() / 2).unwrap_or((bytes, &[]));
    BASE64URL_NOPAD.encode(left)
}

/// SHA-256 in base64url.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(digest::digest(&digest::SHA256, bytes).as_ref())
}
