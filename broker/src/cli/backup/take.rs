//! Taking a backup while the broker runs.

use super::super::failure::Failure;
use super::super::given::Output;
use super::files::{Passing, beside, database, embedded, keep_name, new_file, trouble};
use super::manifest::{FORMAT, Manifest, check};
use crate::app::{open, store_keys};
use crate::config::Settings;
use aws_lc_rs::digest;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::EventId;
use broker_stores::{Lasting, copy_sqlite};
use data_encoding::HEXLOWER;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);

/// Writes the backup, and records that it was taken.
pub(in super::super) async fn take(to: &Path, settings: &Settings, out: Output<'_>) -> Result<(), Failure> {
    let (_, url) = embedded(settings)?;
    let opened = open(settings).await?;
    if to.exists() {
        return Err(Failure::Asked(format!("{} is there already and is left as it is", to.display())));
    }
    let copy = Passing(beside(to, ".copy"));
    drop(new_file(&copy.0)?);
    let at = opened.clock.now();
    copy_sqlite(url, &copy.0).await.map_err(database)?;
    let keys = settings.secrets.open()?;
    let looked = Lasting::look(&format!("sqlite:{}", copy.0.display()), PATIENCE).await.map_err(database)?;
    let schema = looked.schema_versions().await.map_err(database)?.has;
    let sealing_keys = looked.sealing_key_ids(&store_keys(&keys)).await?;
    looked.close().await;
    let (bytes, sha256) = digest_of(&mut File::open(&copy.0).map_err(trouble(&copy.0))?)?;
    let manifest = Manifest {
        broker_backup: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: at.to_string(),
        issuer: settings.issuer.clone(),
        schema,
        bytes,
        sha256,
        sealing_keys,
        index_key_check: check(&keys.index, "index_key"),
        hashing_key_check: check(&keys.hashing, "hashing_key"),
    };
    // Under a name of its own until it is whole: a broken off backup is never taken for one.
    let unfinished = Passing(beside(to, ".unfinished"));
    write(&manifest, &copy.0, &unfinished.0)?;
    std::fs::rename(&unfinished.0, to).map_err(trouble(to))?;
    keep_name(to)?;
    let mut event = AuditEvent::new(EventId::generate(&*opened.entropy), at, AuditKind::BackupTaken);
    event.note = Some(manifest.sha256.clone());
    opened.stores.audit.append(&[event]).await?;
    let needed: Vec<&str> = manifest.sealing_keys.iter().map(String::as_str).collect();
    writeln!(out, "{} holds everything up to {} ({bytes} bytes)", to.display(), manifest.taken_at)?;
    Ok(writeln!(
        out,
        "The secrets are not in it: keep them, with the sealing keys {}, in another safe place. Without them it opens for nobody.",
        needed.join(", ")
    )?)
}

fn write(manifest: &Manifest, copy: &Path, to: &Path) -> Result<(), Failure> {
    let mut file = new_file(to)?;
    let line = serde_json::to_string(manifest).map_err(|e| Failure::Other(e.to_string()))?;
    let mut write = || {
        writeln!(file, "{line}")?;
        std::io::copy(&mut File::open(copy)?, &mut file)?;
        file.sync_all()
    };
    write().map_err(trouble(to))
}

/// Length and SHA-256 of what can be read.
pub(super) fn digest_of(from: &mut impl Read) -> Result<(u64, String), Failure> {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0u8; 65_536];
    let mut bytes = 0u64;
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, HEXLOWER.encode(context.finish().as_ref())));
        }
        context.update(buffer.get(..read).unwrap_or_default());
        bytes = bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    }
}
