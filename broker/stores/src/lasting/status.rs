//! Whether a citizen may sign in.

use super::error::failed;
use super::find::{ACTIVE, BLOCKED, DECEASED};
use super::repository::{OnPostgres, OnSqlite};
use crate::meter::statement;
use broker_domain::event::{DisabledReason, PortalEvent};
use broker_domain::ids::SectorId;
use broker_domain::person::CitizenStatus;
use broker_domain::ports::{StatusChange, StoreError};
use std::collections::BTreeSet;

const CHANGE: &str = "UPDATE citizens SET status = $2, updated_at = $3 WHERE id = $1 AND status <> $2";

/// As stored, and what portals are told.
const fn stored(status: CitizenStatus) -> (i64, Option<DisabledReason>) {
    match status {
        CitizenStatus::Active => (ACTIVE, None),
        CitizenStatus::Blocked => (BLOCKED, Some(DisabledReason::Blocked)),
        CitizenStatus::Deceased => (DECEASED, Some(DisabledReason::Deceased)),
    }
}

macro_rules! status {
    ($($repository:ty),*) => {$(
        impl $repository {
            pub(super) async fn change_status(&self, change: &StatusChange) -> Result<bool, StoreError> {
                let (status, reason) = stored(change.status);
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let query = sqlx::query(CHANGE).bind(change.citizen.as_str()).bind(status).bind(change.now.millis());
                if statement(query.execute(&mut *tx)).await.map_err(failed)?.rows_affected() == 0 {
                    statement(tx.rollback()).await.map_err(failed)?;
                    return Ok(false);
                }
                let mut events = Vec::new();
                if let Some(reason) = reason {
                    let sectors: BTreeSet<&SectorId> = change.tell.iter().map(|listener| &listener.sector).collect();
                    for sector in sectors {
                        let seen = self.seen_subject(&mut tx, &change.citizen, sector).await?;
                        if let Some(subject) = seen {
                            let disabled = PortalEvent::AccountDisabled { subject, reason };
                            events.extend(self.addressed(&change.tell, sector, &disabled, change.now));
                        }
                    }
                }
                self.put_out(&mut tx, &events).await?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(true)
            }
        }
    )*};
}

status!(OnPostgres, OnSqlite);
