//! `broker accounts import`

use super::bar::bar;
use super::failure::Failure;
use super::given::Output;
use crate::app::Opened;
use crate::import::{ImportError, Imported, Wanted, import};
use crate::passwords::PasswordRules;
use broker_domain::audit::{AuditEvent, AuditKind};
use broker_domain::ids::EventId;
use std::path::{Path, PathBuf};

/// How the progress bar looks: what is done, how fast it goes, and what is left.
const BAR: &str = "{bar:30} {percent:>3} %  {msg}  {eta} left";

/// The report's usual place: beside the file.
pub(super) fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".report.csv");
    PathBuf::from(name)
}

pub(super) async fn take(
    wanted: &Wanted,
    passwords: &PasswordRules,
    opened: &Opened,
    out: Output<'_>,
) -> Result<(), Failure> {
    let bar = bar(BAR, 0);
    let begun = opened.clock.now();
    // Rows that were done before, and those of the first batch: the rate is of the others.
    let mut first = None;
    let mut watch = |bytes, length, lines: u64| {
        bar.set_length(length);
        bar.set_position(bytes);
        let millis = u64::try_from(opened.clock.now().millis_since(begun)).unwrap_or(0).max(1);
        let first = *first.get_or_insert(lines);
        bar.set_message(format!("{lines} rows, {} a second", (lines - first) * 1000 / millis));
    };
    let now = opened.clock.now();
    let done = import(wanted, &*opened.stores.accounts, opened.entropy.clone(), now, &mut watch).await;
    bar.finish_and_clear();
    let Imported { count, bad, left_out, heaviest, resumed } = done.map_err(|error| match error {
        ImportError::File(file, e) => Failure::Asked(format!("{}: {e}", file.display())),
        error => Failure::Other(format!("{error}: begin again, it goes on where it was")),
    })?;
    let mut event = AuditEvent::new(EventId::generate(&*opened.entropy), now, AuditKind::AccountsImported);
    event.note = Some(format!("{}: {} added, {} changed", wanted.namespace, count.added, count.changed));
    opened.stores.audit.append(&[event]).await?;
    if resumed {
        writeln!(out, "an import that was broken off went on; the numbers are those of the whole file")?;
    }
    writeln!(
        out,
        "{} added, {} changed, {} unchanged, {bad} refused",
        count.added, count.changed, count.unchanged
    )?;
    if bad > 0 || left_out > 0 {
        writeln!(out, "{left_out} fields were left out; see {}", wanted.report.display())?;
    }
    let (slowest, floor) = (heaviest.measure(passwords), passwords.answer_after);
    if slowest > floor {
        let (slowest, floor) = (slowest.as_millis(), floor.as_millis());
        writeln!(
            out,
            "the slowest of the password hashes takes {slowest} ms to check on this machine, and answers come after {floor} ms: set"
        )?;
        writeln!(
            out,
            "passwords.answer_after_ms to more than that, or the time of an answer tells who has an account"
        )?;
    }
    match (bad, left_out) {
        (0, 0) => Ok(()),
        (refused, left_out) => Err(Failure::BadRows { refused, left_out, report: wanted.report.clone() }),
    }
}
