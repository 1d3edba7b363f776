//! Putting a backup back: everything is checked in a file beside the database before the database is touched, and takes its place in
//! one step.

use super::super::failure::Failure;
use super::super::given::Output;
use super::files::{Passing, beside, database, embedded, keep_name, new_file, trouble};
use super::manifest::Manifest;
use super::take::digest_of;
use crate::app::{Opened, Overrides, open_with, store_keys};
use crate::config::Settings;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::clock::{Clock, SystemClock};
use broker_domain::ids::EventId;
use broker_stores::{Held, HeldAlone, Lasting};
use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(10);

/// Puts the database back as the backup has it. One that is there stays beside it under another name.
pub(in super::super) async fn restore(
    from: &Path,
    replace: bool,
    settings: &Settings,
    out: Output<'_>,
) -> Result<(), Failure> {
    let (file, url) = embedded(settings)?;
    if file.exists() && !replace {
        return Err(Failure::Asked(format!(
            "{} is there already: pass --replace to put the backup in its place (it is kept beside it)",
            file.display()
        )));
    }
    let new = Passing(beside(&file, ".restoring"));
    let manifest = unpack(from, &new.0)?;
    verify(&manifest, &new.0, settings).await?;
    let kept = replace_by(&new.0, &file, url).await?;
    writeln!(out, "{} is as it was at {}", file.display(), manifest.taken_at)?;
    if let Some(kept) = kept {
        writeln!(out, "what was there is kept as {}", kept.display())?;
    }
    record(&manifest, settings).await?;
    Ok(writeln!(
        out,
        "What happened later is not in it. Signing keys are those of then: if keys were taken away since because they had leaked, run\n\
         `broker keys rotate --emergency` now, before the broker starts."
    )?)
}

/// Takes the copy out of the backup; refuses one that is not what its first line says.
fn unpack(from: &Path, to: &Path) -> Result<Manifest, Failure> {
    let mut backup = BufReader::new(File::open(from).map_err(trouble(from))?);
    let manifest = Manifest::read(&mut backup)?;
    let mut copy = new_file(to)?;
    std::io::copy(&mut backup, &mut copy).and_then(|_| copy.sync_all()).map_err(trouble(to))?;
    copy = File::open(to).map_err(trouble(to))?;
    copy.rewind().map_err(trouble(to))?;
    let (bytes, sha256) = digest_of(&mut copy)?;
    if bytes != manifest.bytes || sha256 != manifest.sha256 {
        return Err(Failure::Asked(format!(
            "{} is damaged: it holds {bytes} bytes of {}, with another SHA-256 than its first line says",
            from.display(),
            manifest.bytes
        )));
    }
    Ok(manifest)
}

async fn verify(manifest: &Manifest, file: &Path, settings: &Settings) -> Result<(), Failure> {
    let keys = settings.secrets.open()?;
    let looked = Lasting::look(&format!("sqlite:{}", file.display()), PATIENCE).await.map_err(database)?;
    let looking = async {
        manifest.fits(&keys, &looked.schema_versions().await.map_err(database)?)?;
        if !looked.is_whole().await.map_err(database)? {
            return Err(Failure::Asked("the database in the backup is damaged".to_owned()));
        }
        let sample = looked.seal_sample(&store_keys(&keys)).await?;
        match sample.unopened.iter().find(|(_, unopened)| **unopened > 0) {
            Some((id, _)) => Err(Failure::Asked(format!(
                "secrets.sealing_keys: the key {id} is another one than the key of that id that sealed the backup"
            ))),
            None => Ok(()),
        }
    };
    let looked_at = looking.await;
    looked.close().await;
    looked_at
}

/// Gives the name of the database to the new file, in one step; says where the old one is.
async fn replace_by(new: &Path, file: &Path, url: &str) -> Result<Option<PathBuf>, Failure> {
    let stamp: String = SystemClock.now().to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let kept = beside(file, &format!(".before-{stamp}"));
    if !file.exists() {
        // What a killed broker left beside a file that is gone would be taken for a part of the new one.
        let put_aside = put_aside(&["-wal", "-shm", "-journal"], file, &kept)?;
        std::fs::rename(new, file).map_err(trouble(file))?;
        keep_name(file)?;
        return Ok(put_aside);
    }
    match HeldAlone::take(url).await.map_err(database)? {
        Held::InUse => {
            Err(Failure::Asked(format!("{} is in use: stop the broker, then restore", file.display())))
        }
        // Nobody can work with it. It is kept with what stands beside it, for whoever may save something from it.
        Held::Damaged => {
            put_aside(&["", "-wal", "-shm", "-journal"], file, &kept)?;
            std::fs::rename(new, file).map_err(trouble(file))?;
            keep_name(file)?;
            Ok(Some(kept))
        }
        // Held until the new one is there: no broker starts on the old one meanwhile.
        Held::Alone(held) => {
            // Two names for a moment, so that there is a database at every moment.
            std::fs::hard_link(file, &kept).map_err(trouble(&kept))?;
            std::fs::rename(new, file).map_err(trouble(file))?;
            keep_name(file)?;
            held.release().await.map_err(database)?;
            Ok(Some(kept))
        }
    }
}

/// Gives those of a database's files that are there another name; says the first one's.
fn put_aside(endings: &[&str], file: &Path, kept: &Path) -> Result<Option<PathBuf>, Failure> {
    let mut first = None;
    for ending in endings {
        let (old, new) = (beside(file, ending), beside(kept, ending));
        match std::fs::rename(&old, &new) {
            Ok(()) => first = first.or(Some(new)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(trouble(&old)(error)),
        }
    }
    Ok(first)
}

async fn record(manifest: &Manifest, settings: &Settings) -> Result<(), Failure> {
    // What was restored is this program's alone until the broker starts: an older schema is brought up to date, for the log must say
    // that it was restored.
    let Opened { stores, clock, entropy, .. } = open_with(settings, &Overrides::default(), true).await?;
    let mut event = AuditEvent::new(EventId::generate(&*entropy), clock.now(), AuditKind::BackupRestored);
    event.note = Some(manifest.sha256.clone());
    Ok(stores.audit.append(&[event]).await?)
}
