//! Signing keys: the private part sealed.

use super::error::{corrupt, failed};
use super::registrations::BUMP;
use super::repository::{OnPostgres, OnSqlite, Pooled, Repository};
use crate::meter::statement;
use async_trait::async_trait;
use broker_domain::client::SigningAlg;
use broker_domain::clock::Timestamp;
use broker_domain::ports::{KeyState, SigningKeys, StoreError, StoredKey};

const KEYS: &str = "SELECT kid, alg, state, private_jwk, created_at, changed_at FROM signing_keys
 WHERE state <> 'retired' ORDER BY created_at, kid";
const STATES: &str = "SELECT kid, state FROM signing_keys WHERE state <> 'retired'";
const ADD: &str = "INSERT INTO signing_keys (kid, alg, state, private_jwk, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6)";
const CHANGE: &str = "UPDATE signing_keys SET state = $2, changed_at = $3 WHERE kid = $1";

const FORGET: &str = "DELETE FROM signing_keys WHERE state = 'retired' AND changed_at < $1";

type Row = (String, String, String, Vec<u8>, i64, i64);

/// What a private part is sealed for.
pub(super) fn place(kid: &str) -> String {
    format!("signing_keys/{kid}/private_jwk")
}

impl<D: Pooled> Repository<D> {
    fn key(&self, row: Row) -> Result<StoredKey, StoreError> {
        let (kid, alg, state, sealed, created_at, changed_at) = row;
        let plain = self.sealer.open(&place(&kid), &sealed)?;
        let alg = SigningAlg::ALL
            .into_iter()
            .find(|a| a.as_str() == alg)
            .ok_or_else(|| corrupt("an algorithm does not read"))?;
        Ok(StoredKey {
            alg,
            state: KeyState::parse(&state).ok_or_else(|| corrupt("a key state does not read"))?,
            private_jwk: String::from_utf8(plain.to_vec()).map_err(|_| corrupt("a key does not read"))?,
            created_at: Timestamp::from_millis(created_at),
            changed_at: Timestamp::from_millis(changed_at),
            kid,
        })
    }
}

fn as_expected(stored: &[(String, String)], expected: &[(String, KeyState)]) -> bool {
    stored.len() == expected.len()
        && stored.iter().all(|(kid, state)| expected.iter().any(|(k, s)| k == kid && s.as_str() == state))
}

macro_rules! keys {
    ($($repository:ty),*) => {$(
        #[async_trait]
        impl SigningKeys for $repository {
            async fn keys(&self) -> Result<Vec<StoredKey>, StoreError> {
                let rows = statement(sqlx::query_as::<_, Row>(KEYS).fetch_all(&self.reader)).await.map_err(failed)?;
                rows.into_iter().map(|row| self.key(row)).collect()
            }

            async fn change(&self, expected: &[(String, KeyState)], add: &[StoredKey], states: &[(String, KeyState)], now: Timestamp)
                -> Result<bool, StoreError>
            {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                // The lock: whoever comes second waits here, and then sees what the first one did.
                statement(sqlx::query(BUMP).execute(&mut *tx)).await.map_err(failed)?;
                let stored = statement(sqlx::query_as::<_, (String, String)>(STATES).fetch_all(&mut *tx)).await.map_err(failed)?;
                if !as_expected(&stored, expected) {
                    statement(tx.rollback()).await.map_err(failed)?;
                    return Ok(false);
                }
                for key in add {
                    let sealed = self.sealer.seal(&place(&key.kid), key.private_jwk.as_bytes())?;
                    let query = sqlx::query(ADD).bind(key.kid.as_str()).bind(key.alg.as_str()).bind(key.state.as_str()).bind(sealed)
                        .bind(key.created_at.millis()).bind(now.millis());
                    statement(query.execute(&mut *tx)).await.map_err(failed)?;
                }
                for (kid, state) in states {
                    let query = sqlx::query(CHANGE).bind(kid.as_str()).bind(state.as_str()).bind(now.millis());
                    statement(query.execute(&mut *tx)).await.map_err(failed)?;
                }
                statement(tx.commit()).await.map_err(failed)?;
                Ok(true)
            }

            async fn forget(&self, retired_before: Timestamp) -> Result<u64, StoreError> {
                let query = sqlx::query(FORGET).bind(retired_before.millis());
                Ok(statement(query.execute(&self.writer)).await.map_err(failed)?.rows_affected())
            }
        }
    )*};
}

keys!(OnPostgres, OnSqlite);
