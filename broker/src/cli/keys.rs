//! `broker keys …`

use super::arguments::KeysCommand;
use super::failure::Failure;
use super::given::Output;
use crate::app::Opened;
use crate::config::Settings;
use crate::jobs::rotate;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::EventId;
use broker_domain::ports::{KeyState, Topic};

pub(super) async fn run(
    command: KeysCommand,
    settings: &Settings,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    match command {
        KeysCommand::List => list(opened, out).await,
        KeysCommand::Rotate { now } => {
            let at = opened.clock.now();
            let changes = rotate(&*opened.stores.keys, &*opened.entropy, now, at).await?;
            let mut event = AuditEvent::new(EventId::generate(&*opened.entropy), at, AuditKind::KeysRotated);
            event.note = Some(if now { "at once" } else { "published ahead" }.to_owned());
            opened.stores.audit.append(&[event]).await?;
            let _ = opened.stores.announcements.announce(Topic::Keys).await;
            if now {
                writeln!(out, "new keys sign from now on ({} made)", changes.added)?;
            } else {
                let ahead = at.plus_secs(settings.keys.publish_ahead_secs.into());
                writeln!(out, "{} new keys are published; they sign from {ahead}", changes.added)?;
            }
            Ok(())
        }
    }
}

async fn list(opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    let mut keys = opened.stores.keys.keys().await?;
    keys.retain(|k| k.state != KeyState::Retired);
    let width = keys.iter().map(|k| k.kid.len()).max().unwrap_or(0).max(3);
    writeln!(out, "{:width$}  {:5}  {:8}  SINCE", "KID", "ALG", "STATE")?;
    for key in &keys {
        let (alg, state) = (key.alg.as_str(), key.state.as_str());
        writeln!(out, "{:width$}  {alg:5}  {state:8}  {}", key.kid, key.changed_at)?;
    }
    Ok(())
}
