//! How often something may be tried: counted for all instances together.

use super::error::StoreError;
use crate::clock::Timestamp;
pub use crate::limit::{Attempted, Limit, LimitName};
use async_trait::async_trait;

/// Limits of attempts.
///
/// A sliding window of single attempts: exact at every moment (a counter that starts anew each window lets twice as many through
/// around its edge, and a bucket that refills as many again within one window). It costs one small entry for each attempt that was
/// allowed, and so at most `most` for each name.
#[async_trait]
pub trait Limits: Send + Sync {
    /// Looks at all limits and counts one attempt under each, in one atomic round trip: of racers, exactly as many pass as the
    /// strictest limit allows. When one is exhausted none is counted. No limits always allow.
    async fn attempt(&self, limits: &[Limit], now: Timestamp) -> Result<Attempted, StoreError>;

    /// Forgets the attempts counted under these names: after one that succeeded.
    async fn forgive(&self, names: &[LimitName]) -> Result<(), StoreError>;

    /// Takes back the last attempt counted under this name: for one that came to nothing.
    async fn take_back(&self, name: &LimitName) -> Result<(), StoreError>;
}
