//! The report of an import: one line and reason for each bad row.

use super::record::Finding;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// No account came of it.
    Refused,
    /// Its account came in without a field.
    Partly,
    /// A later row of the file counts instead.
    Replaced,
}

/// The report: CSV with the line, what happened, the column and the reason. Nothing of a row's contents stands in it.
pub(super) struct Report(BufWriter<File>);

impl Report {
    /// Makes a new one, or goes on with the one of an import that was broken off.
    pub(super) fn open(file: &Path, goes_on: bool) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(goes_on).truncate(!goes_on);
        let mut report = Self(BufWriter::new(options.open(file)?));
        if !goes_on {
            writeln!(report.0, "line,result,column,reason")?;
        }
        Ok(report)
    }

    pub(super) fn add(&mut self, line: u64, fate: Fate, finding: &Finding) -> io::Result<()> {
        let result = match fate {
            Fate::Refused => "refused",
            Fate::Partly => "imported in part",
            Fate::Replaced => "replaced",
        };
        writeln!(self.0, "{line},{result},{},\"{}\"", finding.column, finding.reason)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
