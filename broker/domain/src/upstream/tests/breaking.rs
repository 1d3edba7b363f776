use super::*;
use proptest::prelude::*;

const RULES: BreakerRules = BreakerRules { threshold: 3, within: 30, cool_down: 10 };

fn opened() -> Breaker {
    let mut b = Breaker::new(RULES);
    for _ in 0..3 {
        b.failed(NOW);
    }
    assert_eq!(b.health(NOW), Health::Open);
    b
}

#[test]
fn failures_in_a_row_open_it() {
    let mut b = Breaker::new(RULES);
    b.failed(NOW);
    b.failed(NOW);
    b.succeeded();
    b.failed(NOW);
    b.failed(NOW);
    assert!(b.may_send(NOW) && b.may_call(NOW));
    b.failed(NOW);
    assert!(!b.may_send(NOW) && !b.may_call(NOW));
    assert!(!b.may_call(NOW.plus_secs(9)));
}

#[test]
fn old_failures_are_forgotten() {
    let mut b = Breaker::new(RULES);
    b.failed(NOW);
    b.failed(NOW);
    b.failed(NOW.plus_secs(31));
    assert_eq!(b.health(NOW.plus_secs(31)), Health::Closed);
}

#[test]
fn half_open_lets_one_through() {
    let mut b = opened();
    let later = NOW.plus_secs(10);
    assert_eq!(b.health(later), Health::HalfOpen);
    assert!(b.may_send(later) && !b.may_send(later));
    assert!(b.may_call(later) && !b.may_call(later));
    b.abandoned();
    assert!(b.may_call(later), "who ended without a word makes room");
    assert!(b.may_send(later.plus_secs(10)), "one is sent in each cool-down");
    b.succeeded();
    assert_eq!(b.health(later), Health::Closed);
    assert!(b.may_send(later) && b.may_call(later));
}

#[test]
fn a_failure_half_open_opens_it_again() {
    let mut b = opened();
    let later = NOW.plus_secs(10);
    assert!(b.may_call(later));
    b.failed(later);
    assert_eq!(b.health(later.plus_secs(9)), Health::Open);
    assert_eq!(b.health(later.plus_secs(10)), Health::HalfOpen);
}

#[test]
fn late_answers_do_not_close_it() {
    let mut b = opened();
    b.succeeded();
    b.abandoned();
    assert_eq!(b.health(NOW.plus_secs(1)), Health::Open);
}

#[test]
fn a_call_that_never_ends_gives_way() {
    let mut b = opened();
    let later = NOW.plus_secs(10);
    assert!(b.may_call(later));
    assert!(!b.may_call(later.plus_secs(9)));
    assert!(b.may_call(later.plus_secs(10)));
}

#[test]
fn a_clock_that_is_set_back_does_not_keep_it_open() {
    let mut b = opened();
    assert!(b.may_call(NOW.plus_secs(-3600)));
}

#[test]
fn threshold_zero_never_opens() {
    let mut b = Breaker::new(BreakerRules { threshold: 0, ..RULES });
    for _ in 0..100 {
        b.failed(NOW);
    }
    assert!(b.may_call(NOW));
}

proptest! {
    /// Whatever happens, an upstream that has become well is reached again.
    #[test]
    fn it_always_recovers(steps in proptest::collection::vec((0u8..5, -20i64..20), 0..80)) {
        let mut b = Breaker::new(RULES);
        let (mut now, mut latest) = (NOW, NOW);
        for (what, secs) in steps {
            now = now.plus_secs(secs);
            latest = latest.max(now);
            match what {
                0 => b.failed(now),
                1 => b.succeeded(),
                2 => b.abandoned(),
                3 => { b.may_send(now); }
                _ => { b.may_call(now); }
            }
        }
        now = latest.plus_secs(RULES.cool_down);
        prop_assert!(b.may_call(now));
        b.succeeded();
        prop_assert_eq!(b.health(now), Health::Closed);
    }
}
