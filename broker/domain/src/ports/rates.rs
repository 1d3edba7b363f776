//! How often something comes: counted for all instances together.

use super::error::StoreError;
use crate::limit::LimitName;
pub use crate::rate::Counts;
use async_trait::async_trait;

/// What one instance has counted under a name since it last told the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateCount {
    /// Under what.
    pub name: LimitName,
    /// In which window ([`crate::rate::window`]).
    pub window: i64,
    /// How much.
    pub more: u32,
}

/// Counters of windows.
#[async_trait]
pub trait Rates: Send + Sync {
    /// Adds to counters, all in one round trip, and tells for each what all instances have counted in its window and in the one
    /// before, in the same order. Counters are forgotten once they can no longer be asked for.
    ///
    /// A command that is repeated because its connection dropped may count twice: a limit then bites a little sooner for a minute,
    /// which is cheaper than remembering requests.
    async fn add(&self, counts: &[RateCount]) -> Result<Vec<Counts>, StoreError>;
}
