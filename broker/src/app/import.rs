//! Registrations that come with the configuration: added at the start when the store does not have them.

use super::error::StartError;
use super::events_endpoint::check_events_endpoint;
use super::registration::{BadRegistration, Registration, files};
use super::sector::check_sector;
use crate::config::{ConfigError, Settings};
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
    settings: &Settings,
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
        check_sector(registration.metadata(), settings)
            .await
            .map_err(|e| StartError::Registration(file.clone(), e))?;
        check_events_endpoint(registration.metadata(), settings)
            .await
            .map_err(|e| StartError::Registration(file.clone(), e))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::Bench;
    use broker_domain::client::{ApplicationType, AuthMethod, ConsentPolicy};
    use broker_domain::secret::{SeededEntropy, random_text};

    const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/demo/clients/*.json");

    #[test]
    fn the_demo_registers_what_its_contract_says() {
        let (hasher, entropy) = (Hasher::new(&[1; 32]), SeededEntropy::new(1));
        let now = Timestamp::from_secs(1);
        let clients: Vec<_> = read(&[DEMO.to_owned()])
            .unwrap()
            .into_iter()
            .map(|(_, r)| r.into_client(false, &hasher, &entropy, now).unwrap())
            .collect();
        let told: Vec<_> = clients
            .iter()
            .map(|(c, secret)| {
                let m = &c.metadata;
                let secret = secret.as_ref().map_or("", |s| s.reveal());
                (c.id.as_str(), secret, c.is_dvcqg(), m.redirect_uris.join(" "))
            })
            .collect();
        let row = |id, secret, dvcqg, uris: &str| (id, secret, dvcqg, uris.to_owned());
        assert_eq!(
            told,
            [
                row(
                    "cong-binhduong",
                    "demo-secret-binhduong-for-localhost-only",
                    false,
                    "http://localhost:8002/callback"
                ),
                row(
                    "cong-bocongan",
                    "demo-secret-bocongan-for-localhost-only",
                    true,
                    "http://localhost:8003/sso/callback"
                ),
                row(
                    "cong-dvcqg",
                    "demo-secret-dvcqg-for-localhost-only",
                    false,
                    "http://localhost:8001/callback"
                ),
                row(
                    "demo-legacy",
                    "demo-secret-legacy-for-localhost-only",
                    true,
                    "http://localhost:9997/sso/callback"
                ),
                row("demo-native", "", false, "http://localhost/callback http://127.0.0.1/callback"),
                row("demo-rp", "demo-secret-rp-for-localhost-only", false, "http://localhost:9999/callback"),
                row("demo-spa", "", false, "http://localhost:9998/callback"),
            ]
        );
        let of = |id: &str| &clients.iter().find(|(c, _)| c.id.as_str() == id).unwrap().0.metadata;
        let rp = of("demo-rp");
        assert_eq!(rp.auth_methods(), [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost]);
        assert_eq!(rp.post_logout_redirect_uris, ["http://localhost:9999/bye"]);
        assert_eq!(
            rp.backchannel_logout_uri.as_deref(),
            Some("http://localhost:9999/callback?logout=backchannel")
        );
        assert!(rp.backchannel_logout_session_required);
        assert_eq!(of("demo-legacy").post_logout_redirect_uris, ["http://localhost:9997/sso/callback"]);
        let spa = of("demo-spa");
        assert_eq!(
            (spa.application_type, &spa.allowed_origins[..]),
            (ApplicationType::Browser, &["http://localhost:9998".to_owned()][..])
        );
        assert_eq!(spa.post_logout_redirect_uris, ["http://localhost:9998/"]);
        assert_eq!(of("demo-native").application_type, ApplicationType::Native);
        let asks: Vec<_> = clients.iter().filter(|(c, _)| c.metadata.consent == ConsentPolicy::Ask).collect();
        assert_eq!(asks.iter().map(|(c, _)| c.id.as_str()).collect::<Vec<_>>(), ["demo-native"]);
    }

    #[tokio::test]
    async fn what_is_there_is_left_alone() {
        let bench = Bench::new(&format!(
            "[clients]\nfiles = [\"{DEMO}\"]\n[logout]\nprivate_hosts_allowed = [\"localhost\"]\n"
        ))
        .await;
        let broker = &bench.app.broker;
        assert_eq!(broker.registry.len(), 7);
        let mut changed = broker.stores.registrations.all().await.unwrap().remove(0);
        changed.disabled_at = Some(broker.clock.now());
        assert!(broker.stores.registrations.replace(&changed).await.unwrap());
        let again = bench.another(3).await;
        assert_eq!(again.broker.registry.len(), 7);
        assert!(!again.broker.registry.find(changed.id.as_str()).unwrap().is_enabled());
        let added = broker.stores.audit.entries(0, 100).await.unwrap();
        assert_eq!(added.iter().filter(|e| e.event.kind == AuditKind::ClientAdded).count(), 7);
    }

    #[test]
    fn a_file_without_an_id_or_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(format!("{}.json", random_text(&SeededEntropy::new(1), 3)));
        std::fs::write(&file, "{\"client_name\": \"x\", \"redirect_uris\": [\"https://x.example/\"]}")
            .unwrap();
        let error = |entry: String| read(&[entry]).map(|_| ()).unwrap_err().to_string();
        assert!(error(file.display().to_string()).contains("client_id: missing"));
        assert!(
            error("/nowhere/*.json".to_owned())
                .starts_with("clients.files.0: /nowhere/*.json cannot be read")
        );
        assert!(error("/nowhere.json".to_owned()).contains("/nowhere.json: cannot be read"));
    }
}
