//! Why the program does not start.

use super::registration::BadRegistration;
use crate::config::ConfigError;
use crate::jobs::KeyError;
use crate::server::ListenError;
use crate::state::KeyRingError;
use crate::texts::BadTexts;
use broker_domain::ports::StoreError;
use std::path::PathBuf;

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings that cannot stand; one line each.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// A registration of `clients.files` that cannot stand.
    #[error("clients.files: {file}: {error}", file = .0.display(), error = .1)]
    Registration(PathBuf, BadRegistration),
    /// A store that does not answer or does not fit.
    #[error("{0}: {1}")]
    Store(&'static str, StoreError),
    /// A store that does not open.
    #[error("stores: {0}")]
    Open(String),
    /// A store that does not answer, and may some time.
    #[error("stores: {0}")]
    Away(String),
    /// A schema that could not be looked at or brought up to date.
    #[error("stores.lasting: the schema could not be brought up to date: {0}")]
    Migrate(String),
    /// A schema that could not be looked at.
    #[error("stores.lasting: the schema could not be looked at: {0}")]
    Look(String),
    /// A schema that lacks steps.
    #[error(
        "stores.lasting: the schema is at step {has}, this program needs step {needs} ({missing} are missing): run `broker migrate`, \
         or use the program that the schema belongs to. Only `migrate` changes a schema, and `serve` when stores.migrate_at_start is set"
    )]
    Behind {
        /// How many.
        missing: usize,
        /// The newest step that the database has; 0 when it has none.
        has: i64,
        /// The newest step of this program.
        needs: i64,
    },
    /// A SQLite file that nobody has made yet.
    #[error("stores.lasting: {file} is not there: run `broker migrate` or `broker restore`, or correct the path", file = .0.display())]
    Missing(PathBuf),
    /// Signing keys that could not be made.
    #[error("signing keys: {0}")]
    Keys(#[from] KeyError),
    /// Signing keys that could not be read.
    #[error("signing keys: {0}")]
    KeyRing(#[from] KeyRingError),
    /// Texts of pages that do not fit together: a defect of the build.
    #[error("texts of pages: {0}")]
    Texts(#[from] BadTexts),
    /// The client for calls to portals.
    #[error("calls to portals: {0}")]
    Http(#[from] reqwest::Error),
    /// Listeners that did not open.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A listener that broke while serving.
    #[error("a listener broke: {0}")]
    Broken(#[from] std::io::Error),
}

impl StartError {
    /// Whether it may pass by itself.
    pub const fn is_away(&self) -> bool {
        matches!(self, Self::Away(_))
    }

    /// Whether it is the configuration that must be changed.
    pub const fn is_configuration(&self) -> bool {
        matches!(self, Self::Config(_) | Self::Registration(..) | Self::Listen(ListenError::Config(_)))
    }
}
