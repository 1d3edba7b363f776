//! Whether the program takes requests.
//!
//! ```text
//!   starting ──ready──► serving ──SIGTERM──► draining ──► gone
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// A stage of the program's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Not yet ready.
    Starting,
    /// As usual.
    Serving,
    /// About to end: readiness says no, connections are closed after their next answer.
    Draining,
}

/// The stage, shared by listeners, layers and health.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle(Arc<AtomicU8>);

impl Lifecycle {
    /// The stage now.
    pub fn stage(&self) -> Stage {
        match self.0.load(Ordering::Acquire) {
            0 => Stage::Starting,
            1 => Stage::Serving,
            _ => Stage::Draining,
        }
    }

    /// The program takes requests.
    pub fn serving(&self) {
        // A program that is about to end does not come back.
        let _ = self.0.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Acquire);
    }

    /// The program is about to end.
    pub fn draining(&self) {
        self.0.store(2, Ordering::Release);
    }
}
