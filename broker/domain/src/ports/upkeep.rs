//! What keeps the database in order.

use super::error::StoreError;
use crate::clock::Timestamp;
use async_trait::async_trait;

/// What is over, and goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leftovers {
    /// What went out to nobody and was given up before this moment.
    pub given_up_before: Timestamp,
    /// What its destination refused for good before this moment, and no operator has looked after since.
    pub refused_before: Timestamp,
    /// Places of imports that nobody went on with since this moment. Whoever imports the file once more begins at its beginning, and
    /// comes to the same.
    pub imports_before: Timestamp,
}

/// How many connections there are to a database that has a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionCounts {
    /// Lent to somebody, or being made or ended.
    pub lent: u32,
    /// Resting.
    pub resting: u32,
    /// How many there may be.
    pub most: u32,
}

/// Scheduled jobs, as all instances see them, and what they clean up.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// The database's own clock, which is the same for all instances; `None` where it has none of its own, because it runs in the one
    /// process that uses it.
    async fn clock(&self) -> Result<Option<Timestamp>, StoreError>;

    /// This program's connections to the database; `None` where it runs in the process.
    fn connections(&self) -> Option<ConnectionCounts> {
        None
    }

    /// When each job succeeded last.
    async fn last_runs(&self) -> Result<Vec<(String, Timestamp)>, StoreError>;

    /// A job has succeeded. A moment earlier than the one that is kept changes nothing.
    async fn ran(&self, job: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Deletes up to `limit` rows of each sort, and says how many went. Never the audit log, citizens, accounts or links.
    async fn clean(&self, leftovers: &Leftovers, limit: i64) -> Result<u64, StoreError>;
}
