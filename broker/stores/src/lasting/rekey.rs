//! After a change of keys: seals anew what an old key sealed, and indexes anew what an old key indexed.
//!
//! Goes through the tables page by page, each row by itself, so that it can be broken off and run again, and disturbs nobody. A row
//! that somebody else changes meanwhile is theirs: it was written with the keys in force.

use super::citizens::{number_place, subject_place};
use super::error::{corrupt, failed};
use super::find::profile_place;
use super::keys;
use super::kinds::{OLD_NUMBER, PERSONAL_NUMBER, TAX_CODE};
use super::places::{claims_place, confirmed_place, password_place};
use super::registrations::events_token_place;
use super::repository::{OnPostgres, OnSqlite, Pooled, Repository};
use crate::record::{pack, unpack};
use crate::sealing::Indexes;
use async_trait::async_trait;
use broker_domain::claims::Claims;
use broker_domain::ports::StoreError;

/// Rows of one page.
const PAGE: i64 = 500;

const CITIZENS: &str = "SELECT id, profile FROM citizens WHERE id > $1 ORDER BY id LIMIT $2";
const SEAL_CITIZEN: &str = "UPDATE citizens SET profile = $2 WHERE id = $1 AND profile = $3";
const NUMBERS: &str = "SELECT number_index, citizen_id, number FROM citizen_numbers
 WHERE number_index > $1 ORDER BY number_index LIMIT $2";
const ADD_NUMBER: &str = "INSERT INTO citizen_numbers (number_index, citizen_id, number, created_at)
 SELECT $1, citizen_id, $3, created_at FROM citizen_numbers WHERE number_index = $2 ON CONFLICT (number_index) DO NOTHING";
const SEAL_NUMBER: &str = "UPDATE citizen_numbers SET number = $2 WHERE number_index = $1";
const DROP_NUMBER: &str = "DELETE FROM citizen_numbers WHERE number_index = $1";
const IDENTITIES: &str = "SELECT identity_index, citizen_id, issuer, subject FROM identities
 WHERE identity_index > $1 ORDER BY identity_index LIMIT $2";
const ADD_IDENTITY: &str =
    "INSERT INTO identities (identity_index, citizen_id, upstream, issuer, subject, created_at)
 SELECT $1, citizen_id, upstream, issuer, $3, created_at FROM identities WHERE identity_index = $2
 ON CONFLICT (identity_index) DO NOTHING";
const SEAL_IDENTITY: &str = "UPDATE identities SET subject = $2 WHERE identity_index = $1";
const DROP_IDENTITY: &str = "DELETE FROM identities WHERE identity_index = $1";
const CLIENTS: &str =
    "SELECT id, events_token FROM clients WHERE id > $1 AND events_token IS NOT NULL ORDER BY id LIMIT $2";
const SEAL_CLIENT: &str = "UPDATE clients SET events_token = $2 WHERE id = $1 AND events_token = $3";
const KEYS: &str = "SELECT kid, private_jwk FROM signing_keys WHERE kid > $1 ORDER BY kid LIMIT $2";
const SEAL_KEY: &str = "UPDATE signing_keys SET private_jwk = $2 WHERE kid = $1 AND private_jwk = $3";

const ACCOUNTS: &str =
    "SELECT id, namespace, claims, password_hash, user_name_index, number_index, old_number_index, tax_code_index,
 confirmed FROM legacy_accounts WHERE id > $1 ORDER BY id LIMIT $2";
const ACCOUNT: &str =
    "SELECT id, namespace, claims, password_hash, user_name_index, number_index, old_number_index, tax_code_index,
 confirmed FROM legacy_accounts WHERE id = $1";
/// How often an account that others change meanwhile is begun anew.
const TRIES: usize = 10;
/// Without a digest the next import takes the account for changed, and writes one. A link that closed the account meanwhile must not
/// be undone: what is written is what was read, sealed anew.
const RENEW_ACCOUNT: &str =
    "UPDATE legacy_accounts SET claims = $2, password_hash = $3, user_name_index = $4, number_index = $5,
 old_number_index = $6, tax_code_index = $7, digest = NULL, confirmed = $9
 WHERE id = $1 AND claims = $8 AND confirmed IS NOT DISTINCT FROM $10 AND password_hash IS NOT DISTINCT FROM $11
 AND user_name_index IS NOT DISTINCT FROM $12";

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rekeyed {
    /// Values that were sealed anew.
    pub sealed: u64,
    /// Indexes that were added.
    pub indexed: u64,
    /// Indexes under keys that are no longer in force, removed.
    pub dropped: u64,
}

/// What a database does after a change of keys.
#[async_trait]
pub(crate) trait Rekey: Send + Sync {
    /// Goes through everything.
    async fn rekey(&self) -> Result<Rekeyed, StoreError>;
}

/// What a row with an index needs.
struct Need {
    /// Its value, sealed anew for the row or for the row to be added.
    sealed: Vec<u8>,
    /// The index to be added.
    add: Option<Vec<u8>>,
    /// Whether its own index is of a key no longer in force.
    is_stale: bool,
    /// Whether its value was sealed by an old key.
    is_old: bool,
}

/// What must not stay as it is of a legacy account.
#[derive(sqlx::FromRow)]
struct AccountRow {
    id: String,
    namespace: String,
    claims: Vec<u8>,
    password_hash: Option<Vec<u8>>,
    user_name_index: Option<Vec<u8>>,
    number_index: Option<Vec<u8>>,
    old_number_index: Option<Vec<u8>>,
    tax_code_index: Option<Vec<u8>>,
    confirmed: Option<Vec<u8>>,
}

impl<D: Pooled> Repository<D> {
    /// The account under the keys in force; `None` when it is so already.
    fn renewed(&self, row: &AccountRow) -> Result<Option<AccountRow>, StoreError> {
        let place = claims_place(&row.id);
        let (claims, user_name): (Claims, Option<String>) = unpack(&self.sealer, &place, &row.claims)?;
        let confirmed = self.held(&row.id, row.confirmed.as_deref())?;
        let mut new = AccountRow {
            id: row.id.clone(),
            namespace: row.namespace.clone(),
            claims: row.claims.clone(),
            password_hash: row.password_hash.clone(),
            user_name_index: self.user_name_index(&row.namespace, user_name.as_deref()),
            confirmed: row.confirmed.clone(),
            ..self.indexed(&claims, confirmed.as_ref())
        };
        // What a link has closed stays closed.
        if row.user_name_index.is_none() {
            new.user_name_index = None;
        }
        let same = new.user_name_index == row.user_name_index
            && new.number_index == row.number_index
            && new.old_number_index == row.old_number_index
            && new.tax_code_index == row.tax_code_index;
        let is_current = |sealed: &Option<Vec<u8>>| sealed.as_ref().is_none_or(|s| self.sealer.is_current(s));
        let others = is_current(&row.password_hash) && is_current(&row.confirmed);
        if same && self.sealer.is_current(&row.claims) && others {
            return Ok(None);
        }
        // Sealed anew in any case: that nobody has changed the account meanwhile is seen by it.
        new.claims = pack(&self.sealer, &place, &(&claims, &user_name))?;
        if let Some(password) = &row.password_hash {
            let place = password_place(&row.id);
            new.password_hash = Some(self.sealer.seal(&place, &self.sealer.open(&place, password)?)?);
        }
        if let Some(confirmed) = confirmed {
            new.confirmed = Some(pack(&self.sealer, &confirmed_place(&row.id), &confirmed)?);
        }
        Ok(Some(new))
    }

    fn indexed(&self, claims: &Claims, confirmed: Option<&Claims>) -> AccountRow {
        let [mut number_index, old_number_index, tax_code_index] = self.claim_indexes(claims);
        let mut all = claims.clone();
        if confirmed.is_some_and(|confirmed| all.take_typed(confirmed)) {
            [number_index, ..] = self.claim_indexes(&all);
        }
        AccountRow {
            id: String::new(),
            namespace: String::new(),
            claims: Vec::new(),
            password_hash: None,
            user_name_index: None,
            number_index,
            old_number_index,
            tax_code_index,
            confirmed: None,
        }
    }

    /// Seals a value anew; `None` when the key that seals now has sealed it.
    pub(super) fn anew(&self, place: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if self.sealer.is_current(sealed) {
            return Ok(None);
        }
        Ok(Some(self.sealer.seal(place, &self.sealer.open(place, sealed)?)?))
    }

    fn need(
        &self,
        index: &[u8],
        wanted: Indexes,
        place: &str,
        sealed: &[u8],
    ) -> Result<Option<Need>, StoreError> {
        let is_stale = index != wanted.current && index != wanted.other;
        let is_old = !self.sealer.is_current(sealed);
        let add = (index != wanted.current).then_some(wanted.current);
        if add.is_none() && !is_old {
            return Ok(None);
        }
        let sealed = self.sealer.seal(place, &self.sealer.open(place, sealed)?)?;
        Ok(Some(Need { sealed, add, is_stale, is_old }))
    }

    fn number_need(&self, index: &[u8], citizen: &str, sealed: &[u8]) -> Result<Option<Need>, StoreError> {
        let place = number_place(citizen);
        let (kind, number): (String, String) = unpack(&self.sealer, &place, sealed)?;
        let kind = [PERSONAL_NUMBER, TAX_CODE, OLD_NUMBER].into_iter().find(|k| *k == kind);
        let kind = kind.ok_or_else(|| corrupt("a kind of number does not read"))?;
        self.need(index, self.index.of(kind, &[&number]), &place, sealed)
    }

    fn identity_need(
        &self,
        index: &[u8],
        citizen: &str,
        issuer: &str,
        sealed: &[u8],
    ) -> Result<Option<Need>, StoreError> {
        let place = subject_place(citizen);
        let subject = String::from_utf8(self.sealer.open(&place, sealed)?.to_vec())
            .map_err(|_| corrupt("an identity does not read"))?;
        self.need(index, self.identity_indexes(issuer, &subject), &place, sealed)
    }
}

macro_rules! rekey {
    ($($repository:ty),*) => {$(
        impl $repository {
            async fn rekey_citizens(&self, done: &mut Rekeyed) -> Result<(), StoreError> {
                let mut after = String::new();
                loop {
                    let page = sqlx::query_as::<_, (String, Vec<u8>)>(CITIZENS).bind(&after).bind(PAGE);
                    let page = page.fetch_all(&self.reader).await.map_err(failed)?;
                    let Some((last, _)) = page.last() else { return Ok(()) };
                    after.clone_from(last);
                    for (id, sealed) in page {
                        if let Some(new) = self.anew(&profile_place(&id), &sealed)? {
                            let seal = sqlx::query(SEAL_CITIZEN).bind(id).bind(new).bind(sealed);
                            done.sealed += seal.execute(&self.writer).await.map_err(failed)?.rows_affected();
                        }
                    }
                }
            }

            async fn rekey_accounts(&self, done: &mut Rekeyed) -> Result<(), StoreError> {
                let mut after = String::new();
                loop {
                    let page = sqlx::query_as::<_, AccountRow>(ACCOUNTS).bind(&after).bind(PAGE);
                    let page = page.fetch_all(&self.reader).await.map_err(failed)?;
                    let Some(last) = page.last() else { return Ok(()) };
                    after.clone_from(&last.id);
                    for row in page {
                        done.sealed += self.rekey_account(row).await?;
                    }
                }
            }

            /// Seals one account anew, begun again with what it is then when somebody changes it meanwhile: a change of one column
            /// leaves the others sealed as they were.
            async fn rekey_account(&self, mut row: AccountRow) -> Result<u64, StoreError> {
                for _ in 0..TRIES {
                    let Some(new) = self.renewed(&row)? else { return Ok(0) };
                    let renew = sqlx::query(RENEW_ACCOUNT)
                        .bind(new.id)
                        .bind(new.claims)
                        .bind(new.password_hash)
                        .bind(new.user_name_index)
                        .bind(new.number_index)
                        .bind(new.old_number_index)
                        .bind(new.tax_code_index)
                        .bind(row.claims)
                        .bind(new.confirmed)
                        .bind(row.confirmed)
                        .bind(row.password_hash)
                        .bind(row.user_name_index);
                    if renew.execute(&self.writer).await.map_err(failed)?.rows_affected() > 0 {
                        return Ok(1);
                    }
                    let again = sqlx::query_as::<_, AccountRow>(ACCOUNT).bind(row.id.as_str());
                    match again.fetch_optional(&self.writer).await.map_err(failed)? {
                        Some(changed) => row = changed,
                        None => return Ok(0),
                    }
                }
                Err(StoreError::Unavailable("an account is changed by others again and again".to_owned()))
            }

            async fn rekey_signing_keys(&self, done: &mut Rekeyed) -> Result<(), StoreError> {
                let mut after = String::new();
                loop {
                    let page = sqlx::query_as::<_, (String, Vec<u8>)>(KEYS).bind(&after).bind(PAGE);
                    let page = page.fetch_all(&self.reader).await.map_err(failed)?;
                    let Some((last, _)) = page.last() else { return Ok(()) };
                    after.clone_from(last);
                    for (kid, sealed) in page {
                        if let Some(new) = self.anew(&keys::place(&kid), &sealed)? {
                            let seal = sqlx::query(SEAL_KEY).bind(kid).bind(new).bind(sealed);
                            done.sealed += seal.execute(&self.writer).await.map_err(failed)?.rows_affected();
                        }
                    }
                }
            }

            async fn rekey_clients(&self, done: &mut Rekeyed) -> Result<(), StoreError> {
                let mut after = String::new();
                loop {
                    let page = sqlx::query_as::<_, (String, Vec<u8>)>(CLIENTS).bind(&after).bind(PAGE);
                    let page = page.fetch_all(&self.reader).await.map_err(failed)?;
                    let Some((last, _)) = page.last() else { return Ok(()) };
                    after.clone_from(last);
                    for (id, sealed) in page {
                        if let Some(new) = self.anew(&events_token_place(&id), &sealed)? {
                            let seal = sqlx::query(SEAL_CLIENT).bind(id).bind(new).bind(sealed);
                            done.sealed += seal.execute(&self.writer).await.map_err(failed)?.rows_affected();
                        }
                    }
                }
            }

            async fn rekey_numbers(&self, done: &mut Rekeyed) -> Result<(), StoreError> {
                let mut after = Vec::new();
                loop {
                    let page = sqlx::query_as::<_, (Vec<u8>, String, Vec<u8>)>(NUMBERS).bind(&after).bind(PAGE);
                    let page = page.fetch_all(&self.reader).await.map_err(failed)?;
                    let Some((last, ..)) = page.last() else { return Ok(()) };
                    after.clone_from(last);
                    for (index, citizen, sealed) in page {
                        if let Some(need) = self.number_need(&index, &citizen, &sealed)? {
                            self.fulfil([ADD_NUMBER, SEAL_NUMBER, DROP_NUMBER], index, need, done).await?;
                        }
                    }
                }
            }

            async fn rekey_identities(&self, done: &mut Rekeyed) -> Result<(), StoreError> {
                let mut after = Vec::new();
                loop {
                    let page =
                        sqlx::query_as::<_, (Vec<u8>, String, String, Vec<u8>)>(IDENTITIES).bind(&after).bind(PAGE);
                    let page = page.fetch_all(&self.reader).await.map_err(failed)?;
                    let Some((last, ..)) = page.last() else { return Ok(()) };
                    after.clone_from(last);
                    for (index, citizen, issuer, sealed) in page {
                        if let Some(need) = self.identity_need(&index, &citizen, &issuer, &sealed)? {
                            self.fulfil([ADD_IDENTITY, SEAL_IDENTITY, DROP_IDENTITY], index, need, done).await?;
                        }
                    }
                }
            }

            async fn fulfil(
                &self,
                [add, seal, drop]: [&'static str; 3],
                index: Vec<u8>,
                need: Need,
                done: &mut Rekeyed,
            ) -> Result<(), StoreError> {
                let mut tx = self.begin().await.map_err(failed)?;
                if let Some(new) = need.add {
                    let add = sqlx::query(add).bind(new).bind(index.as_slice()).bind(need.sealed.as_slice());
                    done.indexed += add.execute(&mut *tx).await.map_err(failed)?.rows_affected();
                }
                if need.is_stale {
                    let drop = sqlx::query(drop).bind(index);
                    done.dropped += drop.execute(&mut *tx).await.map_err(failed)?.rows_affected();
                } else if need.is_old {
                    let seal = sqlx::query(seal).bind(index).bind(need.sealed);
                    done.sealed += seal.execute(&mut *tx).await.map_err(failed)?.rows_affected();
                }
                tx.commit().await.map_err(failed)
            }
        }

        #[async_trait]
        impl Rekey for $repository {
            async fn rekey(&self) -> Result<Rekeyed, StoreError> {
                let mut done = Rekeyed::default();
                self.rekey_citizens(&mut done).await?;
                done.sealed += self.rekey_confirmed().await?;
                self.rekey_numbers(&mut done).await?;
                self.rekey_identities(&mut done).await?;
                self.rekey_signing_keys(&mut done).await?;
                self.rekey_accounts(&mut done).await?;
                done.sealed += self.rekey_reviews().await?;
                done.sealed += self.rekey_deliveries().await?;
                self.rekey_clients(&mut done).await?;
                Ok(done)
            }
        }
    )*};
}

rekey!(OnPostgres, OnSqlite);
