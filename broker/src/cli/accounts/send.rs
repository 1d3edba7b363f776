//! `broker accounts export`

use super::bar::{ACCOUNTS, bar};
use super::failure::Failure;
use super::given::Output;
use crate::app::Opened;
use crate::import::{ExportError, Exported, export};
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::EventId;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind};
use std::path::Path;

pub(super) async fn send(
    wanted: &Exported,
    file: Option<&Path>,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let accounts = &*opened.stores.account_walk;
    let made = file.map(private).transpose().map_err(|e| {
        let place = file.unwrap_or(Path::new("")).display();
        match e.kind() {
            ErrorKind::AlreadyExists => {
                Failure::Asked(format!("{place} is there already and is left as it is"))
            }
            _ => Failure::Asked(format!("{place}: {e}")),
        }
    })?;
    // Before anything leaves: what was begun is told as well.
    let mut event =
        AuditEvent::new(EventId::generate(&*opened.entropy), opened.clock.now(), AuditKind::AccountsExported);
    let what = if wanted.with_passwords { "with passwords" } else { "without passwords" };
    event.note = Some(format!("{}: {what}", wanted.namespace));
    opened.stores.audit.append(&[event]).await?;
    let bar = bar(ACCOUNTS, accounts.count_walked(Some(&wanted.namespace)).await?);
    let mut watch = |done| bar.set_position(done);
    let done = match made {
        Some(made) => {
            let mut made = BufWriter::with_capacity(256 * 1024, made);
            let done = export(wanted, accounts, &mut made, &mut watch).await;
            match done {
                Ok(count) => made.get_ref().sync_all().map(|()| count).map_err(ExportError::from),
                failed => failed,
            }
        }
        None => export(wanted, accounts, out, &mut watch).await,
    };
    bar.finish_and_clear();
    let count = done.map_err(|e| match e {
        ExportError::File(e) => Failure::Other(format!("the export cannot be written: {e}")),
        ExportError::Store(e) => e.into(),
    })?;
    if let Some(file) = file {
        writeln!(out, "{count} accounts were written to {}", file.display())?;
    }
    Ok(())
}

/// A new file that only its owner may read.
fn private(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}
