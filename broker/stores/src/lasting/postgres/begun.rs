//! A transaction.

use super::lent::Lent;
use super::pool::PostgresPool;
use sqlx::{Executor, PgConnection};
use std::ops::{Deref, DerefMut};

/// A transaction on a connection of its own. It is rolled back when it is dropped before its end.
pub struct Begun(Lent);

impl PostgresPool {
    /// Begins a transaction.
    ///
    /// # Errors
    /// As [`PostgresPool::acquire`], and the database's.
    pub async fn begin(&self) -> sqlx::Result<Begun> {
        let mut lent = self.acquire().await?;
        // From here on, for it may begin without our hearing of it.
        lent.is_in_transaction = true;
        lent.execute("BEGIN").await?;
        Ok(Begun(lent))
    }
}

impl Begun {
    /// Ends it: what was changed stays.
    ///
    /// # Errors
    /// The database's. Whether it stays is then not known.
    pub async fn commit(self) -> sqlx::Result<()> {
        self.end("COMMIT").await
    }

    /// Ends it as if nothing had been done.
    ///
    /// # Errors
    /// The database's.
    pub async fn rollback(self) -> sqlx::Result<()> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, how: &'static str) -> sqlx::Result<()> {
        self.0.execute(how).await?;
        self.0.is_in_transaction = false;
        Ok(())
    }
}

impl Deref for Begun {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Begun {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}
