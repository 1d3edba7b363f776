//! Limits of attempts.

use crate::samples::{ENTROPY, hash};
use broker_domain::clock::Timestamp;
use broker_domain::ports::{Attempted, Limit, LimitName, Limits};
use broker_domain::secret::{Hasher, random_text};
use broker_stores::testing::ExpiringBench;

const RACERS: usize = 64;

fn name() -> LimitName {
    LimitName::of(&Hasher::new(hash().as_bytes()), "account", &["portal", &random_text(&ENTROPY, 8)])
}

pub(super) fn limit(most: u32, window_secs: i64) -> Limit {
    Limit { name: name(), most, window_secs }
}

async fn tried(limits: &dyn Limits, all: &[&Limit], now: Timestamp) -> Attempted {
    let all: Vec<Limit> = all.iter().map(|l| (*l).clone()).collect();
    limits.attempt(&all, now).await.unwrap()
}

const fn too_many(retry_at: Timestamp) -> Attempted {
    Attempted::TooMany { retry_at }
}

/// How many of several attempts at once pass.
async fn pass(bench: &ExpiringBench, limits: &[Limit]) -> usize {
    let racers: Vec<_> = (0..RACERS)
        .map(|_| {
            let (store, limits, now) = (bench.limits.clone(), limits.to_vec(), bench.now());
            tokio::spawn(async move { store.attempt(&limits, now).await.unwrap() })
        })
        .collect();
    let mut passed = 0;
    for racer in racers {
        passed += usize::from(racer.await.unwrap() == Attempted::Allowed);
    }
    passed
}

on_each_expiring! {
    /// As many as the limit says, and again when the oldest has left the window: at that very moment and not before.
    async fn a_window_slides(bench) {
        let (limits, only, begun) = (&*bench.limits, limit(3, 60), bench.now());
        for secs in [0, 10, 20] {
            assert_eq!(tried(limits, &[&only], begun.plus_secs(secs)).await, Attempted::Allowed);
        }
        assert_eq!(tried(limits, &[&only], begun.plus_secs(20)).await, too_many(begun.plus_secs(60)));
        let just_before = Timestamp::from_millis(begun.millis() + 59_999);
        assert_eq!(tried(limits, &[&only], just_before).await, too_many(begun.plus_secs(60)));
        assert_eq!(tried(limits, &[&only], begun.plus_secs(60)).await, Attempted::Allowed);
        assert_eq!(tried(limits, &[&only], begun.plus_secs(60)).await, too_many(begun.plus_secs(70)));
        // A long time later all of them are free.
        for _ in 0..3 {
            assert_eq!(tried(limits, &[&only], begun.plus_secs(500)).await, Attempted::Allowed);
        }
        assert_eq!(tried(limits, &[&only], begun.plus_secs(500)).await, too_many(begun.plus_secs(560)));
    }

    /// When one limit is exhausted nothing is counted under the others; the one that is free last says when.
    async fn all_or_none_is_counted(bench) {
        let (limits, now) = (&*bench.limits, bench.now());
        let (narrow, wide, other) = (limit(1, 60), limit(3, 600), limit(2, 3600));
        assert_eq!(tried(limits, &[&narrow, &wide], now).await, Attempted::Allowed);
        for _ in 0..10 {
            assert_eq!(tried(limits, &[&wide, &narrow, &other], now).await, too_many(now.plus_secs(60)));
        }
        // Of the three, one was counted; of the other, none.
        for _ in 0..2 {
            assert_eq!(tried(limits, &[&wide, &other], now).await, Attempted::Allowed);
        }
        assert_eq!(tried(limits, &[&narrow, &other, &wide], now).await, too_many(now.plus_secs(3600)));
        assert_eq!(tried(limits, &[&narrow, &wide], now).await, too_many(now.plus_secs(600)));
    }

    async fn names_do_not_touch_each_other(bench) {
        let (limits, now) = (&*bench.limits, bench.now());
        let (one, two) = (limit(1, 60), limit(1, 60));
        assert_eq!(tried(limits, &[&one], now).await, Attempted::Allowed);
        assert_eq!(tried(limits, &[&two], now).await, Attempted::Allowed);
        assert_eq!(tried(limits, &[&one], now).await, too_many(now.plus_secs(60)));
    }

    /// After a success what was counted under the names told is forgotten, and nothing else.
    async fn forgiving(bench) {
        let (limits, now) = (&*bench.limits, bench.now());
        let (account, phone, address) = (limit(2, 600), limit(2, 600), limit(3, 600));
        for _ in 0..2 {
            assert_eq!(tried(limits, &[&account, &phone, &address], now).await, Attempted::Allowed);
        }
        limits.forgive(&[account.name.clone(), phone.name.clone()]).await.unwrap();
        assert_eq!(tried(limits, &[&account, &phone, &address], now).await, Attempted::Allowed);
        assert_eq!(tried(limits, &[&account, &phone, &address], now).await, too_many(now.plus_secs(600)));
        assert_eq!(tried(limits, &[&account, &phone], now).await, Attempted::Allowed);
        limits.forgive(&[]).await.unwrap();
        limits.forgive(&[name()]).await.unwrap();
    }

    /// None at all always allow; one that allows none never does.
    async fn the_edges(bench) {
        let (limits, now) = (&*bench.limits, bench.now());
        assert_eq!(tried(limits, &[], now).await, Attempted::Allowed);
        let never = limit(0, 60);
        assert_eq!(tried(limits, &[&never], now).await, too_many(now.plus_secs(60)));
        assert_eq!(tried(limits, &[&never], now.plus_secs(60)).await, too_many(now.plus_secs(120)));
    }

    /// A limit that was lowered counts what was allowed before.
    async fn a_limit_can_be_lowered(bench) {
        let (limits, begun, mut only) = (&*bench.limits, bench.now(), limit(4, 60));
        for secs in 0..4 {
            assert_eq!(tried(limits, &[&only], begun.plus_secs(secs)).await, Attempted::Allowed);
        }
        only.most = 2;
        assert_eq!(tried(limits, &[&only], begun.plus_secs(10)).await, too_many(begun.plus_secs(62)));
        assert_eq!(tried(limits, &[&only], begun.plus_secs(61)).await, too_many(begun.plus_secs(62)));
        assert_eq!(tried(limits, &[&only], begun.plus_secs(62)).await, Attempted::Allowed);
    }

    /// What came to nothing is taken back, one at a time, and no more than there was.
    async fn what_came_to_nothing_is_taken_back(bench) {
        let (limits, now, only) = (&*bench.limits, bench.now(), limit(2, 600));
        limits.take_back(&only.name).await.unwrap();
        for _ in 0..2 {
            assert_eq!(tried(limits, &[&only], now).await, Attempted::Allowed);
        }
        limits.take_back(&only.name).await.unwrap();
        assert_eq!(tried(limits, &[&only], now).await, Attempted::Allowed);
        assert_eq!(tried(limits, &[&only], now).await, too_many(now.plus_secs(600)));
    }

    /// Of racers, exactly as many pass as the limit says.
    async fn exactly_so_many_pass(bench) {
        assert_eq!(pass(&bench, &[limit(5, 600)]).await, 5);
    }

    /// The strictest of several decides, and the others are counted as often as it let pass.
    async fn exactly_so_many_pass_several(bench) {
        let (account, address, network) = (limit(7, 600), limit(40, 900), limit(100, 3600));
        assert_eq!(pass(&bench, &[account.clone(), address.clone(), network.clone()]).await, 7);
        assert_eq!(pass(&bench, &[network.clone(), address.clone()]).await, 33);
        assert_eq!(pass(&bench, &[network]).await, 60);
        assert_eq!(pass(&bench, &[account, address]).await, 0);
    }
}

#[test]
fn names_hold_nothing_personal_and_differ() {
    let hasher = Hasher::new(&[1; 32]);
    let name = LimitName::of(&hasher, "account", &["cong-dvcqg", "nguyenvana"]);
    assert!(!name.as_str().contains("nguyen") && name.as_str().len() == 43);
    for (kind, parts) in [
        ("address", &["cong-dvcqg", "nguyenvana"][..]),
        ("account", &["cong-dvcqgn", "guyenvana"]),
        ("account", &["cong-dvcqg"]),
        ("accountcong-dvcqg", &["nguyenvana"]),
    ] {
        assert_ne!(LimitName::of(&hasher, kind, parts), name, "{kind} {parts:?}");
    }
    assert_ne!(LimitName::of(&Hasher::new(&[2; 32]), "account", &["cong-dvcqg", "nguyenvana"]), name);
}
