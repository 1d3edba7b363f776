//! How a command fails: with words for the administrator, and a code for the shell.

use crate::app::{BadRegistration, StartError};
use crate::config::ConfigError;
use crate::jobs::KeyError;
use broker_domain::ports::StoreError;
use std::path::PathBuf;

/// A command that did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// What was asked makes no sense or does not exist.
    #[error("{0}")]
    Asked(String),
    /// The configuration cannot stand.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// An import came to its end, and refused rows or left fields out of them.
    #[error("{refused} rows were refused or replaced, {left_out} fields left out: see {file}", file = .report.display())]
    BadRows {
        /// Rows that no account came of.
        refused: u64,
        /// Fields without which their accounts came in.
        left_out: u64,
        /// Where each is named.
        report: PathBuf,
    },
    /// A merge came to its end, and left citizens as they are.
    #[error("{0} citizens were left as they are: decide about the names above, then apply again")]
    Conflicts(u64),
    /// What the doctor found.
    #[error("broken: {failures}, worth a look: {warnings}")]
    Unwell {
        /// What is broken.
        failures: usize,
        /// What deserves a look.
        warnings: usize,
        /// Whether the configuration cannot stand.
        configuration: bool,
    },
    /// The broker ended, and not all was done.
    #[error("ended before everything was done: {0}")]
    Left(&'static str),
    /// Something else, for example a store that is away.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// The exit code: 1 for trouble that may pass, 2 for what was asked, 3 for the configuration, 4 for rows, fields
    /// or citizens that were left out, for what was in hand at the end, or what deserves a look.
    pub(super) const fn exit_code(&self) -> u8 {
        match self {
            Self::Unwell { configuration: true, .. } => 3,
            Self::Unwell { failures: 0, .. } => 4,
            Self::Other(_) | Self::Unwell { .. } => 1,
            Self::Asked(_) => 2,
            Self::Config(_) => 3,
            Self::BadRows { .. } | Self::Conflicts(_) | Self::Left(_) => 4,
        }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Config(e) => Self::Config(e),
            e if e.is_configuration() => Self::Config(ConfigError::one("", e.to_string())),
            e => Self::Other(e.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(what) => Self::Asked(format!("already there: {what}")),
            e => Self::Other(e.to_string()),
        }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::UnderWay | KeyError::Unknown(_) => Self::Asked(error.to_string()),
            e => Self::Other(e.to_string()),
        }
    }
}

impl From<BadRegistration> for Failure {
    fn from(error: BadRegistration) -> Self {
        Self::Asked(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.to_string())
    }
}
