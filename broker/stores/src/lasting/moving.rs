//! Accounts that go over from one citizen to another: two people have decided it.

use super::error::{corrupt, failed};
use super::repository::{OnPostgres, OnSqlite};
use crate::meter::statement;
use broker_domain::event::{PortalEvent, UnlinkReason};
use broker_domain::ids::{CitizenId, SectorId};
use broker_domain::linking::Evidence;
use broker_domain::ports::{MoveAccount, Moved, StoreError};
use broker_domain::secret::Secret;
use broker_domain::subject::Subject;
use std::collections::BTreeSet;

/// Whoever moves an account has it alone until the end of the transaction.
const HOLD: &str = "UPDATE legacy_accounts SET kind = kind WHERE id = $1 RETURNING tech_id";
const OWNER: &str = "SELECT citizen_id FROM links WHERE account_id = $1 AND ended_at IS NULL";
const END: &str = "UPDATE links SET ended_at = $2, ended_why = $3, ended_by = $4
 WHERE account_id = $1 AND ended_at IS NULL";
const ADD: &str = "INSERT INTO links (id, citizen_id, account_id, evidence, linked_by, linked_at) VALUES ($1, $2, $3, $4, $5, $6)";
/// Whom the TechID names in any sector, as a subject: an account of theirs had been linked once.
const NAMED: &str = "SELECT s.sector, s.citizen_id FROM subjects s
 WHERE s.subject = $1 AND s.citizen_id <> $2 AND (s.sector = $3
 OR s.sector IN (SELECT into_sector FROM sector_merges WHERE from_sector = $3))";
/// They are known by another value from now on: what named them names its owner.
const RENAME: &str =
    "UPDATE subjects SET subject = $3, created_at = $4 WHERE sector = $1 AND citizen_id = $2";
const UNALIAS: &str = "DELETE FROM subject_aliases WHERE alias = $1 AND citizen_id <> $2 AND (sector = $3
 OR sector IN (SELECT into_sector FROM sector_merges WHERE from_sector = $3))";
const CLOSE: &str = "UPDATE legacy_accounts SET user_name_index = NULL, password_hash = NULL WHERE id = $1";

macro_rules! moving {
    ($($repository:ty),*) => {$(
        impl $repository {
            pub(super) async fn move_account_over(&self, wanted: &MoveAccount) -> Result<Moved, StoreError> {
                let (account, to, now) = (wanted.account.as_str(), wanted.to.as_str(), wanted.now.millis());
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let tech_id = sqlx::query_scalar::<_, String>(HOLD).bind(account);
                let Some(tech_id) = statement(tech_id.fetch_optional(&mut *tx)).await.map_err(failed)? else {
                    return Ok(Moved::Elsewhere);
                };
                let tech_id = Subject::new(tech_id).ok_or_else(|| corrupt("a TechID does not read"))?;
                let owner = sqlx::query_scalar(OWNER).bind(account);
                let owner: Option<String> = statement(owner.fetch_optional(&mut *tx)).await.map_err(failed)?;
                match owner.as_deref() {
                    Some(owner) if owner == to => return Ok(Moved::Before),
                    owner if owner == wanted.from.as_ref().map(CitizenId::as_str) => {}
                    _ => return Ok(Moved::Elsewhere),
                }
                let mut events = Vec::new();
                let sectors: BTreeSet<&SectorId> = wanted.tell.iter().map(|listener| &listener.sector).collect();
                for sector in sectors {
                    // Of a link that has ended before, they were told then.
                    let Some(from) = &wanted.from else { continue };
                    let Some(subject) = self.seen_subject(&mut tx, from, sector).await? else { continue };
                    let ended = PortalEvent::Unlinked { subject, tech_id: tech_id.clone(), reason: UnlinkReason::Moved };
                    events.extend(self.addressed(&wanted.tell, sector, &ended, wanted.now));
                }
                let end = sqlx::query(END)
                    .bind(account)
                    .bind(now)
                    .bind(UnlinkReason::Moved.as_str())
                    .bind(wanted.by.as_str());
                statement(end.execute(&mut *tx)).await.map_err(failed)?;
                // Whoever was known by it is known by a value of their own from now on.
                let named = sqlx::query_as::<_, (String, String)>(NAMED)
                    .bind(tech_id.as_str())
                    .bind(to)
                    .bind(wanted.sector.as_str());
                for (sector, citizen) in statement(named.fetch_all(&mut *tx)).await.map_err(failed)? {
                    let fresh = Secret::generate(self.sealer.entropy());
                    let rename =
                        sqlx::query(RENAME).bind(sector).bind(citizen).bind(fresh.reveal()).bind(now);
                    statement(rename.execute(&mut *tx)).await.map_err(failed)?;
                }
                let unalias = sqlx::query(UNALIAS).bind(tech_id.as_str()).bind(to).bind(wanted.sector.as_str());
                statement(unalias.execute(&mut *tx)).await.map_err(failed)?;
                let add = sqlx::query(ADD)
                    .bind(format!("{account}.{now}.moved"))
                    .bind(to)
                    .bind(account)
                    .bind(Evidence::Reviewed.as_str())
                    .bind(wanted.by.as_str())
                    .bind(now);
                statement(add.execute(&mut *tx)).await.map_err(failed)?;
                statement(sqlx::query(CLOSE).bind(account).execute(&mut *tx)).await.map_err(failed)?;
                let seen = self
                    .give_name(&mut tx, &wanted.to, &wanted.account, &wanted.sector, &tech_id, wanted.now)
                    .await?;
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
                statement(tx.commit()).await.map_err(failed)?;
                let subject = seen.into_iter().next().map_or(tech_id, |(_, subject)| subject);
                Ok(Moved::Now { subject })
            }
        }
    )*};
}

moving!(OnPostgres, OnSqlite);
