//! Legacy accounts: look-up.

use super::error::{corrupt, failed};
use super::kinds::{OLD_NUMBER, PERSONAL_NUMBER, TAX_CODE};
use super::places::{claims_place, confirmed_place, read};
use super::repository::{OnPostgres, OnSqlite, Pooled, Repository};
use crate::meter::statement;
use crate::record::unpack;
use broker_domain::claims::Claims;
use broker_domain::ids::{AccountId, CitizenId, Namespace};
use broker_domain::linking::{LegacyAccount, LegacyKind, LegacyStatus};
use broker_domain::ports::{KeptAccount, StoreError};
use broker_domain::subject::Subject;

const ONE: &str = "SELECT a.id, a.namespace, a.tech_id, a.kind, a.status, a.password_hash IS NOT NULL AS has_password, a.claims, a.confirmed,
 l.citizen_id AS owner
 FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL
 WHERE a.namespace = $1 AND a.tech_id = $2";
const BY_ID: &str = "SELECT a.id, a.namespace, a.tech_id, a.kind, a.status, a.password_hash IS NOT NULL AS has_password, a.claims, a.confirmed,
 l.citizen_id AS owner
 FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL WHERE a.id = $1";
const COUNT: &str = "SELECT COUNT(*) FROM legacy_accounts WHERE namespace = $1";

/// A row of an account, as it is read.
#[derive(sqlx::FromRow)]
pub(super) struct Read {
    pub(super) id: String,
    pub(super) namespace: String,
    pub(super) tech_id: String,
    pub(super) kind: i64,
    pub(super) status: i64,
    pub(super) has_password: bool,
    pub(super) claims: Vec<u8>,
    pub(super) confirmed: Option<Vec<u8>>,
    pub(super) owner: Option<String>,
}

impl<D: Pooled> Repository<D> {
    /// The account of a row.
    pub(super) fn kept(&self, row: Read) -> Result<KeptAccount, StoreError> {
        Ok(self.kept_with_name(row)?.0)
    }

    /// The account of a row, and the name under which its owner signed in.
    pub(super) fn kept_with_name(&self, row: Read) -> Result<(KeptAccount, Option<String>), StoreError> {
        let (claims, user_name): (Claims, Option<String>) =
            unpack(&self.sealer, &claims_place(&row.id), &row.claims)?;
        let confirmed = self.held(&row.id, row.confirmed.as_deref())?;
        let account = LegacyAccount {
            namespace: Namespace::new(row.namespace),
            tech_id: Subject::new(row.tech_id).ok_or_else(|| corrupt("a TechID does not read"))?,
            kind: LegacyKind::from_number(row.kind).ok_or_else(|| corrupt("a kind does not read"))?,
            status: LegacyStatus::from_number(row.status).ok_or_else(|| corrupt("a status does not read"))?,
            has_password: row.has_password,
            claims,
            confirmed: None,
            id: AccountId::new(row.id),
        };
        let kept = KeptAccount {
            account: match confirmed {
                Some(confirmed) => account.with_confirmed(confirmed),
                None => account,
            },
            owner: row.owner.map(CitizenId::new),
            number_is_former: false,
            was_ended: false,
        };
        Ok((kept, user_name))
    }

    /// What the holder of an account had confirmed.
    pub(super) fn held(&self, id: &str, sealed: Option<&[u8]>) -> Result<Option<Claims>, StoreError> {
        sealed.map(|sealed| unpack(&self.sealer, &confirmed_place(id), sealed)).transpose()
    }

    /// The current indexes of the personal number, the old number and the tax code.
    pub(super) fn claim_indexes(&self, claims: &Claims) -> [Option<Vec<u8>>; 3] {
        let index = |kind: &str, value: Option<&str>| value.map(|v| self.index.of(kind, &[v]).current);
        [
            index(PERSONAL_NUMBER, claims.personal_number.as_ref().map(|n| n.value.as_str())),
            index(OLD_NUMBER, claims.old_number.as_ref().map(|n| n.value.as_str())),
            index(TAX_CODE, claims.tax_code.as_ref().map(|n| n.value.as_str())),
        ]
    }

    /// The current index of a user name.
    pub(super) fn user_name_index(&self, namespace: &str, user_name: Option<&str>) -> Option<Vec<u8>> {
        user_name.map(|name| self.index.of("user-name", &[namespace, name]).current)
    }
}

macro_rules! accounts {
    ($($repository:ty),*) => {$(
        impl $repository {
            pub(super) async fn one_account(
                &self,
                namespace: &Namespace,
                tech_id: &Subject,
            ) -> Result<Option<KeptAccount>, StoreError> {
                let query = sqlx::query_as::<_, Read>(ONE).bind(namespace.as_str()).bind(tech_id.as_str());
                let row = statement(query.fetch_optional(&self.reader)).await.map_err(failed)?;
                row.map(|row| self.kept(row)).transpose()
            }

            pub(super) async fn account_by_id(&self, id: &AccountId) -> Result<Option<KeptAccount>, StoreError> {
                let query = sqlx::query_as::<_, Read>(BY_ID).bind(id.as_str());
                let row = statement(query.fetch_optional(&self.reader)).await.map_err(failed)?;
                row.map(|row| self.kept(row)).transpose()
            }

            pub(super) async fn accounts_of(&self, namespace: &Namespace) -> Result<u64, StoreError> {
                let count = sqlx::query_scalar(COUNT).bind(namespace.as_str());
                Ok(read(statement(count.fetch_one(&self.reader)).await.map_err(failed)?))
            }
        }
    )*};
}

accounts!(OnPostgres, OnSqlite);
