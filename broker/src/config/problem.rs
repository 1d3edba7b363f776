//! What is wrong with the configuration: each refusal names the setting and says what to do.

use std::fmt;

/// One setting that cannot stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting, for example `tls.certificate`; empty when the file as a whole is meant.
    pub path: String,
    /// What is wrong and what to do about it. Never the value of a secret.
    pub says: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.says) } else { write!(f, "{}: {}", self.path, self.says) }
    }
}

/// Everything that is wrong with the configuration, one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// An error of one problem.
    pub fn one(path: impl Into<String>, says: impl Into<String>) -> Self {
        Self { problems: vec![Problem { path: path.into(), says: says.into() }] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Collects problems while sections check themselves.
#[derive(Debug, Default)]
pub struct Findings(Vec<Problem>);

impl Findings {
    /// Notes a problem.
    pub fn add(&mut self, path: impl Into<String>, says: impl Into<String>) {
        self.0.push(Problem { path: path.into(), says: says.into() });
    }

    /// Notes a problem when `value` is outside of `min..=max`.
    pub fn range(&mut self, path: &str, value: u64, min: u64, max: u64) {
        if !(min..=max).contains(&value) {
            self.add(path, format!("is {value}: give a number from {min} to {max}"));
        }
    }

    /// Notes a problem when `file` cannot be opened for reading.
    pub fn readable(&mut self, path: &str, file: &std::path::Path) {
        if let Err(e) = std::fs::File::open(file) {
            self.add(path, unreadable(file, &e));
        }
    }

    /// `Ok` when nothing was found.
    pub fn into_result(self) -> Result<(), ConfigError> {
        if self.0.is_empty() { Ok(()) } else { Err(ConfigError { problems: self.0 }) }
    }
}

/// Words for a file that cannot be read.
pub(super) fn unreadable(file: &std::path::Path, error: &std::io::Error) -> String {
    let file = file.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("file not found: {file}: create it or correct the path"),
        std::io::ErrorKind::PermissionDenied => {
            format!("file not readable: {file}: let the broker's user read it")
        }
        _ => format!("file not readable: {file}: {error}"),
    }
}
