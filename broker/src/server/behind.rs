//! How far this instance is behind: how late its timers fire, which is how long a task that is ready waits for a thread.
//!
//! ```text
//!   behind ≤ 1 × limit    everybody is let in
//!          > 1 ×          no new logins: who has not begun loses least, and each would bring several requests more
//!          > 2 ×          nothing but the steps of logins in flight
//!          > 3 ×          nothing
//! ```

use crate::paths;
use std::sync::Weak;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Time between two looks.
const EVERY: Duration = Duration::from_millis(50);
/// A look counts for so much of what is said, the ones before for the rest: one that is late by itself shuts out nobody.
const WEIGHT: u64 = 4;

/// How far behind, smoothed.
#[derive(Debug, Default)]
pub struct Behind(AtomicU64);

impl Behind {
    /// How far.
    pub fn by(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    /// A timer fired so late.
    pub(super) fn saw(&self, late: Duration) {
        // Timers are exact to a millisecond.
        let late = late.saturating_sub(Duration::from_millis(1));
        let late = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        let smooth = |before: u64| (before / WEIGHT).saturating_mul(WEIGHT - 1).saturating_add(late / WEIGHT);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |before| Some(smooth(before)));
    }

    /// Looks for as long as anybody wants to know, on one of so many threads; each of them looks.
    pub async fn watch(behind: Weak<Self>, threads: u32) {
        loop {
            let due = Instant::now() + EVERY * threads;
            sleep_until(due).await;
            let Some(behind) = behind.upgrade() else { return };
            behind.saw(due.elapsed());
        }
    }
}

/// What a request is for, as far as it matters who is refused first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// Begins a login.
    NewLogin,
    /// A step of a login in flight, or what its pages and tokens need.
    Step,
    /// Anything else.
    Other,
}

impl Errand {
    pub(super) fn of(path: &str) -> Self {
        let begins = |route: &str| path.starts_with(route.split('{').next().unwrap_or(route));
        match path {
            paths::AUTHORIZE => Self::NewLogin,
            paths::CALLBACK | paths::TOKEN | paths::JWKS | paths::OPENID_CONFIGURATION => Self::Step,
            _ if begins(paths::LOGIN) || begins(paths::ASSETS) => Self::Step,
            _ => Self::Other,
        }
    }
}

/// Whether a request is let in by an instance that is so far behind; a limit of zero lets everybody in.
pub(super) fn lets_in(errand: Errand, behind: Duration, limit: Duration) -> bool {
    let times = match errand {
        Errand::NewLogin => 1,
        Errand::Other => 2,
        Errand::Step => 3,
    };
    limit.is_zero() || behind <= limit * times
}

#[cfg(test)]
mod tests {
    use super::Errand::{NewLogin, Other, Step};
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, [true, true, true])]
    #[case(200, [true, true, true])]
    #[case(201, [false, true, true])]
    #[case(400, [false, true, true])]
    #[case(401, [false, false, true])]
    #[case(600, [false, false, true])]
    #[case(601, [false, false, false])]
    fn who_is_let_in(#[case] behind: u64, #[case] expected: [bool; 3]) {
        let ms = Duration::from_millis;
        assert_eq!([NewLogin, Other, Step].map(|e| lets_in(e, ms(behind), ms(200))), expected);
        assert_eq!([NewLogin, Other, Step].map(|e| lets_in(e, ms(behind), ms(0))), [true; 3]);
    }

    #[rstest]
    #[case("/oauth2/authorize", NewLogin)]
    #[case("/callback/vneid", Step)]
    #[case("/login/abc/choose", Step)]
    #[case("/login/abc", Step)]
    #[case("/assets/style.css", Step)]
    #[case("/oauth2/token", Step)]
    #[case("/oauth2/userinfo", Other)]
    #[case("/oauth2/introspect", Other)]
    #[case("/account", Other)]
    #[case("/", Other)]
    fn errands(#[case] path: &str, #[case] expected: Errand) {
        assert_eq!(Errand::of(path), expected);
    }

    /// One late timer is not taken for overload; lasting lateness is, within a second, and is over soon after.
    #[test]
    fn lateness_is_smoothed() {
        let (behind, ms) = (Behind::default(), Duration::from_millis);
        behind.saw(ms(500));
        assert!(behind.by() < ms(200), "{:?}", behind.by());
        for _ in 0..4 {
            behind.saw(ms(500));
        }
        assert!(behind.by() > ms(300), "{:?}", behind.by());
        for _ in 0..10 {
            behind.saw(ms(1));
        }
        assert!(behind.by() < ms(50), "{:?}", behind.by());
    }

    /// Tasks that do not give way make every other one wait.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn busy_threads_are_seen() {
        let behind = std::sync::Arc::new(Behind::default());
        tokio::spawn(Behind::watch(std::sync::Arc::downgrade(&behind), 1));
        let busy = tokio::spawn(async {
            let begun = std::time::Instant::now();
            while begun.elapsed() < Duration::from_secs(2) {
                let slice = std::time::Instant::now();
                while slice.elapsed() < Duration::from_millis(300) {
                    std::hint::spin_loop();
                }
                tokio::task::yield_now().await;
            }
        });
        busy.await.unwrap();
        assert!(behind.by() > Duration::from_millis(100), "{:?}", behind.by());
    }
}
