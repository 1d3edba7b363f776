//! Links of citizens to legacy accounts.

use super::accounts::Read;
use super::error::{corrupt, failed};
use super::repository::{OnPostgres, OnSqlite};
use crate::meter::statement;
use async_trait::async_trait;
use broker_domain::claims::Claims;
use broker_domain::clock::Timestamp;
use broker_domain::event::PortalEvent;
use broker_domain::ids::{AccountId, CitizenId, Namespace, SectorId};
use broker_domain::linking::Evidence;
use broker_domain::ports::{
    Accounts, Credentials, EndLink, Ended, ImportProgress, ImportedAccount, KeptAccount, Link, Linked,
    MoveAccount, Moved, NewLink, StoreError,
};
use broker_domain::secret::Secret;
use broker_domain::subject::Subject;
use std::collections::BTreeSet;

/// Of several at once, one gets the account; the others wait here for it, and add nothing.
const ADD: &str = "INSERT INTO links (id, citizen_id, account_id, evidence, linked_by, linked_at) VALUES ($1, $2, $3, $4, $5, $6)
 ON CONFLICT DO NOTHING";
const OWNER: &str = "SELECT citizen_id FROM links WHERE account_id = $1 AND ended_at IS NULL";
const TECH_ID: &str = "SELECT tech_id FROM legacy_accounts WHERE id = $1";
/// What opened the account before opens nothing any more.
const CLOSE: &str = "UPDATE legacy_accounts SET user_name_index = NULL, password_hash = NULL WHERE id = $1";
const END: &str = "UPDATE links SET ended_at = $3, ended_why = $4, ended_by = $5
 WHERE account_id = $1 AND citizen_id = $2 AND ended_at IS NULL";
const WAS_ENDED: &str =
    "SELECT COUNT(*) FROM links WHERE account_id = $1 AND citizen_id = $2 AND ended_at IS NOT NULL";
const LINKS: &str = "SELECT a.id, a.namespace, a.tech_id, a.kind, a.status, a.password_hash IS NOT NULL AS has_password, a.claims, a.confirmed,
 l.citizen_id AS owner, l.linked_at, l.evidence
 FROM links l JOIN legacy_accounts a ON a.id = l.account_id
 WHERE l.citizen_id = $1 AND l.ended_at IS NULL ORDER BY l.linked_at, a.id";

/// Who made a link that no operator made.
const BY_CITIZEN: &str = "citizen";

#[derive(sqlx::FromRow)]
struct LinkRow {
    #[sqlx(flatten)]
    account: Read,
    linked_at: i64,
    evidence: String,
}

macro_rules! links {
    ($($repository:ty),*) => {$(
        #[async_trait]
        impl Accounts for $repository {
            async fn import(
                &self,
                namespace: &Namespace,
                accounts: Vec<ImportedAccount>,
                progress: ImportProgress,
                now: Timestamp,
            ) -> Result<ImportProgress, StoreError> {
                self.import_accounts(namespace, accounts, progress, now).await
            }

            async fn progress(&self, namespace: &Namespace, file: &str) -> Result<Option<ImportProgress>, StoreError> {
                self.import_progress(namespace, file).await
            }

            async fn account(&self, namespace: &Namespace, tech_id: &Subject) -> Result<Option<KeptAccount>, StoreError> {
                self.one_account(namespace, tech_id).await
            }

            async fn by_user_name(&self, namespace: &Namespace, user_name: &str) -> Result<Option<Credentials>, StoreError> {
                self.account_of_user_name(namespace, user_name).await
            }

            async fn credentials(&self, account: &AccountId) -> Result<Option<Credentials>, StoreError> {
                self.credentials_by_id(account).await
            }

            async fn upgrade_password(&self, account: &AccountId, proven: &Secret, better: &Secret) -> Result<(), StoreError> {
                self.better_password(account, proven, better).await
            }

            async fn confirm(&self, account: &AccountId, confirmed: &Claims) -> Result<bool, StoreError> {
                self.confirm_claims(account, confirmed).await
            }

            async fn link(&self, wanted: &NewLink) -> Result<Linked, StoreError> {
                let (citizen, account) = (wanted.citizen.as_str(), wanted.account.as_str());
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let tech_id = sqlx::query_scalar(TECH_ID).bind(account);
                let tech_id: String = statement(tech_id.fetch_one(&mut *tx)).await.map_err(failed)?;
                // One link a moment, citizen and account is as good a name as any.
                let id = format!("{account}.{}", wanted.now.millis());
                let add = sqlx::query(ADD)
                    .bind(id)
                    .bind(citizen)
                    .bind(account)
                    .bind(wanted.evidence.as_str())
                    .bind(wanted.by.as_deref().unwrap_or(BY_CITIZEN))
                    .bind(wanted.now.millis());
                let is_new = statement(add.execute(&mut *tx)).await.map_err(failed)?.rows_affected() == 1;
                if !is_new {
                    let owner = sqlx::query_scalar(OWNER).bind(account);
                    let owner: Option<String> =
                        statement(owner.fetch_optional(&mut *tx)).await.map_err(failed)?;
                    if owner.as_deref() != Some(citizen) {
                        statement(tx.rollback()).await.map_err(failed)?;
                        return Ok(Linked::Another);
                    }
                }
                let tech_id = Subject::new(tech_id).ok_or_else(|| corrupt("a TechID does not read"))?;
                let seen = self
                    .give_name(&mut tx, &wanted.citizen, &wanted.account, &wanted.sector, &tech_id, wanted.now)
                    .await?;
                if is_new {
                    statement(sqlx::query(CLOSE).bind(account).execute(&mut *tx)).await.map_err(failed)?;
                    let mut events = Vec::new();
                    for (sector, subject) in &seen {
                        let linked = PortalEvent::AccountLinked { subject: subject.clone(), tech_id: tech_id.clone() };
                        events.extend(self.addressed(&wanted.tell, sector, &linked, wanted.now));
                        if *subject != tech_id {
                            let alias = PortalEvent::SubjectAlias { subject: subject.clone(), alias: tech_id.clone() };
                            events.extend(self.addressed(&wanted.tell, sector, &alias, wanted.now));
                        }
                    }
                    self.put_out(&mut tx, &events).await?;
                    self.append_on(&mut tx, std::slice::from_ref(&wanted.said)).await?;
                }
                statement(tx.commit()).await.map_err(failed)?;
                let subject = seen.into_iter().next().map_or(tech_id, |(_, subject)| subject);
                Ok(if is_new { Linked::Now { subject } } else { Linked::Before { subject } })
            }

            async fn unlink(&self, wanted: &EndLink) -> Result<Ended, StoreError> {
                let account = wanted.account.as_str();
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let end = sqlx::query(END)
                    .bind(account)
                    .bind(wanted.citizen.as_str())
                    .bind(wanted.now.millis())
                    .bind(wanted.why.as_str())
                    .bind(wanted.by.as_str());
                if statement(end.execute(&mut *tx)).await.map_err(failed)?.rows_affected() == 0 {
                    statement(tx.rollback()).await.map_err(failed)?;
                    return Ok(Ended::NotLinked);
                }
                let tech_id = sqlx::query_scalar(TECH_ID).bind(account);
                let tech_id: String = statement(tech_id.fetch_one(&mut *tx)).await.map_err(failed)?;
                let tech_id = Subject::new(tech_id).ok_or_else(|| corrupt("a TechID does not read"))?;
                let sectors: BTreeSet<&SectorId> = wanted.tell.iter().map(|listener| &listener.sector).collect();
                let mut events = Vec::new();
                for sector in sectors {
                    // Who never saw the citizen has nothing to forget.
                    let Some(subject) = self.seen_subject(&mut tx, &wanted.citizen, sector).await? else { continue };
                    let ended = PortalEvent::Unlinked { subject, tech_id: tech_id.clone(), reason: wanted.why };
                    events.extend(self.addressed(&wanted.tell, sector, &ended, wanted.now));
                }
                self.put_out(&mut tx, &events).await?;
                self.append_on(&mut tx, std::slice::from_ref(&wanted.said)).await?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(Ended::Now)
            }

            async fn aliases(&self, citizen: &CitizenId, sector: &SectorId) -> Result<Vec<Subject>, StoreError> {
                self.aliases_of(citizen, sector).await
            }

            async fn by_id(&self, account: &AccountId) -> Result<Option<KeptAccount>, StoreError> {
                self.account_by_id(account).await
            }

            async fn was_ended(&self, citizen: &CitizenId, account: &AccountId) -> Result<bool, StoreError> {
                let query = sqlx::query_scalar(WAS_ENDED).bind(account.as_str()).bind(citizen.as_str());
                let ended: i64 = statement(query.fetch_one(&self.reader)).await.map_err(failed)?;
                Ok(ended > 0)
            }

            async fn move_account(&self, wanted: &MoveAccount) -> Result<Moved, StoreError> {
                self.move_account_over(wanted).await
            }

            async fn links(&self, citizen: &CitizenId) -> Result<Vec<Link>, StoreError> {
                let query = sqlx::query_as::<_, LinkRow>(LINKS).bind(citizen.as_str());
                let rows = statement(query.fetch_all(&self.reader)).await.map_err(failed)?;
                let link = |row: LinkRow| {
                    let evidence = Evidence::parse(&row.evidence).ok_or_else(|| corrupt("an evidence does not read"))?;
                    let linked_at = Timestamp::from_millis(row.linked_at);
                    Ok(Link { account: self.kept(row.account)?.account, linked_at, evidence })
                };
                rows.into_iter().map(link).collect()
            }

            async fn count_accounts(&self, namespace: &Namespace) -> Result<u64, StoreError> {
                self.accounts_of(namespace).await
            }
        }
    )*};
}

links!(OnPostgres, OnSqlite);
