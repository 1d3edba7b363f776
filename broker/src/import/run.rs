//! The import: reading on one thread, writing beside it.
//!
//! Of rows of one file that have the same `TechID` the last one counts: that can be kept without holding all of them in memory, and the
//! file once more comes to the same.

use super::place::{Looked, Running, look, mark};
use super::reader::{Format, Rows};
use super::record::{Finding, Ground};
use super::report::{Fate, Report};
use crate::passwords::Heaviest;
use broker_domain::clock::Timestamp;
use broker_domain::ids::Namespace;
use broker_domain::ports::{Accounts, ImportCount, ImportProgress, ImportedAccount, RowPlace, StoreError};
use broker_domain::secret::Entropy;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Accounts of one transaction.
const BATCH: usize = 5000;
/// Batches that wait to be written.
const AHEAD: usize = 2;

/// What is to be imported.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The file.
    pub file: PathBuf,
    /// How it is written.
    pub format: Format,
    /// The portal that had created the accounts.
    pub namespace: Namespace,
    /// Where bad rows are reported.
    pub report: PathBuf,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// What became of the accounts.
    pub count: ImportCount,
    /// Rows of which no account came, or one that a later row of the same file replaced.
    pub bad: u64,
    /// Fields that were left out: claims, names and password hashes.
    pub left_out: u64,
    /// The password hashes that take the longest to check, of the rows that were read now.
    pub heaviest: Heaviest,
    /// Whether an import that was broken off went on.
    pub resumed: bool,
}

/// Why an import did not come to its end. What was written stays; it goes on there when it is begun again.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file, or the report, cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The thread that reads died.
    #[error("reading broke off")]
    Broken,
}

/// A batch on its way from the reader to the store.
struct Batch {
    accounts: Vec<ImportedAccount>,
    refused: Vec<(u64, Finding)>,
    left_out: Vec<(u64, Finding)>,
    /// Where the accounts stand.
    rows: Vec<RowPlace>,
    lines: u64,
    bytes: u64,
    /// A hash of these bytes.
    digest: Vec<u8>,
}

/// A later row of the same file has the `TechID` of this one.
const REPLACED: Finding = Finding { column: "tech_id", reason: "stands again further down: that row counts" };

/// Imports a file. `watch` is told how many bytes of how many are done, and how many lines that was.
///
/// # Errors
/// [`ImportError`]; begun again with the same file, it goes on where it was.
pub async fn import(
    wanted: &Wanted,
    accounts: &dyn Accounts,
    entropy: Arc<dyn Entropy>,
    now: Timestamp,
    watch: &mut (dyn FnMut(u64, u64, u64) + Send),
) -> Result<Imported, ImportError> {
    let at = |file: &Path| {
        let file = file.to_owned();
        move |e: io::Error| ImportError::File(file, e)
    };
    let (name, length) = mark(&wanted.file).map_err(at(&wanted.file))?;
    let before = accounts.progress(&wanted.namespace, &name).await?;
    // A file that was done is done again from its beginning: it changes nothing.
    let before = before.filter(|p| p.bytes < length);
    let (file, done) = (wanted.file.clone(), before.as_ref().map(|p| (p.bytes, p.digest.clone())));
    let looking = tokio::task::spawn_blocking(move || look(&file, done.as_ref().map(|(b, d)| (*b, &**d))));
    let Looked { content, running, goes_on: resumed } =
        looking.await.map_err(|_| ImportError::Broken)?.map_err(at(&wanted.file))?;
    // Neither is one of which something was mended in the part that was done.
    let before = before.filter(|_| resumed);
    let mut progress = before.unwrap_or(ImportProgress { file: name, ..ImportProgress::default() });
    progress.content = content;
    let mut report = Report::open(&wanted.report, resumed).map_err(at(&wanted.report))?;
    let (send, mut receive) = mpsc::channel(AHEAD);
    let rows =
        Rows::open(&wanted.file, wanted.format, progress.bytes, progress.lines).map_err(at(&wanted.file))?;
    let namespace = wanted.namespace.clone();
    let done = (progress.lines, length);
    let reading = tokio::task::spawn_blocking(move || {
        read(rows, running, done, &Ground { namespace: &namespace, now, entropy: &*entropy }, &send)
    });
    while let Some(batch) = receive.recv().await {
        let Batch { accounts: some, refused, left_out: without, rows, lines, bytes, digest } = batch;
        for (fate, findings) in [(Fate::Refused, &refused), (Fate::Partly, &without)] {
            for (line, finding) in findings {
                report.add(*line, fate, finding).map_err(at(&wanted.report))?;
            }
        }
        // Before the rows count as done: a row may be reported twice after a kill, never not at all.
        report.flush().map_err(at(&wanted.report))?;
        (progress.lines, progress.bytes, progress.digest, progress.rows) = (lines, bytes, digest, rows);
        progress.bad += refused.len() as u64;
        progress.left_out += without.len() as u64;
        progress = accounts.import(&wanted.namespace, some, progress, now).await?;
        // Which rows these are the store alone knows, when it has written. What a kill takes here, the same file once more reports.
        for line in std::mem::take(&mut progress.replaced) {
            report.add(line, Fate::Replaced, &REPLACED).map_err(at(&wanted.report))?;
        }
        watch(bytes, length, lines);
    }
    report.flush().map_err(at(&wanted.report))?;
    let heaviest = reading.await.map_err(|_| ImportError::Broken)?.map_err(at(&wanted.file))?;
    let ImportProgress { count, bad, left_out, .. } = progress;
    Ok(Imported { count, bad, left_out, heaviest, resumed })
}

/// Reads to the end. `lines` of the file are done before, and `length` is where it ends.
fn read(
    mut rows: Rows,
    mut running: Running,
    (mut lines, length): (u64, u64),
    ground: &Ground<'_>,
    send: &mpsc::Sender<Batch>,
) -> io::Result<Heaviest> {
    let mut heaviest = Heaviest::default();
    loop {
        let mut batch = Batch {
            accounts: Vec::with_capacity(BATCH),
            refused: Vec::new(),
            left_out: Vec::new(),
            rows: Vec::with_capacity(BATCH),
            lines: 0,
            bytes: 0,
            digest: Vec::new(),
        };
        let mut ended = false;
        while batch.accounts.len() + batch.refused.len() < BATCH {
            let Some(row) = rows.next()? else {
                ended = true;
                break;
            };
            lines = row.last;
            batch.bytes = row.end;
            let account = match row.fields {
                Ok(fields) => fields.account(ground, row.line, &mut heaviest),
                Err(reason) => Err(Finding { column: "", reason }),
            };
            match account {
                Ok((account, without)) => {
                    batch.accounts.push(account);
                    batch.rows.push(RowPlace { end: row.end, line: row.line });
                    batch.left_out.extend(without.into_iter().map(|f| (row.line, f)));
                }
                Err(finding) => batch.refused.push((row.line, finding)),
            }
        }
        batch.lines = lines;
        if ended {
            // What follows the last row is nobody's account: the file is done.
            batch.bytes = length;
        }
        batch.digest = running.until(batch.bytes)?;
        // Nobody listens any more: the import failed elsewhere.
        if send.blocking_send(batch).is_err() || ended {
            return Ok(heaviest);
        }
    }
}
