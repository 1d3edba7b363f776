//! What one request costs and is about, noted where it happens.
//!
//! The notes of a request are local to its task; work outside of a request notes nothing. Redis and SQL are counted by the
//! stores' own meter in the same way.

use super::recorded::{OwnStep, OwnWhat};
use broker_domain::ids::TraceId;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

tokio::task_local! {
    static IN_HAND: Arc<Notes>;
}

/// The notes of one request.
#[derive(Debug)]
pub(super) struct Notes {
    trace: TraceId,
    signatures: AtomicU64,
    upstream_calls: AtomicU64,
    upstream_micros: AtomicU64,
    client: OnceLock<String>,
    code: AtomicU16,
    steps: Option<Mutex<Vec<OwnStep>>>,
}

impl Notes {
    /// Of a request that begins.
    pub(super) fn new(trace: TraceId) -> Self {
        Self {
            trace,
            signatures: AtomicU64::new(0),
            upstream_calls: AtomicU64::new(0),
            upstream_micros: AtomicU64::new(0),
            client: OnceLock::new(),
            code: AtomicU16::new(0),
            steps: None,
        }
    }

    /// Of one that is traced: its steps are remembered.
    pub(super) fn traced(trace: TraceId) -> Self {
        Self { steps: Some(Mutex::default()), ..Self::new(trace) }
    }

    /// The steps so far; each is given once.
    pub(super) fn take_steps(&self) -> Vec<OwnStep> {
        let take = |steps: &Mutex<Vec<OwnStep>>| {
            std::mem::take(&mut *steps.lock().unwrap_or_else(PoisonError::into_inner))
        };
        self.steps.as_ref().map(take).unwrap_or_default()
    }

    fn step(&self, what: impl FnOnce() -> OwnWhat, began: Instant, took: Duration) {
        if let Some(steps) = &self.steps {
            let step = OwnStep { what: what(), began, took };
            steps.lock().unwrap_or_else(PoisonError::into_inner).push(step);
        }
    }

    /// Its trace id.
    pub(super) const fn trace(&self) -> &TraceId {
        &self.trace
    }

    /// Signatures made.
    pub(super) fn signatures(&self) -> u64 {
        self.signatures.load(Ordering::Relaxed)
    }

    /// Calls to upstreams.
    pub(super) fn upstream_calls(&self) -> u64 {
        self.upstream_calls.load(Ordering::Relaxed)
    }

    /// Time spent waiting for upstreams.
    pub(super) fn upstream(&self) -> Duration {
        Duration::from_micros(self.upstream_micros.load(Ordering::Relaxed))
    }

    /// The client that the request is about.
    pub(super) fn client(&self) -> Option<String> {
        self.client.get().cloned()
    }

    /// The code of the catalogue that the answer shows.
    pub(super) fn code(&self) -> Option<u16> {
        Some(self.code.load(Ordering::Relaxed)).filter(|c| *c != 0)
    }
}

/// Runs `future` with `notes` as those of the request in hand.
pub(super) fn scope<F: Future>(
    notes: Arc<Notes>,
    future: F,
) -> tokio::task::futures::TaskLocalFuture<Arc<Notes>, F> {
    IN_HAND.scope(notes, future)
}

/// The trace id of the request in hand.
pub(super) fn current_trace() -> Option<TraceId> {
    IN_HAND.try_with(|n| n.trace.clone()).ok()
}

/// Makes a signature, and counts it for the request in hand.
pub fn sign<T>(make: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let made = make();
    let _ = IN_HAND.try_with(|n| {
        n.signatures.fetch_add(1, Ordering::Relaxed);
        n.step(|| OwnWhat::Signature, began, began.elapsed());
    });
    made
}

/// Counts one call that took `time`, just ended, to one outside; nothing outside of a request. `peer` is its name in the configuration.
pub fn add_upstream(peer: &str, time: Duration) {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let _ = IN_HAND.try_with(|n| {
        n.upstream_calls.fetch_add(1, Ordering::Relaxed);
        n.upstream_micros.fetch_add(micros, Ordering::Relaxed);
        if let Some(began) = Instant::now().checked_sub(time) {
            n.step(|| OwnWhat::Call(peer.to_owned()), began, time);
        }
    });
}

/// Notes which registered client the request in hand is about; the first word stands. Never pass an id that a request merely
/// claims: it would go to the log.
pub fn note_client(client: &str) {
    let _ = IN_HAND.try_with(|n| n.client.set(client.to_owned()));
}

/// Notes the code of the catalogue (1 to 9999) that the answer to the request in hand shows; the last word stands.
pub fn note_code(code: u16) {
    let _ = IN_HAND.try_with(|n| n.code.store(code, Ordering::Relaxed));
}
