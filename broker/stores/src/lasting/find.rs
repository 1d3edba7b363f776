//! Everything about an arrival in one statement.

use super::accounts::Read;
use super::error::{corrupt, failed};
use super::kinds::{OLD_NUMBER, PERSONAL_NUMBER, TAX_CODE};
use super::repository::{OnPostgres, OnSqlite, Pooled, Repository};
use crate::meter::statement;
use crate::record::unpack;
use crate::sealing::Indexes;
use broker_domain::ids::{CitizenId, ClientId, SectorId};
use broker_domain::linking::Known;
use broker_domain::person::{CitizenStatus, Profile};
use broker_domain::ports::{Found, KeptAccount, StoreError};
use broker_domain::scope::ScopeSet;
use broker_domain::subject::Subject;
use broker_domain::upstream::Arrival;

/// Whom the identity belongs to (`i`), whom the number (`n`), whom the old number (`o`), the subjects (`s`), consents (`c`) and confirmed
/// claims (`k`) of the citizen found, and the legacy accounts that hold one of their numbers (`a`), or one that they had before (`b`),
/// in capitals when a link of theirs to it was ended. In a sector that was taken over, who has no subject has its successor's.
const FIND: &str = "
WITH found AS (
    SELECT COALESCE(
        (SELECT citizen_id FROM identities WHERE identity_index IN ($1, $2) LIMIT 1),
        (SELECT citizen_id FROM citizen_numbers WHERE number_index IN ($3, $4) LIMIT 1)
    ) AS id
)
SELECT 'i' AS what, c.id AS id, c.status AS status, c.profile AS profile, '' AS name, '' AS value,
  0 AS kind, FALSE AS has_password, CAST(NULL AS TEXT) AS owner, CAST(NULL AS BYTEA) AS confirmed
  FROM identities i JOIN citizens c ON c.id = i.citizen_id WHERE i.identity_index IN ($1, $2)
UNION ALL
SELECT 'n', c.id, c.status, c.profile, '', '', 0, FALSE, NULL, NULL
  FROM citizen_numbers n JOIN citizens c ON c.id = n.citizen_id WHERE n.number_index IN ($3, $4)
UNION ALL
SELECT 'o', c.id, c.status, c.profile, '', '', 0, FALSE, NULL, NULL
  FROM citizen_numbers n JOIN citizens c ON c.id = n.citizen_id WHERE n.number_index IN ($5, $6)
UNION ALL
SELECT 's', s.citizen_id, 0, NULL, s.sector, s.subject, 0, FALSE, NULL, NULL FROM subjects s WHERE s.citizen_id = (SELECT id FROM found)
UNION ALL
SELECT 's', s.citizen_id, 0, NULL, m.from_sector, s.subject, 0, FALSE, NULL, NULL
  FROM subjects s JOIN sector_merges m ON m.into_sector = s.sector
  WHERE s.citizen_id = (SELECT id FROM found)
  AND NOT EXISTS (SELECT 1 FROM subjects o WHERE o.citizen_id = s.citizen_id AND o.sector = m.from_sector)
UNION ALL
SELECT 'c', k.citizen_id, 0, NULL, k.client_id, k.scope, 0, FALSE, NULL, NULL FROM consents k WHERE k.citizen_id = (SELECT id FROM found)
UNION ALL
SELECT CASE WHEN EXISTS (SELECT 1 FROM links e WHERE e.account_id = a.id AND e.citizen_id = (SELECT id FROM found)
   AND e.ended_at IS NOT NULL) THEN 'A' ELSE 'a' END, a.id, a.status, a.claims, a.namespace, a.tech_id, a.kind, a.password_hash IS NOT NULL, l.citizen_id,
  a.confirmed
  FROM legacy_accounts a LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL
  WHERE a.number_index IN ($3, $4) OR a.tax_code_index IN ($3, $4) OR a.old_number_index IN ($5, $6)
UNION ALL
SELECT CASE WHEN EXISTS (SELECT 1 FROM links e WHERE e.account_id = a.id AND e.citizen_id = n.citizen_id
   AND e.ended_at IS NOT NULL) THEN 'B' ELSE 'b' END, a.id, a.status, a.claims, a.namespace, a.tech_id, a.kind, a.password_hash IS NOT NULL, l.citizen_id,
  a.confirmed
  FROM citizen_numbers n JOIN legacy_accounts a ON a.number_index = n.number_index
  LEFT JOIN links l ON l.account_id = a.id AND l.ended_at IS NULL
  WHERE n.citizen_id = (SELECT id FROM found) AND n.number_index NOT IN ($3, $4)
UNION ALL
SELECT 'k', c.id, 0, c.claims, '', '', 0, FALSE, NULL, NULL FROM citizens c WHERE c.id = (SELECT id FROM found) AND c.claims IS NOT NULL";

#[derive(sqlx::FromRow)]
struct Row {
    what: String,
    id: String,
    status: i64,
    profile: Option<Vec<u8>>,
    name: String,
    value: String,
    kind: i64,
    has_password: bool,
    owner: Option<String>,
    confirmed: Option<Vec<u8>>,
}

/// What a citizen's profile is sealed for.
pub(super) fn profile_place(id: &str) -> String {
    format!("citizens/{id}/profile")
}

/// As stored.
pub(super) const ACTIVE: i64 = 0;
pub(super) const BLOCKED: i64 = 1;
/// As stored.
pub(super) const DECEASED: i64 = 2;

pub(super) const fn status(number: i64) -> CitizenStatus {
    match number {
        ACTIVE => CitizenStatus::Active,
        DECEASED => CitizenStatus::Deceased,
        // BLOCKED, and whatever else stands there lets nobody in.
        _ => CitizenStatus::Blocked,
    }
}

/// The kind of number by which somebody is found, and the number: a person by the personal number, an organization by its tax
/// code, whoever acts for it.
pub(super) fn number(profile: &Profile) -> (&'static str, &str) {
    match &profile.organization {
        Some(organization) => (TAX_CODE, organization.tax_code.as_str()),
        None => (PERSONAL_NUMBER, profile.personal_number.as_str()),
    }
}

impl<D: Pooled> Repository<D> {
    pub(super) fn identity_indexes(&self, issuer: &str, subject: &str) -> Indexes {
        self.index.of("identity", &[issuer, subject])
    }

    pub(super) fn number_indexes(&self, profile: &Profile) -> Indexes {
        let (kind, number) = number(profile);
        self.index.of(kind, &[number])
    }

    fn known(&self, row: &Row) -> Result<Known, StoreError> {
        let sealed = row.profile.as_deref().ok_or_else(|| corrupt("a citizen without a profile"))?;
        Ok(Known {
            id: CitizenId::new(row.id.as_str()),
            status: status(row.status),
            profile: unpack(&self.sealer, &profile_place(&row.id), sealed)?,
        })
    }

    pub(super) fn old_number_indexes(&self, profile: &Profile) -> Indexes {
        match &profile.old_number {
            Some(number) if profile.organization.is_none() => self.index.of(OLD_NUMBER, &[number.as_str()]),
            // Nothing has this one.
            _ => Indexes { current: Vec::new(), other: Vec::new() },
        }
    }

    fn account(&self, row: &Row) -> Result<KeptAccount, StoreError> {
        let kept = self.kept(Read {
            id: row.id.clone(),
            namespace: row.name.clone(),
            tech_id: row.value.clone(),
            kind: row.kind,
            status: row.status,
            has_password: row.has_password,
            claims: row.profile.clone().ok_or_else(|| corrupt("an account without claims"))?,
            confirmed: row.confirmed.clone(),
            owner: row.owner.clone(),
        })?;
        Ok(KeptAccount { was_ended: matches!(row.what.as_str(), "A" | "B"), ..kept })
    }

    fn gather(&self, rows: &[Row]) -> Result<Found, StoreError> {
        let (mut found, mut former) = (Found::default(), Vec::new());
        for row in rows {
            match row.what.as_str() {
                // Two index keys may find the same twice.
                "i" if found.matches.by_identity.is_none() => {
                    found.matches.by_identity = Some(self.known(row)?);
                }
                "n" if found.matches.by_number.is_none() => {
                    found.matches.by_number = Some(self.known(row)?);
                }
                "o" if found.matches.by_old_number.is_none() => {
                    found.matches.by_old_number = Some(self.known(row)?);
                }
                "s" => {
                    let subject =
                        Subject::new(row.value.as_str()).ok_or_else(|| corrupt("a subject does not read"))?;
                    found.subjects.push((SectorId::new(row.name.as_str()), subject));
                }
                "c" => {
                    let scope =
                        ScopeSet::parse(&row.value).ok_or_else(|| corrupt("a consent does not read"))?;
                    found.allowed.push((ClientId::new(row.name.as_str()), scope));
                }
                "a" | "A" => found.accounts.push(self.account(row)?),
                "b" | "B" => former.push(KeptAccount { number_is_former: true, ..self.account(row)? }),
                "k" => found.confirmed = self.confirmed(&row.id, row.profile.as_deref())?,
                _ => {}
            }
        }
        // One may hold the old number as well.
        found.accounts.retain(|kept| former.iter().all(|f| f.account.id != kept.account.id));
        found.accounts.append(&mut former);
        found.accounts.sort_by(|a, b| a.account.tech_id.cmp(&b.account.tech_id));
        Ok(found)
    }
}

macro_rules! find {
    ($($repository:ty),*) => {$(
        impl $repository {
            pub(super) async fn look_up(&self, arrival: &Arrival) -> Result<Found, StoreError> {
                let identity = self.identity_indexes(&arrival.issuer, &arrival.subject);
                let number = self.number_indexes(&arrival.profile);
                let old_number = self.old_number_indexes(&arrival.profile);
                let query = sqlx::query_as::<_, Row>(FIND)
                    .bind(identity.current)
                    .bind(identity.other)
                    .bind(number.current)
                    .bind(number.other)
                    .bind(old_number.current)
                    .bind(old_number.other);
                let rows = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                self.gather(&rows)
            }
        }
    )*};
}

find!(OnPostgres, OnSqlite);
