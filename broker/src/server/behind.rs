//! How far this instance is behind: how late its timers fire, which is how long a task that is ready waits for a thread.
//!
//! ```text
//!   behind ≤ 1 × limit    everybody is let in
//!          > 1 ×          no new logins: who has not begun loses least, and each would bring several requests more
//!          > 2 ×          nothing but the steps of logins in flight
//!          > 3 ×          nothing
//! ```

use crate::paths;
use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Time between two looks.
const EVERY: Duration = Duration::from_millis(50);
/// A look counts for so much of what is said, the ones before for the rest: one that is late by itself shuts out nobody.
const WEIGHT: u64 = 4;

/// How far behind, smoothed, for each thread that looks: one that is busy refuses what comes to it, and no other does.
#[derive(Debug, Default)]
pub struct Behind(RwLock<Vec<Arc<AtomicU64>>>);

thread_local! {
    /// What this thread has seen, and for whom (by address).
    static OWN: RefCell<Option<(usize, Arc<AtomicU64>)>> = const { RefCell::new(None) };
}

impl Behind {
    /// How far this thread is; on a thread that does not look, the one that is furthest behind.
    pub fn by(&self) -> Duration {
        let own = self.own(|own| own.load(Ordering::Relaxed));
        let worst = || {
            let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
            all.iter().map(|of| of.load(Ordering::Relaxed)).max().unwrap_or(0)
        };
        Duration::from_micros(own.unwrap_or_else(worst))
    }

    fn own<T>(&self, look: impl FnOnce(&AtomicU64) -> T) -> Option<T> {
        let whose = std::ptr::from_ref(self).addr();
        OWN.with_borrow(|own| own.as_ref().filter(|(of, _)| *of == whose).map(|(_, own)| look(own)))
    }

    /// A timer fired so late on this thread.
    pub(super) fn saw(&self, late: Duration) {
        // Timers are exact to a millisecond.
        let late = late.saturating_sub(Duration::from_millis(1));
        let late = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        let smooth = |own: &AtomicU64| {
            let before = own.load(Ordering::Relaxed);
            let smoothed = (before / WEIGHT).saturating_mul(WEIGHT - 1).saturating_add(late / WEIGHT);
            own.store(smoothed, Ordering::Relaxed);
        };
        if self.own(smooth).is_none() {
            let own = Arc::<AtomicU64>::default();
            smooth(&own);
            OWN.set(Some((std::ptr::from_ref(self).addr(), own.clone())));
            self.0.write().unwrap_or_else(PoisonError::into_inner).push(own);
        }
    }

    /// Looks for as long as anybody wants to know. Only one may on each thread.
    pub async fn watch(behind: Weak<Self>) {
        loop {
            let due = Instant::now() + EVERY;
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

    /// A thread that is late refuses what comes to it; the others do not.
    #[test]
    fn each_thread_by_itself() {
        let behind = Behind::default();
        std::thread::scope(|scope| {
            let late = scope.spawn(|| {
                (0..40).for_each(|_| behind.saw(Duration::from_millis(600)));
                behind.by()
            });
            let late = late.join().unwrap();
            let idle = scope.spawn(|| {
                behind.saw(Duration::ZERO);
                behind.by()
            });
            assert!(late > Duration::from_millis(500), "{late:?}");
            assert_eq!(idle.join().unwrap(), Duration::ZERO);
            // Whoever shows it shows the worst.
            assert_eq!(behind.by(), late);
        });
    }

    /// Tasks that do not give way make every other one wait.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn busy_threads_are_seen() {
        let behind = std::sync::Arc::new(Behind::default());
        tokio::spawn(Behind::watch(std::sync::Arc::downgrade(&behind)));
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
