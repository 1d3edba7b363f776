//! PostgreSQL: the connections, and the server that is the primary.

mod begun;
mod executor;
mod lent;
mod pool;
mod primary;
mod shelf;

pub use begun::Begun;
pub use lent::Lent;
pub use pool::PostgresPool;

use primary::Primary;
use std::time::Duration;

/// Connections to the primary of the servers of a URL, which are led to another one when it becomes the primary.
///
/// # Errors
/// As [`super::Lasting::open`].
pub(super) async fn open(url: &str, connections: u32, wait: Duration) -> Result<PostgresPool, sqlx::Error> {
    let mut primary = Primary::parse(url, wait)?;
    let first = primary.find().await?;
    let pool = PostgresPool::open(first, connections, wait, primary.admit()).await?;
    primary.follow(&pool);
    Ok(pool)
}
