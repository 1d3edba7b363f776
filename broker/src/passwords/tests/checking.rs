//! The service.

use crate::passwords::{Busy, Checked, Heaviest, PasswordRules, Passwords, Unusable};
use broker_domain::secret::{Secret, SeededEntropy};
use std::sync::Arc;
use std::time::{Duration, Instant};

const OLD: &str = "sha256:muoi:15ed46c0ef3ac4b5f9ddd5d9ede36fd0a4b05be367e2bd6c3c2f58daaec31c8e";

fn rules() -> PasswordRules {
    PasswordRules { answer_after: Duration::ZERO, ..PasswordRules::default() }
}

fn passwords(rules: PasswordRules) -> Passwords {
    Passwords::new(rules, Arc::new(SeededEntropy::new(1))).unwrap()
}

fn ours() -> Secret {
    Secret::new("Mật khẩu số 1")
}

async fn check(passwords: &Passwords, hash: Option<&str>, password: &Secret) -> Checked {
    passwords.check(hash.map(Secret::new).as_ref(), password).await.unwrap()
}

/// An old hash becomes an argon2id one, by which the password is right too; that one stays as it is.
#[tokio::test]
async fn an_old_hash_is_upgraded_once() {
    let passwords = passwords(rules());
    let Checked::Right { upgrade: Some(new) } = check(&passwords, Some(OLD), &ours()).await else { panic!() };
    assert!(new.reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", new.reveal());
    assert_eq!(check(&passwords, Some(new.reveal()), &ours()).await, Checked::Right { upgrade: None });
    assert_eq!(check(&passwords, Some(new.reveal()), &Secret::new("other")).await, Checked::Wrong);
    assert_eq!(check(&passwords, Some(OLD), &Secret::new("other")).await, Checked::Wrong);
    // Another time, another salt.
    let Checked::Right { upgrade: Some(again) } = check(&passwords, Some(OLD), &ours()).await else {
        panic!()
    };
    assert_ne!(new, again);
    let made = passwords.hash(&ours()).await.unwrap();
    assert_eq!(check(&passwords, Some(made.reveal()), &ours()).await, Checked::Right { upgrade: None });
}

/// An argon2id hash of other work, or of the version before, is made anew.
#[tokio::test]
async fn other_work_is_upgraded_too() {
    let passwords = passwords(rules());
    let weak = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    let right = check(&passwords, Some(weak), &Secret::new("password")).await;
    assert!(matches!(right, Checked::Right { upgrade: Some(_) }), "{right:?}");
}

#[tokio::test]
async fn nothing_to_check_against_is_wrong() {
    let passwords = passwords(rules());
    for hash in [
        None,
        Some(""),
        Some("password"),
        Some("$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ] {
        assert_eq!(check(&passwords, hash, &Secret::new("password")).await, Checked::Wrong, "{hash:?}");
    }
}

/// A salt alone, hashed: the empty password would be right.
#[tokio::test]
async fn no_password_and_one_too_long_are_wrong() {
    let passwords = passwords(rules());
    let sha = |text: &str| {
        data_encoding::HEXLOWER
            .encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()).as_ref())
    };
    let empty = format!("sha256:muoi:{}", sha("muoi"));
    assert_eq!(check(&passwords, Some(&empty), &Secret::new("")).await, Checked::Wrong);
    for (length, right) in [(256, true), (257, false), (100_000, false)] {
        let password = "a".repeat(length);
        let hash = format!("sha256:muoi:{}", sha(&format!("muoi{password}")));
        let checked = check(&passwords, Some(&hash), &Secret::new(password)).await;
        assert_eq!(matches!(checked, Checked::Right { .. }), right, "{length}");
    }
    assert_eq!(passwords.hash(&Secret::new("")).await, Err(Busy));
}

/// Whatever there is to check against, one argon2id hash is made: the times are of one size.
#[tokio::test]
async fn the_time_tells_nothing() {
    let passwords = passwords(PasswordRules { memory_kib: 65_536, passes: 3, ..rules() });
    let new = passwords.hash(&ours()).await.unwrap();
    let wrong = Secret::new("other");
    let mut times = Vec::new();
    for hash in [
        None,
        Some(OLD),
        Some(new.reveal()),
        Some("garbage"),
        Some("$5$muoi$DyxkLLg5yZpJEy1EVwftBRITeu6S0OLzwHm5XiFTj72"),
    ] {
        let mut best = Duration::MAX;
        for password in [&wrong, &ours(), &wrong, &wrong] {
            let begun = Instant::now();
            check(&passwords, hash, password).await;
            best = best.min(begun.elapsed());
        }
        times.push(best);
    }
    let (least, most) = (times.iter().min().unwrap(), times.iter().max().unwrap());
    assert!(*least * 3 > *most && *least > Duration::from_millis(5), "{times:?}");
}

#[tokio::test]
async fn no_answer_comes_before_its_time() {
    let passwords = passwords(PasswordRules {
        answer_after: Duration::from_millis(700),
        memory_kib: 64,
        passes: 1,
        ..rules()
    });
    for hash in [None, Some(OLD)] {
        let begun = Instant::now();
        check(&passwords, hash, &ours()).await;
        assert!(begun.elapsed() >= Duration::from_millis(695), "{:?}", begun.elapsed());
    }
}

/// Of many hashes the slowest says how long a check takes here.
#[test]
fn the_heaviest_is_measured() {
    let rules = PasswordRules { memory_kib: 64, passes: 1, ..rules() };
    let with = |hashes: &[&str]| {
        let mut heaviest = Heaviest::default();
        for hash in hashes {
            heaviest.see(hash).unwrap();
        }
        heaviest.measure(&rules)
    };
    let light = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe";
    let heavy = "$2b$11$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe";
    assert_eq!(with(&[]), Duration::ZERO);
    let (alone, among) = (with(&[light, OLD]), with(&[light, heavy, OLD, light]));
    assert!(alone * 4 < among, "{alone:?} {among:?}");
    assert_eq!(Heaviest::default().see("$2b$15$abc"), Err(Unusable::Malformed));
}

/// So many at once; the next one waits its time and is refused. Who stops waiting for an answer does not give the turn back early.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_so_many_turns() {
    let heavy = PasswordRules {
        memory_kib: 131_072,
        passes: 8,
        at_once: 1,
        wait: Duration::from_millis(20),
        ..rules()
    };
    let passwords = passwords(heavy);
    let (first, password) = (passwords.clone(), ours());
    let under_way = tokio::spawn(async move { first.check(None, &password).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    under_way.abort();
    assert_eq!(passwords.check(None, &ours()).await, Err(Busy));
    assert_eq!(passwords.hash(&ours()).await, Err(Busy));
    // After the work is done there are turns again.
    let begun = Instant::now();
    while passwords.check(None, &ours()).await == Err(Busy) {
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
}

#[test]
fn rules_that_cannot_be_are_refused() {
    let refused = |rules| Passwords::new(rules, Arc::new(SeededEntropy::new(1))).is_err();
    assert!(!refused(rules()));
    assert!(refused(PasswordRules { memory_kib: 0, ..rules() }));
    assert!(refused(PasswordRules { passes: 0, ..rules() }));
    assert!(refused(PasswordRules { lanes: 0, ..rules() }));
    assert!(refused(PasswordRules { memory_kib: u32::MAX, ..rules() }));
    assert!(refused(PasswordRules { memory_kib: 262_144, passes: 100, ..rules() }));
}

#[test]
fn what_is_said_of_a_check_holds_no_secret() {
    let right = Checked::Right { upgrade: Some(Secret::new("$argon2id$…")) };
    assert!(!format!("{right:?}").contains("argon2id"));
}

/// So many wait for a turn; who comes after them is refused at once and not after the wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queue_is_bounded() {
    let heavy =
        PasswordRules { memory_kib: 131_072, passes: 8, at_once: 1, wait: Duration::from_secs(2), ..rules() };
    let passwords = passwords(heavy);
    let waiting: Vec<_> = (0..60)
        .map(|_| {
            let (passwords, password) = (passwords.clone(), ours());
            tokio::spawn(async move {
                let begun = Instant::now();
                (passwords.check(None, &password).await, begun.elapsed())
            })
        })
        .collect();
    let mut at_once = 0;
    for one in waiting {
        let (said, after) = one.await.unwrap();
        at_once += usize::from(said == Err(Busy) && after < Duration::from_secs(1));
    }
    // One has a turn, thirty-two wait, the rest does not.
    assert!((20..=27).contains(&at_once), "{at_once}");
}
