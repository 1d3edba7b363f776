//! Rows of a file, one after the other, with the place where each ends.

use super::column::Column;
use super::json::of_json;
use super::record::Fields;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 1024 * 1024;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Comma-separated values with a line of column names (RFC 4180).
    Csv,
    /// One JSON object a line, its members named as the columns.
    Jsonl,
}

impl Format {
    /// By the name of a file: CSV unless it ends in `.jsonl`, `.ndjson` or `.json`.
    pub fn of(file: &Path) -> Self {
        match file.extension().and_then(|e| e.to_str()) {
            Some("jsonl" | "ndjson" | "json") => Self::Jsonl,
            _ => Self::Csv,
        }
    }
}

/// A row, or why it does not read.
pub(super) struct Row {
    /// Its line, the first being 1.
    pub(super) line: u64,
    /// The line at which it ends: a field may hold several.
    pub(super) last: u64,
    /// Where the next one begins, in bytes.
    pub(super) end: u64,
    /// Its fields.
    pub(super) fields: Result<Fields, &'static str>,
}

/// Rows of a file.
pub(super) enum Rows {
    Csv { reader: Box<csv::Reader<File>>, columns: Vec<Column>, record: csv::StringRecord, lines: u64 },
    Jsonl { reader: BufReader<File>, at: u64, line: u64 },
}

fn bad(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

impl Rows {
    /// Opens a file, and goes on behind `bytes` of it, which are `lines` lines.
    pub(super) fn open(file: &Path, format: Format, bytes: u64, lines: u64) -> io::Result<Self> {
        let mut opened = File::open(file)?;
        match format {
            Format::Jsonl => {
                opened.seek(SeekFrom::Start(bytes))?;
                Ok(Self::Jsonl {
                    reader: BufReader::with_capacity(256 * 1024, opened),
                    at: bytes,
                    line: lines,
                })
            }
            Format::Csv => {
                let builder =
                    csv::ReaderBuilder::new().flexible(true).buffer_capacity(256 * 1024).from_reader(opened);
                let mut reader = Box::new(builder);
                let names = reader.headers().map_err(|e| bad(e.to_string()))?.clone();
                let named = |name: &str| {
                    let name = name.trim_start_matches('\u{feff}');
                    Column::of(name).ok_or_else(|| bad(format!("there is no column {name:?}")))
                };
                let columns: Vec<Column> = names.iter().map(named).collect::<io::Result<_>>()?;
                if !columns.contains(&Column::TechId) {
                    return Err(bad("there is no column tech_id".to_owned()));
                }
                if bytes > 0 {
                    let mut place = csv::Position::new();
                    place.set_byte(bytes).set_line(lines + 1);
                    reader.seek(place).map_err(|e| bad(e.to_string()))?;
                }
                Ok(Self::Csv { reader, columns, record: csv::StringRecord::new(), lines: lines.max(1) })
            }
        }
    }

    /// The next row; `None` at the end of the file.
    pub(super) fn next(&mut self) -> io::Result<Option<Row>> {
        match self {
            Self::Csv { reader, columns, record, lines } => next_csv(reader, columns, record, lines),
            Self::Jsonl { reader, at, line } => next_json(reader, at, line),
        }
    }
}

fn next_csv(
    reader: &mut csv::Reader<File>,
    columns: &[Column],
    record: &mut csv::StringRecord,
    lines: &mut u64,
) -> io::Result<Option<Row>> {
    let read = reader.read_record(record);
    let begun = record.position().map_or(*lines + 1, csv::Position::line);
    let end = reader.position().byte();
    let line = begun.max(*lines + 1);
    let fields = match read {
        Ok(false) => return Ok(None),
        Ok(true) if record.len() == columns.len() => {
            let mut fields = Fields::default();
            for (column, text) in columns.iter().zip(record.iter()) {
                fields.put(*column, text);
            }
            Ok(fields)
        }
        Ok(true) => Err("has another number of fields than the first line"),
        Err(error) => match error.into_kind() {
            csv::ErrorKind::Utf8 { .. } => Err("is not UTF-8"),
            csv::ErrorKind::Io(error) => return Err(error),
            _ => Err("does not read"),
        },
    };
    *lines = reader.position().line().saturating_sub(1).max(line);
    Ok(Some(Row { line, last: *lines, end, fields }))
}

fn next_json(reader: &mut BufReader<File>, at: &mut u64, line: &mut u64) -> io::Result<Option<Row>> {
    let mut text = Vec::new();
    let mut taken = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut text)? as u64;
    if taken == 0 {
        return Ok(None);
    }
    let is_long = taken == MAX_LINE && text.last() != Some(&b'\n');
    if is_long {
        taken += skip_line(reader)?;
    }
    *at += taken;
    *line += 1;
    let fields = if is_long {
        Err("is too long")
    } else if text.trim_ascii().is_empty() {
        // A blank line at the end, or between: nobody's account.
        return next_json(reader, at, line);
    } else {
        of_json(text.trim_ascii())
    };
    Ok(Some(Row { line: *line, last: *line, end: *at, fields }))
}

fn skip_line(reader: &mut BufReader<File>) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffered = reader.fill_buf()?;
        let (length, ended) = match buffered.iter().position(|b| *b == b'\n') {
            Some(place) => (place + 1, true),
            None => (buffered.len(), buffered.is_empty()),
        };
        reader.consume(length);
        skipped += length as u64;
        if ended {
            return Ok(skipped);
        }
    }
}
