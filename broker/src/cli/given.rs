//! What every command is given: its settings, and where it writes.

use super::failure::Failure;
use crate::config::{ConfigError, Settings, load};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// Where a command writes what it was asked for.
pub(super) type Output<'o> = &'o mut (dyn Write + Send);

/// The file looked for when none is named.
const USUAL_FILE: &str = "broker.toml";

/// Where the settings come from.
pub(super) struct Given<'e> {
    pub(super) file: Option<PathBuf>,
    pub(super) env: &'e [(String, String)],
}

impl Given<'_> {
    /// Reads them.
    pub(super) fn settings(&self) -> Result<Settings, ConfigError> {
        let usual = Path::new(USUAL_FILE);
        let file = self.file.as_deref().or_else(|| usual.exists().then_some(usual));
        load(file, self.env).map_err(|mut error| {
            if file.is_none() {
                let hint = format!("no configuration file was named: pass --config FILE, or put {USUAL_FILE} into this folder");
                error.problems.push(crate::config::Problem { path: String::new(), says: hint });
            }
            error
        })
    }
}

/// Writes one line of JSON.
pub(super) fn json_line(out: Output<'_>, value: &serde_json::Value) -> Result<(), Failure> {
    Ok(writeln!(out, "{value}")?)
}

/// Asks whether to go on; only `yes` on standard input does.
pub(super) fn confirmed(out: Output<'_>) -> Result<(), Failure> {
    write!(out, "Go on? Type yes: ")?;
    out.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    if line.trim() == "yes" {
        return Ok(());
    }
    Err(Failure::Asked("nothing was done: type yes, or pass --yes".to_owned()))
}
