//! How often something may come: a sliding window of two counters, cheap enough for every request.
//!
//! ```text
//!        the window before       │       the window now
//!   ─────────────[══════════════ │ ═══════════════]──────────► time
//!                └ its share that still counts    └ now
//! ```
//! What came in the window before is taken to have come evenly. Unlike single attempts, which [`crate::limit`] counts exactly, a
//! name costs two numbers however often it comes.

use crate::clock::Timestamp;

/// The length of a window, in milliseconds.
pub const WINDOW_MS: i64 = 60_000;

/// What was counted under one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In the window before.
    pub previous: u64,
    /// In the window now.
    pub current: u64,
}

/// Whether something may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Allowed {
        /// How often after this one, if it came at once.
        remaining: u32,
        /// Seconds until the window ends, rounded up.
        reset_secs: u32,
    },
    /// It may not, and need not be counted.
    Limited {
        /// Milliseconds after which it may, if nothing else comes meanwhile.
        retry_ms: i64,
    },
}

/// The number of the window that a moment falls into.
pub const fn window(now: Timestamp) -> i64 {
    now.millis().div_euclid(WINDOW_MS)
}

/// Whether something of `weight` may come, at `most` so much in each stretch of a window's length.
///
/// `counts` are those of the window that `now` falls into and of the one before.
pub fn admit(most: u32, weight: u32, counts: Counts, now: Timestamp) -> Admission {
    let passed = now.millis().rem_euclid(WINDOW_MS);
    let (most_scaled, weight_scaled) = (scaled(most.into()), scaled(weight.into()));
    let free = most_scaled - estimate(counts, passed);
    if free >= weight_scaled {
        let remaining = (free - weight_scaled) / i128::from(WINDOW_MS);
        let reset = (WINDOW_MS - passed + 999) / 1000;
        return Admission::Allowed {
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            reset_secs: u32::try_from(reset).unwrap_or(1),
        };
    }
    Admission::Limited { retry_ms: retry_after(most_scaled - weight_scaled, counts, passed) }
}

/// A count times the length of a window, so that shares of it stay whole numbers.
fn scaled(count: u64) -> i128 {
    i128::from(count) * i128::from(WINDOW_MS)
}

/// What counts when so many milliseconds of a window have passed, scaled.
fn estimate(counts: Counts, passed: i64) -> i128 {
    i128::from(counts.previous) * i128::from(WINDOW_MS - passed) + scaled(counts.current)
}

/// After how many milliseconds no more counts than `room`, scaled.
fn retry_after(room: i128, counts: Counts, passed: i64) -> i64 {
    let in_this_window = room - scaled(counts.current);
    if in_this_window >= 0 {
        return share_left(in_this_window, counts.previous, passed) - passed;
    }
    // Not before the next one, in which what counts now is what was before.
    let until_next = WINDOW_MS - passed;
    until_next + if room < 0 { WINDOW_MS } else { share_left(room, counts.current, 0) }
}

/// The first moment of a window, not before `from`, at which no more than `room` is left of what came in the window before.
fn share_left(room: i128, previous: u64, from: i64) -> i64 {
    let left = room
        .checked_div(i128::from(previous))
        .map_or(WINDOW_MS, |left| i64::try_from(left).unwrap_or(WINDOW_MS).clamp(0, WINDOW_MS));
    (WINDOW_MS - left).max(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(7 * WINDOW_MS + ms)
    }

    const fn allowed(remaining: u32, reset_secs: u32) -> Admission {
        Admission::Allowed { remaining, reset_secs }
    }

    const fn limited(retry_ms: i64) -> Admission {
        Admission::Limited { retry_ms }
    }

    #[rstest]
    #[case::the_first(10, 1, 0, 0, 0, allowed(9, 60))]
    #[case::the_last(10, 1, 0, 9, 30_000, allowed(0, 30))]
    #[case::one_too_many(10, 1, 0, 10, 30_000, limited(36_000))]
    #[case::half_of_the_window_before(10, 1, 10, 4, 30_000, allowed(0, 30))]
    #[case::a_little_too_soon(10, 1, 10, 5, 30_000, limited(6_000))]
    #[case::all_of_the_window_before(10, 1, 10, 0, 0, limited(6_000))]
    #[case::the_end_of_a_window(10, 1, 10, 0, 59_999, allowed(8, 1))]
    #[case::a_heavy_one(10, 5, 0, 5, 0, allowed(0, 60))]
    #[case::a_heavy_one_too_many(10, 5, 0, 6, 0, limited(70_000))]
    #[case::heavier_than_the_limit(3, 5, 0, 0, 0, limited(120_000))]
    #[case::none_at_all(0, 1, 0, 0, 20_000, limited(100_000))]
    fn admissions(
        #[case] most: u32,
        #[case] weight: u32,
        #[case] previous: u64,
        #[case] current: u64,
        #[case] passed: i64,
        #[case] expected: Admission,
    ) {
        assert_eq!(admit(most, weight, Counts { previous, current }, at(passed)), expected);
    }

    #[test]
    fn windows_follow_each_other() {
        assert_eq!((window(at(0)), window(at(WINDOW_MS - 1)), window(at(WINDOW_MS))), (7, 7, 8));
        assert_eq!(window(Timestamp::from_millis(-1)), -1);
    }

    proptest! {
        /// Who comes as often as they can gets through no more than the limit, in each window and by the estimate.
        #[test]
        fn no_more_than_the_limit(most in 1u32..50, steps in proptest::collection::vec(1i64..20_000, 1..200)) {
            let (mut now, mut counts, mut at_window) = (0, Counts::default(), 0);
            for step in steps {
                now += step;
                let window_now = window(Timestamp::from_millis(now));
                match window_now - at_window {
                    0 => {}
                    1 => counts = Counts { previous: counts.current, current: 0 },
                    _ => counts = Counts::default(),
                }
                at_window = window_now;
                while let Admission::Allowed { .. } = admit(most, 1, counts, Timestamp::from_millis(now)) {
                    counts.current += 1;
                }
                prop_assert!(counts.current <= u64::from(most));
                prop_assert!(estimate(counts, now.rem_euclid(WINDOW_MS)) <= scaled(most.into()));
            }
        }

        /// Whoever waits as long as was said is let in, and not a moment sooner.
        #[test]
        fn waiting_helps(
            most in 1u32..1000, weight in 1u32..20, previous in 0u64..3000, current in 0u64..3000, passed in 0i64..WINDOW_MS,
        ) {
            prop_assume!(weight <= most);
            let counts = Counts { previous, current };
            if let Admission::Limited { retry_ms } = admit(most, weight, counts, at(passed)) {
                let then = |ms: i64| {
                    let moment = at(passed + ms);
                    let counts = match window(moment) - 7 {
                        0 => counts,
                        1 => Counts { previous: current, current: 0 },
                        _ => Counts::default(),
                    };
                    matches!(admit(most, weight, counts, moment), Admission::Allowed { .. })
                };
                prop_assert!(retry_ms > 0 && retry_ms <= 2 * WINDOW_MS);
                prop_assert!(then(retry_ms), "{retry_ms}");
                prop_assert!(!then(retry_ms - 1), "{retry_ms}");
            }
        }

        #[test]
        fn nothing_overflows(most: u32, weight: u32, previous: u64, current: u64, now: i64) {
            let _ = admit(most, weight, Counts { previous, current }, Timestamp::from_millis(now));
        }
    }
}
