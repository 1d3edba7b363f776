//! `broker client …`

use super::arguments::ClientCommand;
use super::failure::Failure;
use super::given::{Output, json_line};
use crate::app::{
    BadRegistration, Opened, Registration, changed, check_events_endpoint, check_sector, rotate_secret,
};
use crate::config::Settings;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::Client;
use broker_domain::ids::{ClientId, EventId};
use broker_domain::ports::Topic;
use broker_domain::secret::Secret;
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;

pub(super) async fn run(
    command: ClientCommand,
    settings: &Settings,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    match command {
        ClientCommand::Add { file, generate_secret } => {
            let registration = read(&file)?;
            check_sector(registration.metadata(), settings)
                .await
                .map_err(|e| Failure::Asked(format!("{}: {e}", file.display())))?;
            check_events_endpoint(registration.metadata(), settings)
                .await
                .map_err(|e| Failure::Asked(format!("{}: {e}", file.display())))?;
            add(registration, &file, generate_secret, opened, out).await
        }
        ClientCommand::List { json } => list(json, opened, out).await,
        ClientCommand::Show { id } => {
            let client = find(&id, opened).await?;
            let pretty = serde_json::to_string_pretty(&described(&client)).unwrap_or_default();
            Ok(writeln!(out, "{pretty}")?)
        }
        ClientCommand::Set { id, file } => set(&id, &file, settings, opened, out).await,
        ClientCommand::RotateSecret { id, grace } => rotate(&id, grace, opened, out).await,
        ClientCommand::Disable { id } => switch(&id, false, opened, out).await,
        ClientCommand::Enable { id } => switch(&id, true, opened, out).await,
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(file).map_err(|e| Failure::Asked(format!("{}: cannot be read: {e}", file.display())))
}

fn read(file: &Path) -> Result<Registration, Failure> {
    Registration::parse(&bytes(file)?).map_err(|e| Failure::Asked(format!("{}: {e}", file.display())))
}

/// Changes a registration, unless that would change what anybody is known by.
async fn set(
    id: &str,
    file: &Path,
    settings: &Settings,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let bad = |e: BadRegistration| Failure::Asked(format!("{}: {e}", file.display()));
    let before = find(id, opened).await?;
    let after = changed(&before, &bytes(file)?).map_err(bad)?;
    if after == before {
        return Ok(writeln!(out, "{id} is registered so already")?);
    }
    check_sector(&after.metadata, settings).await.map_err(bad)?;
    check_events_endpoint(&after.metadata, settings).await.map_err(bad)?;
    let (old, new) = (before.sector(), after.sector());
    if old != new {
        let others = opened.stores.sectors.differing(&old, &new).await?;
        if others > 0 {
            return Err(Failure::Asked(format!(
                "{id} stays in the sector {old}: {others} of its citizens would be seen by another subject in {new}"
            )));
        }
    }
    replace(opened, &after).await?;
    record(opened, AuditKind::ClientChanged, &after.id, None).await?;
    Ok(writeln!(out, "{id} is changed")?)
}

async fn add(
    registration: Registration,
    file: &Path,
    generate: bool,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let now = opened.clock.now();
    let (client, secret) = registration
        .into_client(generate, &opened.hasher, &*opened.entropy, now)
        .map_err(|e| Failure::Asked(format!("{}: {e}", file.display())))?;
    opened.stores.registrations.add(&client).await?;
    record(opened, AuditKind::ClientAdded, &client.id, None).await?;
    json_line(out, &credentials(&client.id, secret.as_ref()))
}

fn credentials(id: &ClientId, secret: Option<&Secret>) -> Value {
    match secret {
        Some(secret) => json!({"client_id": id.as_str(), "client_secret": secret.reveal()}),
        None => json!({"client_id": id.as_str()}),
    }
}

async fn list(as_json: bool, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    let clients = opened.stores.registrations.all().await?;
    if as_json {
        for client in &clients {
            json_line(out, &described(client))?;
        }
        return Ok(());
    }
    let id_width = clients.iter().map(|c| c.id.as_str().chars().count()).max().unwrap_or(0).max(2);
    writeln!(out, "{:id_width$}  {:8}  {:8}  NAME", "ID", "STATE", "PROFILE")?;
    for client in &clients {
        let state = if client.is_enabled() { "enabled" } else { "disabled" };
        let profile = if client.is_dvcqg() { "dvcqg" } else { "standard" };
        writeln!(out, "{:id_width$}  {state:8}  {profile:8}  {}", client.id.as_str(), client.name.vi)?;
    }
    Ok(())
}

/// A registration without its secrets: how many there are, and when each ends.
fn described(client: &Client) -> Value {
    let mut all = serde_json::to_value(&client.metadata).unwrap_or_default();
    if let Value::Object(all) = &mut all {
        let ends: Vec<Value> = client
            .secrets
            .iter()
            .map(|s| json!({"expires_at": s.expires_at.map(|e| e.to_string())}))
            .collect();
        all.insert("secrets".to_owned(), Value::Array(ends));
        all.insert("has_events_token".to_owned(), json!(client.events_token.is_some()));
        all.insert("enabled".to_owned(), json!(client.is_enabled()));
        all.insert("disabled_at".to_owned(), json!(client.disabled_at.map(|t| t.to_string())));
        all.insert("created_at".to_owned(), json!(client.created_at.to_string()));
    }
    all
}

async fn find(id: &str, opened: &Opened) -> Result<Client, Failure> {
    let clients = opened.stores.registrations.all().await?;
    clients
        .into_iter()
        .find(|c| c.id.as_str() == id)
        .ok_or_else(|| Failure::Asked(format!("no client {id}: `broker client list` names them")))
}

async fn rotate(id: &str, grace: u32, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    let mut client = find(id, opened).await?;
    if client.is_public() {
        return Err(Failure::Asked(format!("{id} is a public client: it has no secret")));
    }
    let now = opened.clock.now();
    let secret = rotate_secret(&mut client, &opened.hasher, &*opened.entropy, grace.into(), now);
    replace(opened, &client).await?;
    let note = format!("old secrets end after {grace} s");
    record(opened, AuditKind::ClientSecretRotated, &client.id, Some(note)).await?;
    json_line(out, &credentials(&client.id, Some(&secret)))
}

async fn switch(id: &str, on: bool, opened: &Opened, out: Output<'_>) -> Result<(), Failure> {
    let mut client = find(id, opened).await?;
    let word = if on { "enabled" } else { "disabled" };
    if client.is_enabled() == on {
        return Ok(writeln!(out, "{id} is {word} already")?);
    }
    client.disabled_at = (!on).then(|| opened.clock.now());
    replace(opened, &client).await?;
    let kind = if on { AuditKind::ClientChanged } else { AuditKind::ClientDisabled };
    record(opened, kind, &client.id, Some(word.to_owned())).await?;
    Ok(writeln!(out, "{id} is {word}")?)
}

async fn replace(opened: &Opened, client: &Client) -> Result<(), Failure> {
    if opened.stores.registrations.replace(client).await? {
        return Ok(());
    }
    Err(Failure::Asked(format!("no client {} any more", client.id)))
}

/// Writes the audit event, and tells running instances.
async fn record(
    opened: &Opened,
    kind: AuditKind,
    client: &ClientId,
    note: Option<String>,
) -> Result<(), Failure> {
    let mut event = AuditEvent::new(EventId::generate(&*opened.entropy), opened.clock.now(), kind);
    event.client = Some(client.clone());
    event.note = note;
    opened.stores.audit.append(&[event]).await?;
    // Who misses the word looks for itself within half a second.
    let _ = opened.stores.announcements.announce(Topic::Clients).await;
    Ok(())
}
