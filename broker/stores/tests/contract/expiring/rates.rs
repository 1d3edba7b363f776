//! Counters of rates.

use crate::samples::{ENTROPY, hash};
use broker_domain::ports::{Counts, LimitName, RateCount, Rates};
use broker_domain::rate::window;
use broker_domain::secret::{Hasher, random_text};

const RACERS: u64 = 32;

fn name() -> LimitName {
    LimitName::of(&Hasher::new(hash().as_bytes()), "address", &[&random_text(&ENTROPY, 8)])
}

fn count(name: &LimitName, window: i64, more: u32) -> RateCount {
    RateCount { name: name.clone(), window, more }
}

const fn counts(current: u64, previous: u64) -> Counts {
    Counts { previous, current }
}

async fn one(rates: &dyn Rates, name: &LimitName, window: i64, more: u32) -> Counts {
    rates.add(&[count(name, window, more)]).await.unwrap()[0]
}

on_each_expiring! {
    /// A window tells of itself and of the one before, and of no other.
    async fn windows_follow_each_other(bench) {
        let (rates, name, now) = (&*bench.rates, name(), window(bench.now()));
        assert_eq!(one(rates, &name, now, 3).await, counts(3, 0));
        assert_eq!(one(rates, &name, now, 4).await, counts(7, 0));
        assert_eq!(one(rates, &name, now + 1, 1).await, counts(1, 7));
        assert_eq!(one(rates, &name, now + 2, 0).await, counts(0, 1));
        assert_eq!(one(rates, &name, now + 4, 2).await, counts(2, 0));
        // An instance whose clock is behind is not forgotten.
        assert_eq!(one(rates, &name, now, 1).await, counts(8, 0));
    }

    /// Many at once, each answered in its place, one of them twice.
    async fn many_at_once(bench) {
        let (rates, now) = (&*bench.rates, window(bench.now()));
        let names: Vec<LimitName> = (0..300).map(|_| name()).collect();
        let mut all: Vec<RateCount> = names.iter().zip(1..).map(|(name, n)| count(name, now, n)).collect();
        all.push(count(&names[0], now, 10));
        let answers = rates.add(&all).await.unwrap();
        let mut expected: Vec<Counts> = (1..=300).map(|n| counts(n, 0)).collect();
        expected.push(counts(11, 0));
        assert_eq!(answers, expected);
        assert_eq!(rates.add(&[]).await.unwrap(), []);
    }

    /// What several instances add at once is all there.
    async fn nothing_is_lost(bench) {
        let (name, now) = (name(), window(bench.now()));
        let racers: Vec<_> = (0..RACERS)
            .map(|_| {
                let (rates, name) = (bench.rates.clone(), name.clone());
                tokio::spawn(async move { one(&*rates, &name, now, 5).await })
            })
            .collect();
        for racer in racers {
            racer.await.unwrap();
        }
        assert_eq!(one(&*bench.rates, &name, now, 0).await, counts(5 * RACERS, 0));
    }
}
