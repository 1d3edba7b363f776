//! Registered clients.

use super::error::{corrupt, failed};
use super::repository::{OnPostgres, OnSqlite, Pooled, Repository};
use crate::meter::statement;
use crate::sealing::Sealer;
use async_trait::async_trait;
use broker_domain::client::Client;
use broker_domain::ports::{Registrations, StoreError};
use broker_domain::secret::Secret;

const ALL: &str = "SELECT id, record, events_token FROM clients ORDER BY id";
const ADD: &str = "INSERT INTO clients (id, record, created_at, events_token) VALUES ($1, $2, $3, $4)";
const REPLACE: &str = "UPDATE clients SET record = $2, events_token = $3 WHERE id = $1";
const REVISION: &str = "SELECT value FROM revision WHERE one = 1";
/// Also the lock of whoever changes registrations or keys: it stands first in their transactions.
pub(super) const BUMP: &str = "UPDATE revision SET value = value + 1 WHERE one = 1";

/// What the token for a client's events endpoint is sealed for.
pub(super) fn events_token_place(client: &str) -> String {
    format!("clients/{client}/events_token")
}

/// Id, record, and the sealed token.
type Row = (String, String, Option<Vec<u8>>);

impl<D: Pooled> Repository<D> {
    fn client((id, record, token): Row, sealer: &Sealer) -> Result<Client, StoreError> {
        let mut client: Client =
            serde_json::from_str(&record).map_err(|_| corrupt("a registration does not read"))?;
        if let Some(sealed) = token {
            let token = sealer.open(&events_token_place(&id), &sealed)?;
            let token = str::from_utf8(&token).map_err(|_| corrupt("a registration does not read"))?;
            client.events_token = Some(Secret::new(token));
        }
        Ok(client)
    }

    fn sealed_token(&self, client: &Client) -> Result<Option<Vec<u8>>, StoreError> {
        let place = events_token_place(client.id.as_str());
        let seal = |token: &Secret| self.sealer.seal(&place, token.reveal().as_bytes());
        Ok(client.events_token.as_ref().map(seal).transpose()?)
    }
}

fn written(client: &Client) -> Result<String, StoreError> {
    serde_json::to_string(client).map_err(|_| corrupt("a registration cannot be written"))
}

macro_rules! registrations {
    ($($repository:ty),*) => {$(
        #[async_trait]
        impl Registrations for $repository {
            async fn all(&self) -> Result<Vec<Client>, StoreError> {
                let rows = statement(sqlx::query_as::<_, Row>(ALL).fetch_all(&self.reader)).await.map_err(failed)?;
                rows.into_iter().map(|row| Self::client(row, &self.sealer)).collect()
            }

            async fn add(&self, client: &Client) -> Result<(), StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                statement(sqlx::query(BUMP).execute(&mut *tx)).await.map_err(failed)?;
                let add = sqlx::query(ADD)
                    .bind(client.id.as_str())
                    .bind(written(client)?)
                    .bind(client.created_at.millis())
                    .bind(self.sealed_token(client)?);
                statement(add.execute(&mut *tx)).await.map_err(failed)?;
                statement(tx.commit()).await.map_err(failed)
            }

            async fn replace(&self, client: &Client) -> Result<bool, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                statement(sqlx::query(BUMP).execute(&mut *tx)).await.map_err(failed)?;
                let replace = sqlx::query(REPLACE)
                    .bind(client.id.as_str())
                    .bind(written(client)?)
                    .bind(self.sealed_token(client)?);
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
