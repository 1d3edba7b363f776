//! Any text as a hash, and any password.

use crate::passwords::notations::Kept;
use crate::passwords::usable;
use aws_lc_rs::{digest, pbkdf2};
use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER};
use proptest::prelude::*;
use std::num::NonZeroU32;

/// A hash of a password in each cheap notation.
fn hashes(password: &str, salt: &[u8]) -> Vec<String> {
    let salt_text = HEXLOWER.encode(salt);
    let mut out = [0; 32];
    let rounds = NonZeroU32::new(10).unwrap();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, password.as_bytes(), &mut out);
    let sha = |parts: &[&[u8]]| digest::digest(&digest::SHA256, &parts.concat());
    let mut after = sha(&[password.as_bytes(), salt]).as_ref().to_vec();
    after.extend(salt);
    vec![
        format!("$pbkdf2-sha256$10${}${}", BASE64_NOPAD.encode(salt), BASE64_NOPAD.encode(&out)),
        format!("{{SSHA256}}{}", BASE64.encode(&after)),
        format!(
            "sha256:{salt_text}:{}",
            HEXLOWER.encode(sha(&[salt_text.as_bytes(), password.as_bytes()]).as_ref())
        ),
    ]
}

proptest! {
    #[test]
    fn the_right_one_is_taken_and_any_other_refused(
        password in "\\PC{1,40}", other in "\\PC{1,40}", salt in proptest::collection::vec(any::<u8>(), 1..20),
    ) {
        for hash in hashes(&password, &salt) {
            let kept = Kept::read(&hash);
            let kept = kept.as_ref().map_err(|why| TestCaseError::fail(format!("{hash}: {why}")))?;
            prop_assert!(kept.is_right(password.as_bytes()), "{hash}");
            prop_assert_eq!(kept.is_right(other.as_bytes()), other == password, "{}", hash);
        }
    }

    #[test]
    fn garbage_never_panics(
        begin in prop_oneof![
            Just("$argon2id$v=19$"), Just("$2b$"), Just("$5$"), Just("$6$rounds="), Just("$pbkdf2-sha512$"), Just("{SSHA}"),
            Just("sha256:"), Just("")
        ],
        rest in "[ -~é]{0,120}",
    ) {
        let _ = usable(&format!("{begin}{rest}"));
    }

    /// What is nearly a hash: a byte of a good one taken out, put in or changed. What still reads costs little, and is computed.
    #[test]
    fn near_misses_never_panic(which in 0_usize..5, at in 0_usize..70, with in "[ -~]?") {
        let good = [
            "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$5$rounds=1000$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
            "$pbkdf2-sha1$10$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE",
            "{SSHA}jsuvCaXyZ6o8ARkFfDYitF0d7fIBAm11b2k=",
        ][which];
        let at = at.min(good.len() - 1);
        let (before, after) = good.split_at(at);
        let changed = format!("{before}{with}{}", after.get(1..).unwrap_or_default());
        // A digit more may demand a second of work: it reads, and that is enough to know.
        if let Ok(kept) = Kept::read(&changed) && changed.len() <= good.len() && !with.chars().any(|c| c.is_ascii_digit()) {
            let _ = kept.is_right(b"password");
        }
    }
}
