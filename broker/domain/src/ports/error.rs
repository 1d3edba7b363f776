//! How a store fails.

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is away, too slow or overloaded: trying later may help.
    #[error("store unavailable: {0}")]
    Unavailable(String),
    /// What it holds cannot be read: wrong key, wrong version, damage.
    #[error("stored record unreadable: {0}")]
    Corrupt(String),
    /// Something else of the same name is there.
    #[error("already there: {0}")]
    Conflict(String),
}
