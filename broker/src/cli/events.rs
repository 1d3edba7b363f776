//! `broker events …`

use super::arguments::{EventsCommand, WhichEvents};
use super::failure::Failure;
use super::given::{Output, json_line};
use crate::app::Opened;
use crate::config::Settings;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{ClientId, EventId};
use broker_domain::ports::{EventFilter, WaitingEvent};
use serde_json::{Value, json};

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
            let waiting = opened.stores.events.list(&filter(&which, stuck_before), i64::from(limit)).await?;
            if json {
                for event in &waiting {
                    json_line(out, &described(event, stuck_before))?;
                }
                return Ok(());
            }
            table(&waiting, stuck_before, out)?;
            let counts = opened.stores.events.counts(stuck_before).await?;
            Ok(writeln!(
                out,
                "{} waiting, {} of them stuck; {} refused",
                counts.waiting, counts.stuck, counts.refused
            )?)
        }
        EventsCommand::Show { id } => {
            let filter = EventFilter { id: Some(EventId::new(id.as_str())), ..EventFilter::default() };
            let found = opened.stores.events.list(&filter, 1).await?;
            let event = found.first().ok_or_else(|| {
                Failure::Asked(format!("no event {id} waits: it was acknowledged, or there never was one"))
            })?;
            let pretty = serde_json::to_string_pretty(&described(event, stuck_before)).unwrap_or_default();
            Ok(writeln!(out, "{pretty}")?)
        }
        EventsCommand::Retry { which, id, all } => {
            let filter = EventFilter { id: id.map(EventId::new), ..filter(&which, stuck_before) };
            if filter == EventFilter::default() && !all {
                let says = "say which: --client, --stuck, --refused, --id, or --all";
                return Err(Failure::Asked(says.to_owned()));
            }
            let count = opened.stores.events.retry(&filter, now).await?;
            let mut event =
                AuditEvent::new(EventId::generate(&*opened.entropy), now, AuditKind::EventsRetried);
            event.client = filter.client;
            event.note = Some(format!("{count} events"));
            opened.stores.audit.append(&[event]).await?;
            Ok(writeln!(out, "{count} events are due now")?)
        }
    }
}

fn filter(which: &WhichEvents, stuck_before: Timestamp) -> EventFilter {
    EventFilter {
        client: which.client.as_deref().map(ClientId::new),
        id: None,
        before: which.stuck.then_some(stuck_before),
        refused_only: which.refused,
    }
}

fn state(event: &WaitingEvent, stuck_before: Timestamp) -> &'static str {
    match (event.is_refused, event.outgoing.at < stuck_before) {
        (true, _) => "refused",
        (false, true) => "stuck",
        (false, false) => "waiting",
    }
}

fn table(events: &[WaitingEvent], stuck_before: Timestamp, out: Output<'_>) -> Result<(), Failure> {
    let width = events.iter().map(|e| e.outgoing.client.as_str().len()).max().unwrap_or(0).max(6);
    writeln!(
        out,
        "{:22}  {:width$}  {:16}  {:7}  {:24}  TRIES  WHY",
        "ID", "CLIENT", "EVENT", "STATE", "SINCE"
    )?;
    for event in events {
        let outgoing = &event.outgoing;
        let why = event.error.as_deref().unwrap_or("");
        let (state, since) = (state(event, stuck_before), outgoing.at.to_string());
        let (id, client, name) = (outgoing.id.as_str(), outgoing.client.as_str(), outgoing.event.name());
        writeln!(
            out,
            "{id:22}  {client:width$}  {name:16}  {state:7}  {since:24}  {:5}  {why}",
            event.attempts
        )?;
    }
    Ok(())
}

/// An event with what it says: subject and TechID are the portal's own words for its user.
fn described(event: &WaitingEvent, stuck_before: Timestamp) -> Value {
    let outgoing = &event.outgoing;
    json!({
        "id": outgoing.id.as_str(),
        "client_id": outgoing.client.as_str(),
        "event": outgoing.event,
        "at": outgoing.at.to_string(),
        "state": state(event, stuck_before),
        "attempts": event.attempts,
        "error": event.error,
        "due_at": (!event.is_refused).then(|| event.due_at.to_string()),
    })
}
