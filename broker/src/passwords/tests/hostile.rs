//! Any text as a hash, and any password.

use crate::passwords::notations::Kept;
use crate::passwords::usable;
use aws_lc_rs::{digest, pbkdf2};
use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER};
use proptest::prelude::*;
use std::num::NonZeroU32;

fn derived(password: &str, salt: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    let rounds = NonZeroU32::new(10).unwrap();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, password.as_bytes(), &mut out);
    out
}

/// A hash of a password in each cheap notation.
fn hashes(password: &str, salt: &[u8]) -> Vec<String> {
    let salt_text = HEXLOWER.encode(salt);
    let out = derived(password, salt);
    let sha = |parts: &[&[u8]]| digest::digest(&digest::SHA256, &parts.concat());
    let mut after = sha(&[password.as_bytes(), salt]).as_ref().to_vec();
    after.extend(salt);
    vec![
        format!("$pbkdf2-sha256$10${}${}", BASE64_NOPAD.encode(salt), BASE64_NOPAD.encode(&out)),
        format!("pbkdf2_sha256$10${salt_text}${}", BASE64.encode(&derived(password, salt_text.as_bytes()))),
        format!("{{SSHA256}}{}", BASE64.encode(&after)),
        format!("{{SHA256}}{}", BASE64.encode(sha(&[password.as_bytes()]).as_ref())),
        format!(
            "sha256:{}:{salt_text}",
            HEXLOWER.encode(sha(&[password.as_bytes(), salt_text.as_bytes()]).as_ref())
        ),
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
            Just("sha256:"), Just(""), Just("pbkdf2_sha256$"), Just("bcrypt_sha256$$2b$"), Just("AQAAAAEAACcQAAAAE"), Just("{pbkdf2}"),
            Just("{PBKDF2-SHA256}"), Just("{bcrypt}$2b$"), Just("{CRYPT}$6$"), Just("{argon2}$argon2id$v=19$"), Just("{SHA384}")
        ],
        rest in "[ -~é]{0,120}",
    ) {
        let _ = usable(&format!("{begin}{rest}"));
    }

    /// What is nearly a hash: a byte of a good one taken out, put in or changed. What still reads costs little, and is computed.
    #[test]
    fn near_misses_never_panic(which in 0_usize..10, at in 0_usize..120, with in "[ -~]?") {
        let good = [
            "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$5$rounds=1000$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
            "$pbkdf2-sha1$10$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE",
            "{SSHA}jsuvCaXyZ6o8ARkFfDYitF0d7fIBAm11b2k=",
            "{PBKDF2-SHA256}10$c2FsdA$R5NURif/bYs6X/pdoL04ZeJDAlT1vOAX/aGMN8y7ShM",
            "pbkdf2_sha1$10$JjZ0bDNlY1lr$cQELn4WPeBiRIZiMraiIpnCt6UE=",
            "AAABAgMEBQYHCAkKCwwNDg98NqaiLm+wi1rRHMm9cMBpGqoWb3xlsOlY2zi75V8wew==",
            "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuu2mbLj1l5B8woiiCPpHejuiuaAIRe9f.",
            "sha1:bf3c2a4eed549700c51fc0123f875a61a73656c8:muoi",
        ][which];
        let at = at.min(good.len() - 1);
        let (before, after) = good.split_at(at);
        let changed = format!("{before}{with}{}", after.get(1..).unwrap_or_default());
        // A digit more may demand a second of work: it reads, and that is enough to know.
        // Nor does any text match that nobody hashed.
        if let Ok(kept) = Kept::read(&changed) && changed.len() <= good.len() && !with.chars().any(|c| c.is_ascii_digit()) {
            prop_assert!(!kept.is_right(b"password"), "{}", changed);
        }
    }
}
