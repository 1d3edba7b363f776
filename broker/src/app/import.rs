//! Registrations that come with the configuration: added at the start when the store does not have them.

use super::error::StartError;
use super::registration::{BadRegistration, Registration, files};
use crate::config::ConfigError;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::client::BadMetadata;
use broker_domain::clock::Timestamp;
use broker_domain::ids::EventId;
use broker_domain::ports::{AuditLog, Registrations, StoreError};
use broker_domain::secret::{Entropy, Hasher};
use std::path::PathBuf;

/// Reads the files that `clients.files` names.
///
/// # Errors
/// Names the file that cannot be read or registers nothing.
pub(super) fn read(entries: &[String]) -> Result<Vec<(PathBuf, Registration)>, StartError> {
    let mut read = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let found = files(entry).map_err(|e| {
            ConfigError::one(format!("clients.files.{i}"), format!("{entry} cannot be read: {e}"))
        })?;
        for file in found {
            let registration =
                Registration::read(&file).map_err(|e| StartError::Registration(file.clone(), e))?;
            if registration.id().is_none() {
                let says = "missing: a registration that comes with the configuration needs an id, so that it is added once only";
                let bad = BadMetadata { member: "client_id", reason: says.to_owned() };
                return Err(StartError::Registration(file, BadRegistration::Member(bad)));
            }
            read.push((file, registration));
        }
    }
    Ok(read)
}

/// Adds those that the store does not have, and says how many. Of several instances that start together, one adds each.
///
/// # Errors
/// When the store does not answer, or a file lacks the secret.
pub(super) async fn add_missing(
    read: Vec<(PathBuf, Registration)>,
    registrations: &dyn Registrations,
    audit: &dyn AuditLog,
    (hasher, entropy, now): (&Hasher, &dyn Entropy, Timestamp),
) -> Result<usize, StartError> {
    if read.is_empty() {
        return Ok(0);
    }
    let store = |e| StartError::Store("stores.lasting", e);
    let known = registrations.all().await.map_err(store)?;
    let mut added = 0;
    for (file, registration) in read {
        if known.iter().any(|c| Some(c.id.as_str()) == registration.id()) {
            continue;
        }
        let (client, _) = registration
            .into_client(false, hasher, entropy, now)
            .map_err(|e| StartError::Registration(file, e))?;
        match registrations.add(&client).await {
            Ok(()) => {
                added += 1;
                let mut event = AuditEvent::new(EventId::generate(entropy), now, AuditKind::ClientAdded);
                event.client = Some(client.id);
                event.note = Some("from the configuration".to_owned());
                audit.append(&[event]).await.map_err(store)?;
            }
            // Another instance was quicker.
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(store(error)),
        }
    }
    Ok(added)
}
