//! `broker citizen …`

use super::failure::Failure;
use super::given::{Output, json_line};
use super::operator::{CitizenCommand, StandingArguments};
use super::review::operator;
use crate::app::{Opened, record_review};
use crate::jobs::Ending;
use crate::state::Registry;
use broker_domain::audit::AuditKind;
use broker_domain::ids::CitizenId;
use broker_domain::person::{AccountKind, CitizenStatus, PersonalNumber};
use broker_domain::ports::StatusChange;
use broker_domain::session::Holder;
use serde_json::json;
use std::io::BufRead;

pub(super) async fn run(command: CitizenCommand, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    match command {
        CitizenCommand::Find { operator: given } => {
            let by = operator(&given)?;
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            find(&line, &by.to_string(), opened, out).await
        }
        CitizenCommand::Show { id } => show(&id, opened, out).await,
        CitizenCommand::Block { id, standing } => {
            restatus(&id, CitizenStatus::Blocked, &standing, opened, out).await
        }
        CitizenCommand::Deceased { id, standing } => {
            restatus(&id, CitizenStatus::Deceased, &standing, opened, out).await
        }
        CitizenCommand::Unblock { id, standing } => {
            restatus(&id, CitizenStatus::Active, &standing, opened, out).await
        }
    }
}

fn id(text: &str) -> Result<CitizenId, Failure> {
    CitizenId::parse(text).ok_or_else(|| Failure::Asked(format!("{text} is no id of a citizen")))
}

const fn word(status: CitizenStatus) -> &'static str {
    match status {
        CitizenStatus::Active => "active",
        CitizenStatus::Blocked => "blocked",
        CitizenStatus::Deceased => "deceased",
    }
}

/// Finds whose a personal number is. Who looked is written down; the number is not.
async fn find(line: &str, by: &str, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    let number = PersonalNumber::parse(line).map_err(|e| Failure::Asked(e.to_string()))?;
    let found = opened.stores.citizens.by_number(&number).await?;
    record_review(opened, AuditKind::CitizenLookedUp, found.clone(), format!("by {by}")).await?;
    match found {
        Some(found) => Ok(writeln!(out, "{found}")?),
        None => Err(Failure::Asked("nobody who has signed in has this number".to_owned())),
    }
}

/// A citizen for an operator's eyes: never what VNeID says of them.
async fn show(text: &str, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    let id = id(text)?;
    let known = opened.stores.citizens.citizen(&id).await?;
    let known = known.ok_or_else(|| Failure::Asked(format!("no citizen {id}")))?;
    let links = opened.stores.accounts.links(&id).await?;
    let links: Vec<_> = links
        .iter()
        .map(|l| {
            json!({
                "namespace": l.account.namespace.as_str(),
                "tech_id": l.account.tech_id.as_str(),
                "evidence": l.evidence.as_str(),
                "linked_at": l.linked_at.to_string(),
            })
        })
        .collect();
    let kind = match known.citizen.profile.kind {
        AccountKind::Citizen => "citizen",
        AccountKind::Organization => "organization",
    };
    json_line(
        out,
        &json!({
            "id": id.as_str(),
            "kind": kind,
            "status": word(known.citizen.status),
            "numbers_of_before": known.other_numbers.len(),
            "links": links,
        }),
    )
}

async fn restatus(
    text: &str,
    status: CitizenStatus,
    given: &StandingArguments,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let (id, by, reason) = (id(text)?, operator(&given.operator)?, given.reason.trim());
    if reason.is_empty() {
        return Err(Failure::Asked("--reason: must say why".to_owned()));
    }
    let registry = Registry::default();
    registry.reload(&*opened.stores.registrations, &*opened.stores.sectors).await?;
    let now = opened.clock.now();
    let change = StatusChange { citizen: id.clone(), status, tell: registry.all_listeners(), now };
    if !opened.stores.citizens.set_status(&change).await? {
        return Err(Failure::Asked(format!("there is no citizen {id} of whom that does not hold already")));
    }
    let note = format!("{} by {by}: {reason}", word(status));
    record_review(opened, AuditKind::CitizenStatusChanged, Some(id.clone()), note).await?;
    if status != CitizenStatus::Active {
        // At once where sessions are shared; an instance that keeps its own sees it by itself.
        let ending = Ending {
            stores: &opened.stores,
            registry: &registry,
            hasher: &opened.hasher,
            clock: &*opened.clock,
            entropy: &*opened.entropy,
        };
        let holder = Holder::Citizen(id.clone());
        ending.end_all_of(&holder, None, AuditKind::SessionEndedByOperator).await?;
    }
    Ok(writeln!(out, "{id} is {}", word(status))?)
}
