use super::place::Place;
use super::table::Table;
use super::{Kind, RateLimiter, RateRules, Standing};
use crate::telemetry::Metrics;
use broker_domain::clock::{MockClock, Timestamp};
use broker_domain::ids::ClientId;
use broker_domain::ports::{Counts, RateCount, Rates, StoreError};
use broker_domain::rate::{Admission, WINDOW_MS};
use broker_domain::secret::Hasher;
use broker_stores::Memory;
use rstest::rstest;
use std::net::IpAddr;
use std::sync::Arc;

const NOW: Timestamp = Timestamp::from_millis(1_000 * WINDOW_MS);

fn limiter(address: u32) -> RateLimiter {
    RateLimiter::new(RateRules { address, client: 0 }, Arc::new(Metrics::new()))
}

fn ip(text: &str) -> Option<IpAddr> {
    Some(text.parse().unwrap())
}

fn hasher() -> Hasher {
    Hasher::new(&[1; 32])
}

/// How many of so many requests are let in.
fn let_in(limiter: &RateLimiter, tries: u32, now: Timestamp) -> u32 {
    (0..tries).map(|_| u32::from(!limiter.address(ip("203.0.113.9"), now).unwrap().exceeded)).sum()
}

struct Away;

#[async_trait::async_trait]
impl Rates for Away {
    async fn add(&self, _: &[RateCount]) -> Result<Vec<Counts>, StoreError> {
        Err(StoreError::Unavailable("away".to_owned()))
    }
}

#[rstest]
#[case::one_address("203.0.113.9", "203.0.113.9", true)]
#[case::mapped("203.0.113.9", "::ffff:203.0.113.9", true)]
#[case::a_neighbour("203.0.113.9", "203.0.113.8", false)]
#[case::one_subscriber("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", true)]
#[case::two_subscribers("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
fn places(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
    assert_eq!(Place::of(ip(one).unwrap()) == Place::of(ip(other).unwrap()), same);
}

#[rstest]
#[case("203.0.113.9", "203.0.113.200", true)]
#[case("203.0.113.9", "203.0.114.9", false)]
#[case("2001:db8:1:2::1", "2001:db8:1:ffff::1", true)]
#[case("2001:db8:1:2::1", "2001:db8:2:2::1", false)]
fn places_around(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
    assert_eq!(Place::around(ip(one).unwrap()) == Place::around(ip(other).unwrap()), same);
    assert_ne!(Place::around(ip(one).unwrap()), Place::of(ip(one).unwrap()));
}

#[test]
fn a_limit_is_kept_and_comes_back() {
    let limiter = limiter(20);
    assert_eq!(let_in(&limiter, 30, NOW), 20);
    let refused = limiter.address(ip("203.0.113.9"), NOW).unwrap();
    assert_eq!(
        refused,
        Standing { kind: Kind::Address, most: 20, remaining: 0, reset_secs: 63, exceeded: true }
    );
    assert!(!limiter.address(ip("203.0.113.10"), NOW).unwrap().exceeded);
    assert_eq!(let_in(&limiter, 30, NOW.plus_secs(62)), 0);
    assert_eq!(let_in(&limiter, 30, NOW.plus_secs(63)), 1);
    assert_eq!(let_in(&limiter, 30, NOW.plus_secs(180)), 20);
}

#[test]
fn without_a_limit_or_an_address_nothing_is_counted() {
    let (off, on) = (limiter(0), limiter(1));
    for _ in 0..5 {
        assert_eq!(off.address(ip("203.0.113.9"), NOW), None);
        assert_eq!(on.address(None, NOW), None);
        assert_eq!(off.failed_proof(ip("203.0.113.9"), None, NOW), None);
    }
    assert_eq!((off.names(), on.names()), (0, 0));
}

/// Failed proofs weigh ten times as much as dead tokens; neither touches the pages of who sits behind the same address.
#[test]
fn what_proves_nobody_counts_by_itself() {
    let (limiter, from) = (limiter(100), ip("203.0.113.9"));
    for _ in 0..50 {
        assert!(!limiter.dead_token(from, NOW).unwrap().exceeded);
    }
    for n in 0..8 {
        assert_eq!(limiter.failed_proof(from, None, NOW).is_some(), n >= 5, "{n}");
    }
    assert!(limiter.dead_token(from, NOW).unwrap().exceeded);
    assert!(!limiter.dead_token(ip("203.0.113.10"), NOW).unwrap().exceeded);
    assert_eq!(let_in(&limiter, 200, NOW), 100);
}

#[test]
fn guesses_are_counted_by_name_from_wherever_they_come() {
    let (limiter, client) = (limiter(0), ClientId::new("portal"));
    let exceeded = |n: u32| limiter.failed_proof(ip(&format!("203.0.113.{n}")), Some(&client), NOW).is_some();
    assert!((0..60).all(|n| !exceeded(n)) && exceeded(61));
}

/// Two instances let in the limit together, and a little more before they know of each other.
#[tokio::test]
async fn instances_share_their_counts() {
    let store = Memory::new(Arc::new(MockClock::at(NOW)));
    let (one, two) = (limiter(640), limiter(640));
    let mut sum = 0;
    for _ in 0..100 {
        sum += let_in(&one, 15, NOW) + let_in(&two, 15, NOW);
        one.exchange(&store, &hasher(), NOW).await.unwrap();
        two.exchange(&store, &hasher(), NOW).await.unwrap();
    }
    assert!((640..=640 + 2 * (640 / 64 + 15)).contains(&sum), "{sum}");
    // In the next window both know of the one before.
    let next = NOW.plus_secs(60);
    let sum = let_in(&one, 1000, next) + let_in(&two, 1000, next);
    assert!(sum <= 20, "{sum}");
}

/// Who comes seldom costs the store nothing.
#[tokio::test]
async fn few_requests_are_not_told() {
    let (limiter, store) = (limiter(640), Memory::new(Arc::new(MockClock::at(NOW))));
    assert_eq!(let_in(&limiter, 10, NOW), 10);
    limiter.exchange(&Away, &hasher(), NOW).await.unwrap();
    assert_eq!(let_in(&limiter, 1, NOW), 1);
    limiter.exchange(&Away, &hasher(), NOW).await.unwrap_err();
    limiter.exchange(&store, &hasher(), NOW).await.unwrap();
    limiter.exchange(&Away, &hasher(), NOW).await.unwrap();
}

/// While the store is away an instance limits by itself, and tells what it counted later.
#[tokio::test]
async fn a_store_that_is_away() {
    let store = Memory::new(Arc::new(MockClock::at(NOW)));
    let (one, two) = (limiter(100), limiter(100));
    assert_eq!(let_in(&one, 60, NOW), 60);
    for _ in 0..3 {
        one.exchange(&Away, &hasher(), NOW).await.unwrap_err();
    }
    assert_eq!(let_in(&one, 100, NOW), 40);
    one.exchange(&store, &hasher(), NOW).await.unwrap();
    let_in(&two, 2, NOW);
    two.exchange(&store, &hasher(), NOW).await.unwrap();
    assert_eq!(let_in(&two, 100, NOW), 0);
}

/// The table is bounded: beyond it, networks share a count. Names that do not come any more leave.
#[tokio::test]
async fn memory_is_bounded() {
    let table: Table<u32> = Table::with_room_for(160);
    for name in 0..100_000 {
        let _ = table.count(&name, 10, 1, NOW);
    }
    assert!(table.len() <= 160);
    assert_eq!(table.count(&100_001, 10, 1, NOW), None);
    table.sweep(NOW.plus_secs(60));
    assert_eq!(table.count(&100_001, 10, 1, NOW), None);
    table.sweep(NOW.plus_secs(120));
    assert_eq!(table.len(), 0);
    let counted = table.count(&100_001, 10, 1, NOW.plus_secs(120));
    assert_eq!(counted, Some(Admission::Allowed { remaining: 9, reset_secs: 60 }));
}

/// Requests of many threads at once, while counts are exchanged: as many are let in as the limit says.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once() {
    let (limiter, store) = (Arc::new(limiter(5_000)), Memory::new(Arc::new(MockClock::at(NOW))));
    let racers: Vec<_> = (0..4)
        .map(|_| {
            let limiter = limiter.clone();
            tokio::task::spawn_blocking(move || let_in(&limiter, 3_000, NOW))
        })
        .collect();
    while !racers.iter().all(tokio::task::JoinHandle::is_finished) {
        limiter.exchange(&store, &hasher(), NOW).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut sum = 0;
    for racer in racers {
        sum += racer.await.unwrap();
    }
    assert_eq!(sum, 5_000);
}

/// Who has a whole /48 of IPv6 does not come 65,536 times as often as others, and takes no more room; who is over their own limit in it
/// leaves the others theirs.
#[test]
fn a_wide_network_has_a_limit_too() {
    let limiter = limiter(10);
    let in_network = |n: u32| ip(&format!("2001:db8:1:{n:x}::1"));
    for _ in 0..500 {
        let _ = limiter.address(in_network(0), NOW);
    }
    let let_in: usize =
        (1..2_000).filter(|n| !limiter.address(in_network(*n), NOW).unwrap().exceeded).count();
    assert_eq!(let_in, 16 * 10 - 10);
    assert!(limiter.names() < 200, "{}", limiter.names());
    assert!(!limiter.address(ip("2001:db8:2::1"), NOW).unwrap().exceeded);
    assert!(!limiter.address(ip("203.0.113.9"), NOW).unwrap().exceeded);
}

/// What was counted at the end of a minute reaches the others in the next one, also when the store was away in between.
#[tokio::test]
async fn the_end_of_a_minute_is_told() {
    let store = Memory::new(Arc::new(MockClock::at(NOW)));
    for is_away in [false, true] {
        let (one, two) = (limiter(100), limiter(100));
        let end = NOW.plus_secs(if is_away { 659 } else { 59 });
        assert_eq!(let_in(&one, 60, end), 60);
        if is_away {
            one.exchange(&Away, &hasher(), end).await.unwrap_err();
        }
        let next = end.plus_secs(1);
        assert_eq!(let_in(&one, 1, next), 1);
        one.exchange(&store, &hasher(), next).await.unwrap();
        assert_eq!(let_in(&two, 2, next), 2);
        two.exchange(&store, &hasher(), next).await.unwrap();
        let sum = let_in(&two, 100, next);
        assert!(sum <= 100 - 60, "{sum}");
    }
}

/// While the store is away what is to be told grows no further than the names that are counted.
#[test]
fn the_queue_is_bounded() {
    let table: Table<u32> = Table::with_room_for(160);
    for minute in 0..50 {
        let now = NOW.plus_secs(60 * i64::from(minute));
        table.sweep(now);
        for name in 0..40 {
            let _ = table.count(&(1_000 * minute + name), 10, 1, now);
        }
        assert!(table.queued() <= table.len(), "{} {}", table.queued(), table.len());
    }
}
