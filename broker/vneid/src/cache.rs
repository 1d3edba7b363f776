//! Something that is fetched when first needed and kept for a while.
//!
//! ```text
//!   missing ──one fetches, all wait──► fresh ──time──► old ──more time──► missing
//!                                        ▲              │ serves at once, while one fetches beside
//!                                        └──────────────┘
//! ```

use broker_domain::clock::Timestamp;
use broker_domain::upstream::Refused;
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long something is kept, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CacheRules {
    /// For so long it is fresh.
    pub(crate) fresh: i64,
    /// For so long after it was fetched it serves while it cannot be fetched again.
    pub(crate) stale: i64,
    /// Fetches that nobody waits for are no closer than this, and those for something that is not in a copy neither.
    pub(crate) apart: i64,
}

type Fetch<T> = Box<dyn Fn(Timestamp) -> BoxFuture<'static, Result<T, Refused>> + Send + Sync>;

/// The cache of one thing. Clones share it.
pub(crate) struct Cached<T>(Arc<Inner<T>>);

struct Inner<T> {
    rules: CacheRules,
    fetch: Fetch<T>,
    // Whoever holds it fetches.
    flight: tokio::sync::Mutex<()>,
    state: Mutex<State<T>>,
}

struct State<T> {
    kept: Option<(Arc<T>, Timestamp)>,
    tried: Option<Timestamp>,
    forced: Option<Timestamp>,
    flights: u64,
    failed: Option<Refused>,
}

impl<T> Clone for Cached<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Send + Sync + 'static> Cached<T> {
    pub(crate) fn new(
        rules: CacheRules,
        fetch: impl Fn(Timestamp) -> BoxFuture<'static, Result<T, Refused>> + Send + Sync + 'static,
    ) -> Self {
        let state = Mutex::new(State { kept: None, tried: None, forced: None, flights: 0, failed: None });
        Self(Arc::new(Inner { rules, fetch: Box::new(fetch), flight: tokio::sync::Mutex::new(()), state }))
    }

    /// The thing: at once when there is a copy, old or not.
    ///
    /// # Errors
    /// When there is none and none can be fetched.
    pub(crate) async fn get(&self, now: Timestamp) -> Result<Arc<T>, Refused> {
        let (kept, refresh) = {
            let mut state = self.0.state();
            let kept = state.kept.clone().filter(|(_, at)| is_within(*at, now, self.0.rules.stale));
            let old = kept.as_ref().is_some_and(|(_, at)| !is_within(*at, now, self.0.rules.fresh));
            let refresh = old && !state.tried.is_some_and(|at| is_within(at, now, self.0.rules.apart));
            if refresh {
                state.tried = Some(now);
            }
            (kept, refresh)
        };
        let Some((value, _)) = kept else { return self.0.refresh(now).await };
        if refresh {
            let inner = self.0.clone();
            tokio::spawn(async move { inner.refresh(now).await.map(|_| ()) });
        }
        Ok(value)
    }

    /// Fetches again, because something is not in the copy; unless that was done a moment ago.
    ///
    /// # Errors
    /// When it cannot be fetched.
    pub(crate) async fn refresh(&self, now: Timestamp) -> Result<(), Refused> {
        let just_now = {
            let mut state = self.0.state();
            let just_now = state.forced.is_some_and(|at| is_within(at, now, self.0.rules.apart));
            if !just_now {
                state.forced = Some(now);
            }
            just_now
        };
        if just_now {
            // It may still be on its way.
            drop(self.0.flight.lock().await);
            return Ok(());
        }
        self.0.refresh(now).await.map(|_| ())
    }
}

impl<T> Inner<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn refresh(&self, now: Timestamp) -> Result<Arc<T>, Refused> {
        let before = self.state().flights;
        let _flight = self.flight.lock().await;
        {
            // Somebody came back while we waited: what they found is for all.
            let state = self.state();
            if state.flights != before {
                let found = state.kept.as_ref().map(|(value, _)| value.clone());
                return match (&state.failed, found) {
                    (None, Some(value)) => Ok(value),
                    (failed, _) => Err(failed
                        .clone()
                        .unwrap_or_else(|| broker_domain::upstream::UpstreamFailure::Unreachable.into())),
                };
            }
        }
        let outcome = (self.fetch)(now).await;
        let mut state = self.state();
        state.flights = state.flights.wrapping_add(1);
        state.tried = Some(now);
        match outcome {
            Ok(value) => {
                let value = Arc::new(value);
                state.kept = Some((value.clone(), now));
                state.failed = None;
                Ok(value)
            }
            Err(refused) => {
                state.failed = Some(refused.clone());
                Err(refused)
            }
        }
    }
}

/// Whether `at` lies less than `secs` back. A moment in the future does not: the clock was set back.
fn is_within(at: Timestamp, now: Timestamp, secs: i64) -> bool {
    (0..secs.saturating_mul(1000)).contains(&now.millis_since(at))
}

#[cfg(test)]
mod tests;
