//! `broker outbox …`

mod arguments;

pub(super) use arguments::OutboxCommand;

use super::failure::Failure;
use super::given::{Output, json_line};
use crate::app::Opened;
use crate::config::Settings;
use arguments::{StateArgument, Which, WhichOrAll};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::clock::Timestamp;
use broker_domain::ids::{ClientId, Destination, EventId};
use broker_domain::outbox::{Content, OutboxKind};
use broker_domain::ports::{OutboxFilter, OutboxState, Queued};
use serde_json::{Value, json};

pub(super) async fn run(
    command: OutboxCommand,
    settings: &Settings,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let (now, outbox) = (opened.clock.now(), &opened.stores.outbox);
    let stuck_before = now.plus_secs(-i64::from(settings.events.stuck_after_secs));
    match command {
        OutboxCommand::List { which, limit, json } => {
            let listed = outbox.list(&filter(which, stuck_before), i64::from(limit)).await?;
            if json {
                for queued in &listed {
                    json_line(out, &described(queued, stuck_before))?;
                }
                return Ok(());
            }
            table(&listed, stuck_before, out)?;
            for (kind, counts) in outbox.counts(stuck_before).await? {
                let (waiting, stuck) = (counts.waiting, counts.stuck);
                writeln!(
                    out,
                    "{:8} {waiting} waiting, {stuck} of them stuck; {} refused, {} given up",
                    kind.as_str(),
                    counts.refused,
                    counts.given_up
                )?;
            }
            Ok(())
        }
        OutboxCommand::Show { id } => {
            let filter = OutboxFilter { id: Some(EventId::new(id.as_str())), ..OutboxFilter::default() };
            let found = outbox.list(&filter, 1).await?;
            let queued = found.first().ok_or_else(|| {
                Failure::Asked(format!(
                    "nothing of the id {id} waits: it was delivered, or there never was one"
                ))
            })?;
            let pretty = serde_json::to_string_pretty(&described(queued, stuck_before)).unwrap_or_default();
            Ok(writeln!(out, "{pretty}")?)
        }
        OutboxCommand::Retry(which) => {
            let filter = asked(which, stuck_before)?;
            let count = outbox.retry(&filter, now).await?;
            note(opened, AuditKind::OutboxRetried, filter, count).await?;
            Ok(writeln!(out, "{count} are due now")?)
        }
        OutboxCommand::Drop(which) => {
            let filter = asked(which, stuck_before)?;
            let count = outbox.discard(&filter).await?;
            note(opened, AuditKind::OutboxDiscarded, filter, count).await?;
            Ok(writeln!(out, "{count} dropped")?)
        }
    }
}

async fn note(opened: &Opened, kind: AuditKind, filter: OutboxFilter, count: u64) -> Result<(), Failure> {
    let mut event = AuditEvent::new(EventId::generate(&*opened.entropy), opened.clock.now(), kind);
    let of = filter.kind.map_or("all", OutboxKind::as_str);
    event.client = filter.destination.map(|destination| ClientId::new(destination.as_str()));
    event.note = Some(format!("{count} of {of}"));
    Ok(opened.stores.audit.append(&[event]).await?)
}

fn asked(which: WhichOrAll, stuck_before: Timestamp) -> Result<OutboxFilter, Failure> {
    let filter = OutboxFilter { id: which.id.map(EventId::new), ..filter(which.which, stuck_before) };
    if filter == OutboxFilter::default() && !which.all {
        return Err(Failure::Asked("say which: --kind, --to, --state, --id, or --all".to_owned()));
    }
    Ok(filter)
}

fn filter(which: Which, stuck_before: Timestamp) -> OutboxFilter {
    OutboxFilter {
        kind: which.kind.map(arguments::KindArgument::kind),
        destination: which.to.map(Destination::new),
        id: None,
        before: (which.state == Some(StateArgument::Stuck)).then_some(stuck_before),
        state: which.state.map(|state| match state {
            StateArgument::Waiting | StateArgument::Stuck => OutboxState::Waiting,
            StateArgument::Refused => OutboxState::Refused,
            StateArgument::GivenUp => OutboxState::GivenUp,
        }),
    }
}

fn state(queued: &Queued, stuck_before: Timestamp) -> &'static str {
    match queued.state {
        OutboxState::Waiting if queued.outgoing.at < stuck_before => "stuck",
        other => other.as_str(),
    }
}

/// What it is, in a word.
const fn word(content: &Content) -> &'static str {
    match content {
        Content::Event(event) => event.name(),
        Content::Logout { .. } => "session-ended",
        Content::Message(_) => "code",
        Content::Unreadable(_) => "unreadable",
    }
}

fn table(all: &[Queued], stuck_before: Timestamp, out: Output<'_>) -> Result<(), Failure> {
    let width = all.iter().map(|q| q.outgoing.destination.as_str().len()).max().unwrap_or(0).max(6);
    writeln!(
        out,
        "{:22}  {:7}  {:width$}  {:16}  {:8}  {:24}  TRIES  WHY",
        "ID", "KIND", "TO", "WHAT", "STATE", "SINCE"
    )?;
    for queued in all {
        let (outgoing, why) = (&queued.outgoing, queued.error.as_deref().unwrap_or(""));
        let (id, kind, to) = (outgoing.id.as_str(), outgoing.kind().as_str(), outgoing.destination.as_str());
        let (what, state) = (word(&outgoing.content), state(queued, stuck_before));
        let (since, tries) = (outgoing.at.to_string(), queued.attempts);
        writeln!(out, "{id:22}  {kind:7}  {to:width$}  {what:16}  {state:8}  {since:24}  {tries:5}  {why}")?;
    }
    Ok(())
}

/// One with what it says, unless it goes to a phone: subject and TechID are the portal's own words for its user.
fn described(queued: &Queued, stuck_before: Timestamp) -> Value {
    let outgoing = &queued.outgoing;
    let says = match &outgoing.content {
        Content::Event(event) => json!(event),
        Content::Logout { subject, sid } => json!({"subject": subject, "sid": sid}),
        Content::Message(message) => json!({"interaction": message.interaction}),
        Content::Unreadable(_) => Value::Null,
    };
    json!({
        "id": outgoing.id.as_str(),
        "kind": outgoing.kind().as_str(),
        "to": outgoing.destination.as_str(),
        "what": word(&outgoing.content),
        "says": says,
        "at": outgoing.at.to_string(),
        "ends_at": outgoing.ends_at.map(|at| at.to_string()),
        "state": state(queued, stuck_before),
        "attempts": queued.attempts,
        "error": queued.error,
        "due_at": (queued.state == OutboxState::Waiting).then(|| queued.due_at.to_string()),
    })
}
