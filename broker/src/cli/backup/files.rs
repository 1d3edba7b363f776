//! The files of a backup, and the one that it is of.

use super::super::failure::Failure;
use crate::config::Settings;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// The SQLite file of the settings and its URL; PostgreSQL has ways of its own.
pub(super) fn embedded(settings: &Settings) -> Result<(PathBuf, &str), Failure> {
    let url = settings.stores.lasting.reveal();
    let file = broker_stores::sqlite_file(url).ok_or_else(|| {
        Failure::Asked(
            "stores.lasting is PostgreSQL, which is copied by its own tools: pg_basebackup with archived logs, or pg_dump. \
             deploy/README.md says how, and deploy/rehearse-restore rehearses it"
                .to_owned(),
        )
    })?;
    Ok((file, url))
}

pub(super) fn trouble(file: &Path) -> impl Fn(std::io::Error) -> Failure + '_ {
    move |e| Failure::Other(format!("{}: {e}", file.display()))
}

pub(super) fn database(error: impl std::fmt::Display) -> Failure {
    Failure::Other(format!("the database: {error}"))
}

/// Makes a file that only its owner may read; never replaces one.
pub(super) fn new_file(file: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::Asked(format!("{} is there already and is left as it is", file.display()))
        }
        _ => trouble(file)(e),
    })
}

/// The name of a file beside another one.
pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Sees to it that a new name in a folder survives a loss of power.
pub(super) fn keep_name(file: &Path) -> Result<(), Failure> {
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|f| f.sync_all()).map_err(trouble(folder))
}

/// A file that is removed when this is dropped.
pub(super) struct Passing(pub(super) PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(beside(&self.0, ending));
        }
    }
}
