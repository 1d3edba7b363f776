//! `broker keys …`

use super::arguments::KeysCommand;
use super::failure::Failure;
use super::given::{Output, confirmed};
use crate::app::Opened;
use crate::config::Settings;
use crate::jobs::{Emergency, rotate, rotate_in_emergency};
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
        KeysCommand::Rotate { emergency: true, kid, yes, .. } => take_away(&kid, yes, opened, out).await,
        KeysCommand::Rotate { now, .. } => {
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

const BEFORE: &str = "\
Portals that keep our keys refuse new sign-ins until they fetch the keys again. Id_tokens and access tokens of before that are JWTs
are refused from now on. This cannot be undone.";

const AFTER: &str = "\
Every running instance knows within a second.
Tell the portals now: fetch the keys (jwks_uri) again, drop the copies that you keep, and accept nothing that was signed by a kid
  named above, whatever its expiry says. What came in by such a token since the leak deserves a look.
Sessions of citizens go on, as do opaque access tokens and refresh tokens: no key signed them. A refresh gives new tokens.
  Access tokens that are JWTs, and id_tokens as hints, are refused; a logout by an old id_token ends on the error page VB-1501.
Take a new backup: one from before brings the leaked keys back.";

async fn take_away(leaked: &[String], yes: bool, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    if !yes {
        let which = if leaked.is_empty() { "all published keys".to_owned() } else { leaked.join(", ") };
        writeln!(out, "Take away: {which}.\n{BEFORE}")?;
        confirmed(out)?;
    }
    let at = opened.clock.now();
    let done = rotate_in_emergency(&*opened.stores.keys, &*opened.entropy, leaked, at).await?;
    // Before the event: the word must not wait for it.
    let _ = opened.stores.announcements.announce(Topic::Keys).await;
    let Emergency { taken, signing } = done;
    let mut event = AuditEvent::new(EventId::generate(&*opened.entropy), at, AuditKind::KeysTakenAway);
    event.note = Some(taken.join(" "));
    opened.stores.audit.append(&[event]).await?;
    writeln!(out, "taken away: {}", taken.join(", "))?;
    if signing.is_empty() {
        writeln!(out, "none of them was signing: the keys that sign stay")?;
    } else {
        writeln!(out, "signing from now on: {}", signing.join(", "))?;
    }
    Ok(writeln!(out, "{AFTER}")?)
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
