//! One sector takes over another's subjects, as when provinces merge.

mod merge;

pub use merge::{BadMerge, MergeCase, MergeStep, SectorMerge, check_merge, decide_merge};

#[cfg(test)]
mod tests;
