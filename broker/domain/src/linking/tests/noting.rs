use super::super::Notation;
use rstest::rstest;

#[rstest]
#[case("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", Some(Notation::Argon2id))]
#[case("$2b$12$abcdefghijklmnopqrstuuW1h5Vq9v8bE4j1jP1v5w1l8v5jO4a9W", Some(Notation::Bcrypt))]
#[case("$2y$10$abcdefghijklmnopqrstuuW1h5Vq9v8bE4j1jP1v5w1l8v5jO4a9W", Some(Notation::Bcrypt))]
#[case("$pbkdf2-sha256$i=10000,l=32$c2FsdA$aGFzaA", Some(Notation::Pbkdf2))]
#[case("$6$salt$hash", Some(Notation::ShaCrypt))]
#[case("{SSHA256}aGFzaHNhbHQ=", Some(Notation::SaltedSha))]
#[case(&format!("sha256:salt:{}", "ab".repeat(32)), Some(Notation::SaltBefore))]
#[case(&format!("sha512:salt:{}", "ab".repeat(64)), Some(Notation::SaltBefore))]
#[case(&format!("sha512:salt:{}", "ab".repeat(32)), None)]
#[case(&format!("sha256::{}", "ab".repeat(32)), None)]
#[case("5f4dcc3b5aa765d61d8327deb882cf99", None)]
#[case("password", None)]
#[case("$argon2i$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA", None)]
#[case("{SSHA}", None)]
#[case("$2b$", None)]
#[case("", None)]
#[case("$6$sa lt$hash", None)]
fn notations(#[case] hash: &str, #[case] notation: Option<Notation>) {
    assert_eq!(Notation::of(hash), notation);
}
