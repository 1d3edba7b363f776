//! `broker events …`: of the outbox, what portals are told.

use super::failure::Failure;
use super::given::{Output, json_line};
use crate::app::Opened;
use crate::config::Settings;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::clock::Timestamp;
use broker_domain::event::OutgoingEvent;
use broker_domain::ids::{ClientId, Destination, EventId};
use broker_domain::outbox::OutboxKind;
use broker_domain::ports::{OutboxCounts, OutboxFilter, OutboxState, Queued};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Which events.
#[derive(Debug, Args)]
pub(super) struct WhichEvents {
    /// Those for one client.
    #[arg(long, value_name = "ID")]
    pub(super) client: Option<String>,
    /// Those that have waited for longer than `events.stuck_after_secs`.
    #[arg(long)]
    pub(super) stuck: bool,
    /// Those that their portals refused for good.
    #[arg(long)]
    pub(super) refused: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum EventsCommand {
    /// List events that their portals have not acknowledged, the oldest first.
    List {
        #[command(flatten)]
        which: WhichEvents,
        /// How many at the most.
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
        /// One JSON object a line instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Print one as JSON.
    Show {
        /// Its id, the `jti`.
        id: String,
    },
    /// Let events be delivered at once, also those that were refused for good. Say which ones: --id, --client, --stuck, --refused or
    /// --all.
    Retry {
        #[command(flatten)]
        which: WhichEvents,
        /// One of them.
        #[arg(long, value_name = "JTI")]
        id: Option<String>,
        /// All that wait.
        #[arg(long)]
        all: bool,
    },
}

pub(super) async fn run(
    command: EventsCommand,
    settings: &Settings,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let now = opened.clock.now();
    let stuck_before = now.plus_secs(-i64::from(settings.events.stuck_after_secs));
    match command {
        EventsCommand::List { which, limit, json } => {
            let waiting = opened.stores.outbox.list(&filter(&which, stuck_before), i64::from(limit)).await?;
            if json {
                for (event, queued) in events(&waiting) {
                    json_line(out, &described(&event, queued, stuck_before))?;
                }
                return Ok(());
            }
            table(&waiting, stuck_before, out)?;
            let counts = opened.stores.outbox.counts(stuck_before).await?;
            let counts = counts.into_iter().find(|(kind, _)| *kind == OutboxKind::Event);
            let counts = counts.map_or_else(OutboxCounts::default, |(_, counts)| counts);
            Ok(writeln!(
                out,
                "{} waiting, {} of them stuck; {} refused",
                counts.waiting, counts.stuck, counts.refused
            )?)
        }
        EventsCommand::Show { id } => {
            let filter = OutboxFilter { id: Some(EventId::new(id.as_str())), ..every() };
            let found = opened.stores.outbox.list(&filter, 1).await?;
            let (event, queued) = events(&found).next().ok_or_else(|| {
                Failure::Asked(format!("no event {id} waits: it was acknowledged, or there never was one"))
            })?;
            let pretty =
                serde_json::to_string_pretty(&described(&event, queued, stuck_before)).unwrap_or_default();
            Ok(writeln!(out, "{pretty}")?)
        }
        EventsCommand::Retry { which, id, all } => {
            let filter = OutboxFilter { id: id.map(EventId::new), ..filter(&which, stuck_before) };
            if filter == every() && !all {
                let says = "say which: --client, --stuck, --refused, --id, or --all";
                return Err(Failure::Asked(says.to_owned()));
            }
            let count = opened.stores.outbox.retry(&filter, now).await?;
            let mut event =
                AuditEvent::new(EventId::generate(&*opened.entropy), now, AuditKind::EventsRetried);
            event.client = filter.destination.map(|client| ClientId::new(client.as_str()));
            event.note = Some(format!("{count} events"));
            opened.stores.audit.append(&[event]).await?;
            Ok(writeln!(out, "{count} events are due now")?)
        }
    }
}

/// All events.
fn every() -> OutboxFilter {
    OutboxFilter { kind: Some(OutboxKind::Event), ..OutboxFilter::default() }
}

fn filter(which: &WhichEvents, stuck_before: Timestamp) -> OutboxFilter {
    OutboxFilter {
        destination: which.client.as_deref().map(Destination::new),
        before: which.stuck.then_some(stuck_before),
        state: which.refused.then_some(OutboxState::Refused),
        ..every()
    }
}

fn state(queued: &Queued, stuck_before: Timestamp) -> &'static str {
    match (queued.state, queued.outgoing.at < stuck_before) {
        (OutboxState::Waiting, true) => "stuck",
        (state, _) => state.as_str(),
    }
}

/// Of each, the event and where it stands.
fn events(all: &[Queued]) -> impl Iterator<Item = (OutgoingEvent, &Queued)> {
    all.iter().filter_map(|queued| queued.outgoing.event().map(|event| (event, queued)))
}

fn table(all: &[Queued], stuck_before: Timestamp, out: Output<'_>) -> Result<(), Failure> {
    let width = all.iter().map(|q| q.outgoing.destination.as_str().len()).max().unwrap_or(0).max(6);
    writeln!(
        out,
        "{:22}  {:width$}  {:16}  {:7}  {:24}  TRIES  WHY",
        "ID", "CLIENT", "EVENT", "STATE", "SINCE"
    )?;
    for (outgoing, queued) in events(all) {
        let why = queued.error.as_deref().unwrap_or("");
        let (state, since) = (state(queued, stuck_before), outgoing.at.to_string());
        let (id, client, name) = (outgoing.id.as_str(), outgoing.client.as_str(), outgoing.event.name());
        writeln!(
            out,
            "{id:22}  {client:width$}  {name:16}  {state:7}  {since:24}  {:5}  {why}",
            queued.attempts
        )?;
    }
    Ok(())
}

/// An event with what it says: subject and TechID are the portal's own words for its user.
fn described(outgoing: &OutgoingEvent, queued: &Queued, stuck_before: Timestamp) -> Value {
    json!({
        "id": outgoing.id.as_str(),
        "client_id": outgoing.client.as_str(),
        "event": outgoing.event,
        "at": outgoing.at.to_string(),
        "state": state(queued, stuck_before),
        "attempts": queued.attempts,
        "error": queued.error,
        "due_at": (queued.state == OutboxState::Waiting).then(|| queued.due_at.to_string()),
    })
}
