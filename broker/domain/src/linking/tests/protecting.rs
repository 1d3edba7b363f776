use crate::ids::{AccountId, Namespace};
use crate::linking::{Protection, Rate};
use crate::phone::Phone;
use crate::secret::{Hasher, SeededEntropy};
use proptest::prelude::*;
use rstest::rstest;
use std::collections::HashMap;
use std::net::IpAddr;

fn hasher() -> Hasher {
    Hasher::new(&[3; 32])
}

#[rstest]
#[case("203.162.4.190", "203.162.4.1", true)]
#[case("203.162.4.190", "203.162.5.190", false)]
#[case("::ffff:203.162.4.190", "203.162.4.7", true)]
#[case("2405:4800:1:2::1", "2405:4800:1:2:ffff::9", true)]
#[case("2405:4800:1:2::1", "2405:4800:1:3::1", false)]
fn networks(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
    let rules = Protection::default();
    let of = |text: &str| rules.network(&hasher(), text.parse::<IpAddr>().unwrap()).name;
    assert_eq!(of(one) == of(other), same);
}

#[rstest]
#[case("NguyenVanA", " nguyenvana ", true)]
#[case("nguyễnvăna", "nguye\u{302}\u{303}nva\u{306}na", true)]
#[case("nguyenvana", "nguyenvanb", false)]
fn accounts_by_the_name_that_was_typed(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
    let (rules, portal) = (Protection::default(), Namespace::new("cong-dvcqg"));
    let of = |name: &str| rules.account(&hasher(), &portal, name).name;
    assert_eq!(of(one) == of(other), same);
    assert_ne!(of(one), rules.account(&hasher(), &Namespace::new("vnpost"), one).name);
}

#[test]
fn an_attempt_counts_under_account_address_and_network() {
    let (rules, portal) = (Protection::default(), Namespace::new("cong-dvcqg"));
    let address: IpAddr = "::ffff:203.162.4.190".parse().unwrap();
    let all = rules.attempt(&hasher(), &portal, "nguyenvana", Some(address));
    assert_eq!(
        all.iter().map(|l| (l.most, l.window_secs)).collect::<Vec<_>>(),
        [(5, 900), (20, 900), (100, 900)]
    );
    assert_eq!(all[1], rules.address(&hasher(), "203.162.4.190".parse().unwrap()));
    assert_eq!(rules.attempt(&hasher(), &portal, "nguyenvana", None), all[..1]);
    for limit in &all {
        assert!(!limit.name.as_str().contains("nguyen") && !limit.name.as_str().contains("203"));
    }
    let phone = rules.phone(&hasher(), &Phone::parse("0912000001").unwrap());
    assert_eq!(phone, rules.phone(&hasher(), &Phone::parse("+84 912 000 001").unwrap()));
    assert_eq!((phone.most, phone.window_secs), (5, 86_400));
}

/// Questions use up no attempts on passwords.
#[test]
fn questions_count_apart_from_attempts() {
    let (rules, portal) = (Protection::default(), Namespace::new("cong-dvcqg"));
    let address: IpAddr = "203.162.4.190".parse().unwrap();
    let questions = rules.question(&hasher(), &AccountId::new("a"), Some(address));
    let attempts = rules.attempt(&hasher(), &portal, "a", Some(address));
    let rates = |all: &[crate::limit::Limit]| all.iter().map(|l| (l.most, l.window_secs)).collect::<Vec<_>>();
    assert_eq!(rates(&questions), rates(&attempts));
    assert!(questions.iter().all(|q| attempts.iter().all(|a| a.name != q.name)));
    assert_eq!(rules.question(&hasher(), &AccountId::new("a"), None), questions[..1]);
    assert_ne!(rules.question(&hasher(), &AccountId::new("b"), None), questions[..1]);
}

/// Another window counts anew under another name.
#[test]
fn a_name_belongs_to_one_window() {
    let rules = Protection::default();
    let other = Protection { per_account: Rate { most: 5, window_secs: 600 }, ..rules };
    let (portal, name) = (Namespace::new("cong-dvcqg"), "nguyenvana");
    assert_ne!(rules.account(&hasher(), &portal, name).name, other.account(&hasher(), &portal, name).name);
}

#[test]
fn every_digit_is_as_likely_as_any_other() {
    let (rules, entropy) = (Protection::default(), SeededEntropy::new(5));
    let mut counts: HashMap<char, u32> = HashMap::new();
    for _ in 0..5000 {
        for digit in rules.code(&entropy).reveal().chars() {
            *counts.entry(digit).or_default() += 1;
        }
    }
    assert_eq!(counts.len(), 10);
    assert!(counts.values().all(|n| (2700..3300).contains(n)), "{counts:?}");
}

proptest! {
    #[test]
    fn codes_have_their_length(seed in any::<u64>(), code_digits in 4_u32..=10) {
        let code = Protection { code_digits, ..Protection::default() }.code(&SeededEntropy::new(seed));
        prop_assert_eq!(code.reveal().len(), code_digits as usize);
        prop_assert!(code.reveal().bytes().all(|b| b.is_ascii_digit()));
    }
}
