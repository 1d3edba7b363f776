//! What opens an account of before VNeID: found by user name, checked, made better, and gone once it is linked.

use super::accounts::Read;
use super::error::{corrupt, failed};
use super::places::{claims_place, confirmed_place, password_place};
use super::repository::{OnPostgres, OnSqlite, Pooled, Repository};
use crate::meter::statement;
use crate::record::{pack, unpack};
use broker_domain::claims::Claims;
use broker_domain::ids::{AccountId, Namespace};
use broker_domain::ports::{Credentials, StoreError};
use broker_domain::secret::Secret;

macro_rules! columns {
    ($where:literal) => {
        concat!(
            "SELECT a.id, a.namespace, a.tech_id, a.kind, a.status, a.password_hash IS NOT NULL AS has_password, a.claims, a.confirmed,
 l.citizen_id AS owner, a.password_hash AS password
 FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL
 WHERE ",
            $where
        )
    };
}

/// Ordered by what no index holds: else SQLite walks through the whole namespace in the order of TechIDs until it meets the name.
const BY_USER_NAME: &str =
    columns!("a.namespace = $1 AND a.user_name_index IN ($2, $3) ORDER BY a.tech_id || '' LIMIT 1");
const BY_ID: &str = columns!("a.id = $1");
const PASSWORD: &str = "SELECT password_hash FROM legacy_accounts WHERE id = $1";
/// A link that was made meanwhile has taken the hash away: then there is nothing to make better.
const UPGRADE: &str = "UPDATE legacy_accounts SET password_hash = $2 WHERE id = $1 AND password_hash = $3";
/// What the portal knew of an account, held until the transaction ends: whoever links waits, or was there before.
const CLAIMS_POSTGRES: &str = "SELECT claims FROM legacy_accounts WHERE id = $1 FOR UPDATE";
/// The same: one transaction writes at a time.
const CLAIMS_SQLITE: &str = "SELECT claims FROM legacy_accounts WHERE id = $1";
/// A statement of its own, after the account is held: it sees a link that was made meanwhile.
const CONFIRM: &str = "UPDATE legacy_accounts SET confirmed = $2, number_index = $3 WHERE id = $1
 AND NOT EXISTS (SELECT 1 FROM links WHERE account_id = $1 AND ended_at IS NULL)";

#[derive(sqlx::FromRow)]
struct CredentialsRow {
    #[sqlx(flatten)]
    account: Read,
    password: Option<Vec<u8>>,
}

impl<D: Pooled> Repository<D> {
    fn credentials_of(&self, row: CredentialsRow) -> Result<Credentials, StoreError> {
        let CredentialsRow { account, password } = row;
        let (_, user_name): (Claims, Option<String>) =
            unpack(&self.sealer, &claims_place(&account.id), &account.claims)?;
        let password = password.map(|sealed| self.opened_hash(&account.id, &sealed)).transpose()?;
        let is_linked = account.owner.is_some();
        Ok(Credentials {
            kept: self.kept(account)?,
            user_name: user_name.filter(|_| !is_linked),
            password: password.filter(|_| !is_linked),
        })
    }

    fn opened_hash(&self, id: &str, sealed: &[u8]) -> Result<Secret, StoreError> {
        let bytes = self.sealer.open(&password_place(id), sealed)?;
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| corrupt("a password hash does not read"))?;
        Ok(Secret::new(text))
    }
}

impl OnPostgres {
    const CLAIMS: &str = CLAIMS_POSTGRES;
}

impl OnSqlite {
    const CLAIMS: &str = CLAIMS_SQLITE;
}

macro_rules! credentials {
    ($($repository:ty),*) => {$(
        impl $repository {
            pub(super) async fn account_of_user_name(
                &self,
                namespace: &Namespace,
                user_name: &str,
            ) -> Result<Option<Credentials>, StoreError> {
                let index = self.index.of("user-name", &[namespace.as_str(), user_name]);
                let query = sqlx::query_as::<_, CredentialsRow>(BY_USER_NAME)
                    .bind(namespace.as_str())
                    .bind(index.current)
                    .bind(index.other);
                let row = statement(query.fetch_optional(&self.reader)).await.map_err(failed)?;
                row.map(|row| self.credentials_of(row)).transpose()
            }

            pub(super) async fn credentials_by_id(
                &self,
                account: &AccountId,
            ) -> Result<Option<Credentials>, StoreError> {
                let query = sqlx::query_as::<_, CredentialsRow>(BY_ID).bind(account.as_str());
                let row = statement(query.fetch_optional(&self.reader)).await.map_err(failed)?;
                row.map(|row| self.credentials_of(row)).transpose()
            }

            pub(super) async fn better_password(
                &self,
                account: &AccountId,
                proven: &Secret,
                better: &Secret,
            ) -> Result<(), StoreError> {
                let id = account.as_str();
                let query = sqlx::query_scalar::<_, Option<Vec<u8>>>(PASSWORD).bind(id);
                let stored = statement(query.fetch_optional(&self.writer)).await.map_err(failed)?.flatten();
                let Some(sealed) = stored else { return Ok(()) };
                // Another hash by now: an import has brought another password.
                if self.opened_hash(id, &sealed)?.reveal() != proven.reveal() {
                    return Ok(());
                }
                let better = self.sealer.seal(&password_place(id), better.reveal().as_bytes())?;
                let upgrade = sqlx::query(UPGRADE).bind(id).bind(better).bind(sealed);
                statement(upgrade.execute(&self.writer)).await.map_err(failed)?;
                Ok(())
            }

            pub(super) async fn confirm_claims(
                &self,
                account: &AccountId,
                confirmed: &Claims,
            ) -> Result<bool, StoreError> {
                let id = account.as_str();
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let query = sqlx::query_scalar::<_, Vec<u8>>(Self::CLAIMS).bind(id);
                let Some(sealed) = statement(query.fetch_optional(&mut *tx)).await.map_err(failed)? else {
                    return Ok(false);
                };
                let (mut claims, _): (Claims, Option<String>) =
                    unpack(&self.sealer, &claims_place(id), &sealed)?;
                if !claims.take_typed(confirmed) {
                    return Ok(false);
                }
                let [number, ..] = self.claim_indexes(&claims);
                let confirmed = pack(&self.sealer, &confirmed_place(id), confirmed)?;
                let write = sqlx::query(CONFIRM).bind(id).bind(confirmed).bind(number);
                let done = statement(write.execute(&mut *tx)).await.map_err(failed)?.rows_affected() == 1;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(done)
            }
        }
    )*};
}

credentials!(OnPostgres, OnSqlite);
