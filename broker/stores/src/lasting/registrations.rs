//! Registered clients.

use super::error::{corrupt, failed};
use super::repository::{OnPostgres, OnSqlite};
use crate::meter::statement;
use async_trait::async_trait;
use broker_domain::client::Client;
use broker_domain::ports::{Registrations, StoreError};

const ALL: &str = "SELECT record FROM clients ORDER BY id";
const ADD: &str = "INSERT INTO clients (id, record, created_at) VALUES ($1, $2, $3)";
const REPLACE: &str = "UPDATE clients SET record = $2 WHERE id = $1";
const REVISION: &str = "SELECT value FROM revision WHERE one = 1";
/// Also the lock of whoever changes registrations or keys: it stands first in their transactions.
pub(super) const BUMP: &str = "UPDATE revision SET value = value + 1 WHERE one = 1";

fn written(client: &Client) -> Result<String, StoreError> {
    serde_json::to_string(client).map_err(|_| corrupt("a registration cannot be written"))
}

macro_rules! registrations {
    ($($repository:ty),*) => {$(
        #[async_trait]
        impl Registrations for $repository {
            async fn all(&self) -> Result<Vec<Client>, StoreError> {
                let records: Vec<String> =
                    statement(sqlx::query_scalar(ALL).fetch_all(&self.reader)).await.map_err(failed)?;
                let read = |r: &String| serde_json::from_str(r).map_err(|_| corrupt("a registration does not read"));
                records.iter().map(read).collect()
            }

            async fn add(&self, client: &Client) -> Result<(), StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                statement(sqlx::query(BUMP).execute(&mut *tx)).await.map_err(failed)?;
                let add = sqlx::query(ADD)
                    .bind(client.id.as_str())
                    .bind(written(client)?)
                    .bind(client.created_at.millis());
                statement(add.execute(&mut *tx)).await.map_err(failed)?;
                statement(tx.commit()).await.map_err(failed)
            }

            async fn replace(&self, client: &Client) -> Result<bool, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                statement(sqlx::query(BUMP).execute(&mut *tx)).await.map_err(failed)?;
                let replace = sqlx::query(REPLACE).bind(client.id.as_str()).bind(written(client)?);
                let done = statement(replace.execute(&mut *tx)).await.map_err(failed)?.rows_affected() == 1;
                if done {
                    statement(tx.commit()).await.map_err(failed)?;
                } else {
                    statement(tx.rollback()).await.map_err(failed)?;
                }
                Ok(done)
            }

            async fn revision(&self) -> Result<i64, StoreError> {
                statement(sqlx::query_scalar(REVISION).fetch_one(&self.reader)).await.map_err(failed)
            }
        }
    )*};
}

registrations!(OnPostgres, OnSqlite);
