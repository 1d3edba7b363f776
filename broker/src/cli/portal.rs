//! `broker portal …`: one sector takes over another, as when provinces merge.

use super::arguments::PortalCommand;
use super::failure::Failure;
use super::given::Output;
use crate::app::Opened;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::event::Listener;
use broker_domain::ids::{CitizenId, EventId, SectorId};
use broker_domain::ports::{MergePart, MergedPart, StoreError, Topic};
use broker_domain::sector::{MergeStep, check_merge, decide_merge};
use broker_domain::subject::Subject;
use std::time::Duration;

/// Citizens of one transaction: it keeps logins from being given new subjects for some milliseconds.
const CITIZENS_AT_ONCE: i64 = 200;
/// Citizens that are read at once for a plan.
const PAGE: i64 = 2000;
/// How often a part is tried that a busy database refuses.
const TRIES: u32 = 10;
/// Conflicts that are printed.
const SHOWN: usize = 100;

pub(super) async fn run(command: PortalCommand, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    match command {
        PortalCommand::Merge { from, into, how } => {
            let (from, into) = (SectorId::new(from), SectorId::new(into));
            let before = opened.stores.sectors.merges().await?;
            check_merge(&from, &into, &before).map_err(|e| Failure::Asked(e.to_string()))?;
            let clients = Clients::find(&from, &into, opened).await?;
            if how.apply {
                apply(&from, &into, &clients, opened, out).await
            } else {
                plan(&from, &into, &clients, opened, out).await
            }
        }
    }
}

/// The clients that a merge concerns.
struct Clients {
    of_from: Vec<String>,
    of_into: Vec<String>,
    told: Vec<Listener>,
}

impl Clients {
    async fn find(from: &SectorId, into: &SectorId, opened: &Opened) -> Result<Self, Failure> {
        let all = opened.stores.registrations.all().await?;
        let of = |sector: &SectorId| {
            let theirs = all.iter().filter(|c| c.sector() == *sector);
            theirs.map(|c| c.id.as_str().to_owned()).collect::<Vec<_>>()
        };
        let (of_from, of_into) = (of(from), of(into));
        if of_into.is_empty() {
            return Err(Failure::Asked(format!(
                "no client is of the sector {into}: `broker client list` names them"
            )));
        }
        let anybody = MergePart { from: from.clone(), into: into.clone(), after: None, limit: 1 };
        if of_from.is_empty() && opened.stores.sectors.merge_cases(&anybody).await?.is_empty() {
            return Err(Failure::Asked(format!(
                "no client is of the sector {from}, and nobody is known there"
            )));
        }
        let told = all
            .iter()
            .filter(|c| c.is_enabled() && c.metadata.events_delivery.is_some() && c.sector() == *into);
        let told = told.map(|c| Listener { client: c.id.clone(), sector: into.clone() }).collect();
        Ok(Self { of_from, of_into, told })
    }
}

/// What a plan or a merge came to.
#[derive(Default)]
struct Sum {
    adopted: u64,
    aliases: u64,
    unchanged: u64,
    conflicts: u64,
    shown: Vec<(CitizenId, Vec<Subject>)>,
}

impl Sum {
    fn conflict(&mut self, citizen: CitizenId, names: Vec<Subject>) {
        self.conflicts += 1;
        if self.shown.len() < SHOWN {
            self.shown.push((citizen, names));
        }
    }

    fn add(&mut self, part: MergedPart) {
        self.adopted += part.adopted;
        self.aliases += part.aliases;
        self.unchanged += part.unchanged;
        for (citizen, names) in part.conflicts {
            self.conflict(citizen, names);
        }
    }

    fn print(&self, from: &SectorId, into: &SectorId, out: Output<'_>) -> Result<(), Failure> {
        writeln!(
            out,
            "{:>9}  citizens known to {from} alone: their subject there is {into}'s too",
            self.adopted
        )?;
        writeln!(
            out,
            "{:>9}  further names of citizens whom {into} knows by another subject, which stays",
            self.aliases
        )?;
        writeln!(out, "{:>9}  citizens for whom nothing is to be done", self.unchanged)?;
        writeln!(out, "{:>9}  conflicts: {into} uses the same name for somebody else", self.conflicts)?;
        for (citizen, names) in &self.shown {
            let names: Vec<&str> = names.iter().map(Subject::as_str).collect();
            writeln!(out, "           citizen {citizen}: {}", names.join(", "))?;
        }
        if self.conflicts > self.shown.len() as u64 {
            writeln!(out, "           …")?;
        }
        Ok(())
    }
}

async fn plan(
    from: &SectorId,
    into: &SectorId,
    clients: &Clients,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let mut sum = Sum::default();
    let mut part = MergePart { from: from.clone(), into: into.clone(), after: None, limit: PAGE };
    loop {
        let cases = opened.stores.sectors.merge_cases(&part).await?;
        let Some(last) = cases.last() else { break };
        part.after = Some(last.citizen.clone());
        for case in cases {
            match decide_merge(&case) {
                MergeStep::Nothing => sum.unchanged += 1,
                MergeStep::Conflict(names) => sum.conflict(case.citizen, names),
                MergeStep::Write { subject, aliases } => {
                    sum.adopted += u64::from(subject.is_some());
                    sum.aliases += aliases.len() as u64;
                }
            }
        }
    }
    sum.print(from, into, out)?;
    let told: Vec<&str> = clients.told.iter().map(|l| l.client.as_str()).collect();
    writeln!(out, "clients of {into}: {}; told of further names: {}", list(&clients.of_into), list(&told))?;
    writeln!(
        out,
        "clients of {from}: {}; they stay as they are, and no subject changes there",
        list(&clients.of_from)
    )?;
    Ok(writeln!(out, "nothing was changed: --apply carries it out")?)
}

fn list<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "),
    }
}

/// Part by part, each in a transaction of its own: broken off, it leaves each citizen whole or untouched, and the same command goes on.
async fn apply(
    from: &SectorId,
    into: &SectorId,
    clients: &Clients,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let now = opened.clock.now();
    opened.stores.sectors.begin_merge(from, into, now).await.map_err(|e| match e {
        StoreError::Conflict(why) => Failure::Asked(why),
        e => e.into(),
    })?;
    record(from, into, "begins", opened).await?;
    let mut sum = Sum::default();
    let mut part = MergePart { from: from.clone(), into: into.clone(), after: None, limit: CITIZENS_AT_ONCE };
    loop {
        let done = merge(&part, &clients.told, opened).await?;
        let Some(last) = done.last.clone() else { break };
        part.after = Some(last);
        sum.add(done);
    }
    let note = format!(
        "{} adopted, {} aliases, {} unchanged, {} conflicts",
        sum.adopted, sum.aliases, sum.unchanged, sum.conflicts
    );
    record(from, into, &note, opened).await?;
    sum.print(from, into, out)?;
    if sum.conflicts > 0 {
        return Err(Failure::Conflicts(sum.conflicts));
    }
    Ok(writeln!(out, "{from} is taken over by {into}")?)
}

/// A busy database may refuse the lock: then it is tried again.
async fn merge(part: &MergePart, tell: &[Listener], opened: &Opened) -> Result<MergedPart, StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match opened.stores.sectors.merge(part, tell, opened.clock.now()).await {
            Err(StoreError::Unavailable(why)) if tries < TRIES => {
                tracing::info!(why, "a part of the merge is tried again");
                tokio::time::sleep(Duration::from_millis(200) * tries).await;
            }
            other => return other,
        }
    }
}

async fn record(from: &SectorId, into: &SectorId, what: &str, opened: &Opened) -> Result<(), Failure> {
    let (id, now) = (EventId::generate(&*opened.entropy), opened.clock.now());
    let mut event = AuditEvent::new(id, now, AuditKind::SectorMerged);
    event.note = Some(format!("{from} into {into}: {what}"));
    opened.stores.audit.append(&[event]).await?;
    // Who misses the word looks for itself within half a second.
    let _ = opened.stores.announcements.announce(Topic::Clients).await;
    Ok(())
}
