//! `broker citizen …`

use super::arguments::CitizenCommand;
use super::failure::Failure;
use super::given::Output;
use crate::app::Opened;
use crate::state::Registry;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::{CitizenId, EventId};
use broker_domain::person::CitizenStatus;
use broker_domain::ports::StatusChange;

pub(super) async fn run(command: CitizenCommand, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    let (id, status, word) = match command {
        CitizenCommand::Block { id } => (id, CitizenStatus::Blocked, "blocked"),
        CitizenCommand::Deceased { id } => (id, CitizenStatus::Deceased, "recorded as deceased"),
        CitizenCommand::Unblock { id } => (id, CitizenStatus::Active, "free to sign in"),
    };
    let registry = Registry::default();
    registry.reload(&*opened.stores.registrations, &*opened.stores.sectors).await?;
    let now = opened.clock.now();
    let change =
        StatusChange { citizen: CitizenId::new(id.as_str()), status, tell: registry.all_listeners(), now };
    if !opened.stores.citizens.set_status(&change).await? {
        return Err(Failure::Asked(format!("there is no citizen {id} of whom that does not hold already")));
    }
    let mut event =
        AuditEvent::new(EventId::generate(&*opened.entropy), now, AuditKind::CitizenStatusChanged);
    event.citizen = Some(change.citizen);
    event.note = Some(word.to_owned());
    opened.stores.audit.append(&[event]).await?;
    Ok(writeln!(out, "{id} is {word}")?)
}
