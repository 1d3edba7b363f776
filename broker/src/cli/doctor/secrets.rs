//! Secrets: who may read their files, whether they are keys, and whether they open what is kept. Their values are never shown.

use super::database::{not_looked_at, open};
use super::finding::{Finding, Level, Place};
use crate::app::store_keys;
use crate::config::Settings;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The files that hold secrets, with the settings that name them.
fn listed(settings: &Settings) -> Vec<(String, &Path)> {
    let mut files: Vec<(String, Option<&Path>)> = Vec::new();
    let secrets = &settings.secrets;
    files.extend([
        ("secrets.file".to_owned(), secrets.file.as_deref()),
        ("secrets.hashing_key_file".to_owned(), secrets.hashing_key_file.as_deref()),
        ("secrets.index_key_file".to_owned(), secrets.index_key_file.as_deref()),
        ("secrets.other_index_key_file".to_owned(), secrets.other_index_key_file.as_deref()),
        ("stores.lasting_file".to_owned(), settings.stores.lasting_file.as_deref()),
        ("stores.expiring_file".to_owned(), settings.stores.expiring_file.as_deref()),
        ("telemetry.headers_file".to_owned(), settings.telemetry.headers_file.as_deref()),
        ("tls.private_key".to_owned(), settings.tls.as_ref().map(|t| t.private_key.as_path())),
    ]);
    for (i, key) in secrets.sealing_keys.iter().enumerate() {
        files.push((format!("secrets.sealing_keys.{i}.key_file"), key.key_file.as_deref()));
    }
    for (i, upstream) in settings.upstreams.iter().enumerate() {
        let name = |member: &str| format!("upstreams.{i}.{member}");
        files.push((name("client_secret_file"), upstream.client_secret_file.as_deref()));
        files.push((name("private_key_file"), upstream.private_key_file.as_deref()));
        files.push((name("previous_private_key_file"), upstream.previous_private_key_file.as_deref()));
    }
    for (i, namespace) in settings.namespaces.iter().enumerate() {
        let key = namespace.check.as_ref().and_then(|c| c.client_key.as_deref());
        files.push((format!("namespaces.{i}.check.client_key"), key));
    }
    files.push(("sms.token_file".to_owned(), settings.sms.as_ref().and_then(|s| s.token_file.as_deref())));
    let population = settings.population.as_ref().and_then(|p| p.client_secret_file.as_deref());
    files.push(("population.client_secret_file".to_owned(), population));
    files.into_iter().filter_map(|(name, file)| Some((name, file?))).collect()
}

/// A file as the system has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) owner: u32,
    pub(super) mode: u32,
    /// Whether a folder above it keeps out all who are neither its owner nor of its group.
    pub(super) is_behind_a_wall: bool,
    /// Whether it cannot be changed from here, as what an engine mounts into a container.
    pub(super) is_fixed: bool,
}

impl Standing {
    fn of(file: &Path) -> std::io::Result<Self> {
        let file = file.canonicalize()?;
        let read = std::fs::metadata(&file)?;
        let is_closed = |folder: &Path| std::fs::metadata(folder).is_ok_and(|f| f.mode() & 0o001 == 0);
        let mount = rustix::fs::statvfs(&file)?;
        Ok(Self {
            owner: read.uid(),
            mode: read.mode() & 0o7777,
            is_behind_a_wall: file.ancestors().skip(1).any(is_closed),
            is_fixed: mount.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
        })
    }

    /// What is wrong with it, as seen by user `ours`.
    pub(super) fn judge(self, ours: u32) -> Option<(Level, String)> {
        let Self { owner, mode, is_behind_a_wall, is_fixed } = self;
        let is_open = !is_behind_a_wall;
        // Nobody writes to what is mounted so that it can be read only.
        let fault = if mode & 0o002 != 0 && is_open && !is_fixed {
            (Level::Fail, "every user of this machine may change it".to_owned())
        } else if mode & 0o020 != 0 && !is_fixed {
            (Level::Fail, "its group may change it".to_owned())
        } else if mode & 0o004 != 0 && is_open && is_fixed {
            let cause = "every user here may read it; it is mounted so that it cannot be changed here, as secrets of containers are: \
                         no harm as long as nobody but the broker runs here";
            (Level::Warn, cause.to_owned())
        } else if mode & 0o004 != 0 && is_open {
            (Level::Fail, "every user of this machine may read it".to_owned())
        } else if owner != 0 && owner != ours {
            (Level::Warn, format!("it belongs to another user than the one who asks ({ours})"))
        } else if owner != 0 && mode & 0o040 != 0 && !is_fixed {
            (Level::Warn, "its group may read it".to_owned())
        } else {
            return None;
        };
        Some(fault)
    }
}

/// Who may read and change each file.
pub(super) async fn files(settings: &Settings) -> Vec<Finding> {
    let ours = rustix::process::geteuid().as_raw();
    let mut findings = Vec::new();
    let listed = listed(settings);
    for (name, file) in &listed {
        // One that cannot be read is a matter of the configuration.
        let Ok(standing) = Standing::of(file) else { continue };
        let Some((level, cause)) = standing.judge(ours) else { continue };
        let Standing { owner, mode, .. } = standing;
        let seen = format!("{name}: {} belongs to user {owner}, mode {mode:03o}", file.display());
        let action = if standing.is_fixed {
            "where it is mounted from: let its folder keep others out, or give it another mode there"
                .to_owned()
        } else {
            format!("chmod 600 {0}; chown it to the user that the broker runs as", file.display())
        };
        findings.push(Finding::ok("secrets.files", seen, Place::SECRETS).but(level, cause, action));
    }
    if findings.is_empty() {
        let seen = format!("{} files, none of which strangers may read or change", listed.len());
        findings.push(Finding::ok("secrets.files", seen, Place::SECRETS));
    }
    findings
}

/// Whether the keys are keys, and differ.
pub(super) async fn keys(settings: &Settings) -> Vec<Finding> {
    // One that is missing or too short is a matter of the configuration.
    let Ok(keys) = settings.secrets.open() else { return Vec::new() };
    let mut all = vec![keys.hashing.bytes(), keys.index.bytes()];
    all.extend(keys.other_index.as_ref().map(|k| k.bytes()));
    all.extend(keys.sealing.iter().map(|(_, key)| key.bytes()));
    let ids: Vec<&str> = keys.sealing.iter().map(|(id, _)| id.as_str()).collect();
    let seen =
        format!("{} keys of 256 bits; sealing keys {} (the first one seals)", all.len(), ids.join(", "));
    let finding = Finding::ok("secrets.keys", seen, Place::SECRETS);
    let action = "make new ones with `broker secrets generate`, and change them as the page says";
    let is_plain = |key: &&[u8; 32]| key.iter().all(|byte| key.first() == Some(byte));
    let mut distinct = all.clone();
    distinct.sort_unstable();
    distinct.dedup();
    vec![if all.iter().any(is_plain) {
        finding.but(Level::Fail, "a key is one byte, again and again: anybody guesses it", action)
    } else if distinct.len() < all.len() {
        finding.but(Level::Warn, "one key serves for two purposes", action)
    } else {
        finding
    }]
}

/// Whether the keys open what the database holds: some rows of every column.
pub(super) async fn sealed(settings: &Settings) -> Vec<Finding> {
    let Ok(keys) = settings.secrets.open() else { return Vec::new() };
    let Ok(lasting) = open(settings).await else { return not_looked_at("secrets.sealed", Place::AT_REST) };
    let sample = lasting.seal_sample(&store_keys(&keys)).await;
    lasting.close().await;
    // For example without a schema.
    let Ok(sample) = sample else { return not_looked_at("secrets.sealed", Place::AT_REST) };
    let by: Vec<&str> = sample.unopened.keys().map(String::as_str).collect();
    let seen = format!("{} sealed values looked at, by the keys {}", sample.values, by.join(", "));
    let mut findings = Vec::new();
    let finding = Finding::ok("secrets.sealed", seen, Place::AT_REST);
    let unopened: Vec<String> = sample
        .unopened
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(id, count)| format!("{count} of {id}"))
        .collect();
    if !unopened.is_empty() {
        let cause = format!("these keys do not open {}", unopened.join(", "));
        let action = "put the keys of these ids back behind the one that seals; they are in the copy of the secrets that was kept";
        findings.push(finding.but(Level::Fail, cause, action));
    } else {
        findings.push(finding);
    }
    if sample.unindexed > 0 {
        let seen = format!("{} identities are indexed by none of the index keys", sample.unindexed);
        findings.push(Finding::ok("secrets.index", seen, Place::AT_REST).but(
            Level::Fail,
            "secrets.index_key is another one than before: citizens would not be found, and be recorded a second time",
            "do not start the broker; put the former key back, as index_key or other_index_key",
        ));
    }
    findings
}
