//! The import: reading on one thread, writing beside it.

use super::reader::{Format, Rows};
use super::record::{Finding, Ground};
use super::report::{Fate, Report};
use broker_domain::clock::Timestamp;
use broker_domain::ids::Namespace;
use broker_domain::ports::{Accounts, ImportCount, ImportProgress, ImportedAccount, StoreError};
use broker_domain::secret::Entropy;
use data_encoding::HEXLOWER;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Accounts of one transaction.
const BATCH: usize = 5000;
/// Batches that wait to be written.
const AHEAD: usize = 2;
/// How much of a file tells it from others, together with its length.
const HEAD: u64 = 64 * 1024;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// What became of the accounts.
    pub count: ImportCount,
    /// Rows of which no account came.
    pub bad: u64,
    /// Claims that were left out.
    pub left_out: u64,
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
    lines: u64,
    bytes: u64,
}

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
    let resumed = before.is_some();
    let mut progress = before.unwrap_or(ImportProgress { file: name, ..ImportProgress::default() });
    let mut report = Report::open(&wanted.report, resumed).map_err(at(&wanted.report))?;
    let (send, mut receive) = mpsc::channel(AHEAD);
    let rows =
        Rows::open(&wanted.file, wanted.format, progress.bytes, progress.lines).map_err(at(&wanted.file))?;
    let namespace = wanted.namespace.clone();
    let done = (progress.lines, length);
    let reading = tokio::task::spawn_blocking(move || {
        read(rows, done, &Ground { namespace: &namespace, now, entropy: &*entropy }, &send)
    });
    let mut left_out = 0;
    while let Some(batch) = receive.recv().await {
        let Batch { accounts: some, refused, left_out: without, lines, bytes } = batch;
        for (fate, findings) in [(Fate::Refused, &refused), (Fate::Partly, &without)] {
            for (line, finding) in findings {
                report.add(*line, fate, finding).map_err(at(&wanted.report))?;
            }
        }
        // Before the rows count as done: a row may be reported twice after a kill, never not at all.
        report.flush().map_err(at(&wanted.report))?;
        progress.lines = lines;
        progress.bytes = bytes;
        progress.bad += refused.len() as u64;
        left_out += without.len() as u64;
        progress = accounts.import(&wanted.namespace, some, progress, now).await?;
        watch(bytes, length, lines);
    }
    reading.await.map_err(|_| ImportError::Broken)?.map_err(at(&wanted.file))?;
    Ok(Imported { count: progress.count, bad: progress.bad, left_out, resumed })
}

/// What tells a file from others: its length, and a hash of its beginning.
fn mark(file: &Path) -> io::Result<(String, u64)> {
    let opened = File::open(file)?;
    let length = opened.metadata()?.len();
    let mut head = Vec::new();
    opened.take(HEAD).read_to_end(&mut head)?;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &head);
    Ok((format!("{}-{length}", HEXLOWER.encode(hash.as_ref().get(..16).unwrap_or_default())), length))
}

/// Reads to the end. `lines` of the file are done before, and `length` is where it ends.
fn read(
    mut rows: Rows,
    (mut lines, length): (u64, u64),
    ground: &Ground<'_>,
    send: &mpsc::Sender<Batch>,
) -> io::Result<()> {
    loop {
        let mut batch = Batch {
            accounts: Vec::with_capacity(BATCH),
            refused: Vec::new(),
            left_out: Vec::new(),
            lines: 0,
            bytes: 0,
        };
        let mut ended = false;
        while batch.accounts.len() + batch.refused.len() < BATCH {
            let Some(row) = rows.next()? else {
                ended = true;
                break;
            };
            lines = row.line;
            batch.bytes = row.end;
            let account = match row.fields {
                Ok(fields) => fields.account(ground, row.line),
                Err(reason) => Err(Finding { column: "", reason }),
            };
            match account {
                Ok((account, without)) => {
                    batch.accounts.push(account);
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
        // Nobody listens any more: the import failed elsewhere.
        if send.blocking_send(batch).is_err() || ended {
            return Ok(());
        }
    }
}
