use super::super::Notation;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", Some(Notation::Argon2id))]
#[case("$2b$12$abcdefghijklmnopqrstuuW1h5Vq9v8bE4j1jP1v5w1l8v5jO4a9W", Some(Notation::Bcrypt))]
#[case("$2y$10$abcdefghijklmnopqrstuuW1h5Vq9v8bE4j1jP1v5w1l8v5jO4a9W", Some(Notation::Bcrypt))]
#[case("$pbkdf2-sha256$i=10000,l=32$c2FsdA$aGFzaA", Some(Notation::Pbkdf2))]
#[case("$pbkdf2$29000$c2FsdA$aGFzaA", Some(Notation::Pbkdf2))]
#[case("{PBKDF2-SHA512}29000$c2FsdA$aGFzaA", Some(Notation::Pbkdf2))]
#[case("{PBKDF2}29000$c2FsdA$aGFzaA", Some(Notation::Pbkdf2))]
#[case("{pbkdf2}00ff", Some(Notation::SpringPbkdf2))]
#[case("{pbkdf2@SpringSecurity_v5_8}00ff", Some(Notation::SpringPbkdf2))]
#[case("{pbkdf2@other}00ff", None)]
#[case("{PBKDF2-SHA3}29000$c2FsdA$aGFzaA", None)]
#[case("pbkdf2_sha256$260000$salt$aGFzaA==", Some(Notation::DjangoPbkdf2))]
#[case("pbkdf2_sha256$260000$salt", None)]
#[case("pbkdf2_md5$260000$salt$aGFzaA==", None)]
#[case("$6$salt$hash", Some(Notation::ShaCrypt))]
#[case("{SSHA256}aGFzaHNhbHQ=", Some(Notation::Ldap))]
#[case("{ssha384}aGFzaHNhbHQ=", Some(Notation::Ldap))]
#[case("{SHA}aGFzaA==", Some(Notation::Ldap))]
#[case("{MD5}aGFzaA==", None)]
#[case(&format!("sha256:salt:{}", "ab".repeat(32)), Some(Notation::SaltAndHex))]
#[case(&format!("sha256:{}:salt", "ab".repeat(32)), Some(Notation::SaltAndHex))]
#[case(&format!("sha512:salt:{}", "ab".repeat(64)), Some(Notation::SaltAndHex))]
#[case(&format!("sha512:salt:{}", "ab".repeat(32)), None)]
#[case(&format!("sha256::{}", "ab".repeat(32)), None)]
#[case(&format!("sha256:{}:", "ab".repeat(32)), None)]
#[case(&format!("sha256:salt:{}:x", "ab".repeat(32)), None)]
#[case(&format!("md5:salt:{}", "ab".repeat(16)), None)]
#[case(&format!("AQAAAAEAACcQ{}", "a".repeat(72)), Some(Notation::AspNetIdentity))]
#[case(&format!("AgAAAAEAACcQ{}", "a".repeat(72)), None)]
#[case("5f4dcc3b5aa765d61d8327deb882cf99", None)]
#[case("password", None)]
#[case("$argon2i$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA", None)]
#[case("{SSHA}", None)]
#[case("{noop}password", None)]
#[case("$2b$", None)]
#[case("", None)]
#[case("$6$sa lt$hash", None)]
fn notations(#[case] hash: &str, #[case] notation: Option<Notation>) {
    assert_eq!(Notation::of(hash).map(|(notation, _)| notation), notation);
}

/// What only says which notation follows is taken off.
#[rstest]
#[case("{bcrypt}$2a$10$x", Notation::Bcrypt, "$2a$10$x")]
#[case("{CRYPT}$6$salt$hash", Notation::ShaCrypt, "$6$salt$hash")]
#[case("{crypt}$2y$10$x", Notation::Bcrypt, "$2y$10$x")]
#[case("{argon2}$argon2id$v=19$m=8$s$h", Notation::Argon2id, "$argon2id$v=19$m=8$s$h")]
#[case("{argon2@SpringSecurity_v5_8}$argon2id$v=19$m=8$s$h", Notation::Argon2id, "$argon2id$v=19$m=8$s$h")]
#[case("argon2$argon2id$v=19$m=8$s$h", Notation::Argon2id, "$argon2id$v=19$m=8$s$h")]
#[case("bcrypt$$2b$10$x", Notation::Bcrypt, "$2b$10$x")]
#[case("{ldap}{SSHA}aGFzaA==", Notation::Ldap, "{SSHA}aGFzaA==")]
fn wrapped(#[case] hash: &str, #[case] notation: Notation, #[case] bare: &str) {
    assert_eq!(Notation::of(hash), Some((notation, bare)));
}

/// Nothing is unwrapped twice, nor is a plain text taken for a hash because of its wrapping.
#[rstest]
#[case("{bcrypt}{crypt}$2a$10$x")]
#[case("{bcrypt}password")]
#[case("{CRYPT}ab01FAX.bQRSU")]
#[case("{argon2}")]
#[case("argon2")]
fn not_wrapped(#[case] hash: &str) {
    assert_eq!(Notation::of(hash), None);
}

proptest! {
    /// Words and sentences are no hashes.
    #[test]
    fn odd_text_is_no_hash(text in "[a-zA-Z0-9 .,!@#%&*()_{}:ăâđêôơưạ-ỹ-]{0,40}") {
        prop_assume!(!text.to_lowercase().contains("sha") && !text.to_lowercase().contains("pbkdf2"));
        prop_assert_eq!(Notation::of(&text), None);
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        if let Some((_, bare)) = Notation::of(&text) {
            prop_assert!(text.ends_with(bare));
        }
    }
}
