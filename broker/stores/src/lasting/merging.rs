//! One part of a merge of sectors: read, decided, written in one transaction.

use super::error::{corrupt, failed};
use super::repository::{On, OnPostgres, OnSqlite};
use super::rows::{AT_ONCE, many};
use crate::meter::statement;
use broker_domain::clock::Timestamp;
use broker_domain::event::{Listener, PortalEvent};
use broker_domain::ids::CitizenId;
use broker_domain::ports::{MergePart, MergedPart, StoreError};
use broker_domain::sector::{MergeCase, MergeStep, decide_merge};
use broker_domain::subject::Subject;
use std::collections::HashMap;

/// Citizens of FROM with their subjects in both.
const CITIZENS: &str = "SELECT f.citizen_id, f.subject, i.subject FROM subjects f
 LEFT JOIN subjects i ON i.citizen_id = f.citizen_id AND i.sector = $2
 WHERE f.sector = $1 AND f.citizen_id > $3 ORDER BY f.citizen_id LIMIT $4";
const ALIASES: &str = "SELECT citizen_id, alias, sector = $2 FROM subject_aliases
 WHERE sector IN ($1, $2) AND citizen_id > $3 AND citizen_id <= $4 ORDER BY created_at, alias";
/// FROM's names that INTO knows somebody else by: as subject, as alias, or as an account there that is not theirs, under which that
/// portal keeps another person's dossiers, whether or not they have come yet.
const TAKEN: &str = "WITH names AS (
 SELECT citizen_id, subject AS name FROM subjects WHERE sector = $1 AND citizen_id > $3 AND citizen_id <= $4
 UNION SELECT citizen_id, alias FROM subject_aliases WHERE sector = $1 AND citizen_id > $3 AND citizen_id <= $4)
 SELECT n.citizen_id, n.name FROM names n JOIN subjects s ON s.sector = $2 AND s.subject = n.name
 WHERE s.citizen_id <> n.citizen_id
 UNION SELECT n.citizen_id, n.name FROM names n JOIN subject_aliases a ON a.sector = $2 AND a.alias = n.name
 WHERE a.citizen_id <> n.citizen_id
 UNION SELECT n.citizen_id, n.name FROM names n JOIN legacy_accounts a ON a.namespace = $2 AND a.tech_id = n.name
 WHERE NOT EXISTS (SELECT 1 FROM links l WHERE l.account_id = a.id AND l.citizen_id = n.citizen_id AND l.ended_at IS NULL)";
const ADD_SUBJECT: &str = "INSERT INTO subjects (citizen_id, sector, subject, created_at) VALUES";
const ADD_ALIAS: &str = "INSERT INTO subject_aliases (sector, alias, citizen_id, created_at) VALUES";
const COLUMNS: usize = 4;
/// Nobody gives a subject while it is held: two tables hold the names of a sector, and no index spans both.
const LOCK: &str = "LOCK TABLE subjects, subject_aliases IN SHARE ROW EXCLUSIVE MODE";

fn subject(text: String) -> Result<Subject, StoreError> {
    Subject::new(text).ok_or_else(|| corrupt("a subject does not read"))
}

/// What one part writes.
#[derive(Default)]
struct Writes {
    subjects: Vec<(CitizenId, Subject)>,
    aliases: Vec<(CitizenId, Subject)>,
    /// The subject of each new alias.
    events: Vec<PortalEvent>,
}

/// Decides case by case. A name that an earlier case of this part was given is taken too.
fn decide(cases: Vec<MergeCase>) -> (MergedPart, Writes) {
    let (mut done, mut writes) = (MergedPart::default(), Writes::default());
    let mut given: HashMap<Subject, CitizenId> = HashMap::new();
    for mut case in cases {
        let names = std::iter::once(&case.subject).chain(&case.aliases);
        let by_others = names.filter(|n| given.get(n).is_some_and(|owner| *owner != case.citizen));
        let by_others: Vec<Subject> = by_others.cloned().collect();
        case.taken.extend(by_others);
        done.last = Some(case.citizen.clone());
        match decide_merge(&case) {
            MergeStep::Nothing => done.unchanged += 1,
            MergeStep::Conflict(names) => done.conflicts.push((case.citizen, names)),
            MergeStep::Write { subject, aliases } => {
                let stays = case.target.clone().or_else(|| subject.clone()).unwrap_or(case.subject);
                for name in subject.iter().chain(&aliases) {
                    given.insert(name.clone(), case.citizen.clone());
                }
                done.adopted += u64::from(subject.is_some());
                done.aliases += aliases.len() as u64;
                writes.subjects.extend(subject.map(|s| (case.citizen.clone(), s)));
                for alias in aliases {
                    writes
                        .events
                        .push(PortalEvent::SubjectAlias { subject: stays.clone(), alias: alias.clone() });
                    writes.aliases.push((case.citizen.clone(), alias));
                }
            }
        }
    }
    (done, writes)
}

impl OnPostgres {
    /// Waits until nobody is giving a subject, and keeps everybody from it until the transaction ends.
    pub(super) async fn lock_subjects(connection: &mut sqlx::PgConnection) -> Result<(), StoreError> {
        statement(sqlx::query(LOCK).execute(connection)).await.map_err(failed)?;
        Ok(())
    }
}

impl OnSqlite {
    /// Whoever writes is alone here from the first moment on.
    #[allow(clippy::unused_async)] // as on PostgreSQL
    pub(super) async fn lock_subjects(_: &mut sqlx::SqliteConnection) -> Result<(), StoreError> {
        Ok(())
    }
}

macro_rules! merging {
    ($($repository:ty),*) => {$(
        impl $repository {
            pub(super) async fn read_cases(
                &self,
                on: &mut <<Self as On>::Database as sqlx::Database>::Connection,
                part: &MergePart,
            ) -> Result<Vec<MergeCase>, StoreError> {
                let (from, into) = (part.from.as_str(), part.into.as_str());
                let after = part.after.as_ref().map_or("", CitizenId::as_str);
                let query = sqlx::query_as::<_, (String, String, Option<String>)>(CITIZENS)
                    .bind(from)
                    .bind(into)
                    .bind(after)
                    .bind(part.limit);
                let citizens = statement(query.fetch_all(&mut *on)).await.map_err(failed)?;
                let Some(last) = citizens.last().map(|(id, ..)| id.clone()) else { return Ok(Vec::new()) };
                let query = sqlx::query_as::<_, (String, String, bool)>(ALIASES)
                    .bind(from)
                    .bind(into)
                    .bind(after)
                    .bind(last.as_str());
                let aliases = statement(query.fetch_all(&mut *on)).await.map_err(failed)?;
                let query = sqlx::query_as::<_, (String, String)>(TAKEN)
                    .bind(from)
                    .bind(into)
                    .bind(after)
                    .bind(last.as_str());
                let taken = statement(query.fetch_all(&mut *on)).await.map_err(failed)?;
                let mut cases: HashMap<String, MergeCase> = HashMap::new();
                let mut order = Vec::new();
                for (citizen, own, target) in citizens {
                    order.push(citizen.clone());
                    let case = MergeCase {
                        citizen: CitizenId::new(citizen.as_str()),
                        subject: subject(own)?,
                        aliases: Vec::new(),
                        target: target.map(subject).transpose()?,
                        target_aliases: Vec::new(),
                        taken: Vec::new(),
                    };
                    cases.insert(citizen, case);
                }
                for (citizen, alias, in_into) in aliases {
                    if let Some(case) = cases.get_mut(&citizen) {
                        let names = if in_into { &mut case.target_aliases } else { &mut case.aliases };
                        names.push(subject(alias)?);
                    }
                }
                for (citizen, name) in taken {
                    if let Some(case) = cases.get_mut(&citizen) {
                        case.taken.push(subject(name)?);
                    }
                }
                Ok(order.iter().filter_map(|citizen| cases.remove(citizen)).collect())
            }

            pub(super) async fn merge_part(
                &self,
                part: &MergePart,
                tell: &[Listener],
                now: Timestamp,
            ) -> Result<MergedPart, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                Self::lock_subjects(&mut tx).await?;
                let (done, writes) = decide(self.read_cases(&mut tx, part).await?);
                for some in writes.subjects.chunks(AT_ONCE) {
                    let mut add = sqlx::query(many(ADD_SUBJECT, COLUMNS, some.len(), "")).persistent(false);
                    for (citizen, subject) in some {
                        add = add
                            .bind(citizen.as_str())
                            .bind(part.into.as_str())
                            .bind(subject.as_str())
                            .bind(now.millis());
                    }
                    statement(add.execute(&mut *tx)).await.map_err(failed)?;
                }
                for some in writes.aliases.chunks(AT_ONCE) {
                    let mut add = sqlx::query(many(ADD_ALIAS, COLUMNS, some.len(), "")).persistent(false);
                    for (citizen, alias) in some {
                        add = add
                            .bind(part.into.as_str())
                            .bind(alias.as_str())
                            .bind(citizen.as_str())
                            .bind(now.millis());
                    }
                    statement(add.execute(&mut *tx)).await.map_err(failed)?;
                }
                let events = writes.events.iter().flat_map(|e| self.addressed(tell, &part.into, e, now));
                let events: Vec<_> = events.collect();
                self.put_out(&mut tx, &events).await?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(done)
            }
        }
    )*};
}

merging!(OnPostgres, OnSqlite);
