//! Where the broker keeps things.

use super::problem::{ConfigError, Findings, unreadable};
use super::secrets::SecretText;
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The two stores: what lasts, and what expires.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSettings {
    /// Registrations, citizens, keys, audit log: `sqlite:FILE` for one instance, `postgres://USER:PASSWORD@HOST/DATABASE` for several;
    /// with `HOST:PORT,HOST:PORT` the one that is the primary.
    #[schemars(default = "default_lasting")]
    pub lasting: SecretText,
    /// A file with that address alone, for it holds a password.
    pub lasting_file: Option<PathBuf>,
    /// Sessions, codes and tokens: `memory:` for one instance; for several `redis://…`, `rediss://…`,
    /// `redis+sentinel://HOST:PORT,…/MASTER` or `redis+cluster://HOST:PORT,…`.
    #[schemars(default = "default_expiring")]
    pub expiring: SecretText,
    /// A file with that address alone, for it may hold passwords.
    pub expiring_file: Option<PathBuf>,
    /// Whether `broker serve` brings the schema up to date when it starts. Without it run `broker migrate` before. No other command does.
    pub migrate_at_start: bool,
    /// Connections to PostgreSQL that one instance opens at most.
    pub lasting_connections: u32,
    /// Milliseconds to wait for a connection to either store.
    pub connect_timeout_ms: u32,
    /// Milliseconds to wait for an answer of either store. A request waits in all no longer than for a connection and two answers.
    pub response_timeout_ms: u32,
}

const LASTING: &str = "sqlite:broker.db";
const EXPIRING: &str = "memory:";

fn default_lasting() -> &'static str {
    LASTING
}

fn default_expiring() -> &'static str {
    EXPIRING
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            lasting: SecretText::new(LASTING),
            lasting_file: None,
            expiring: SecretText::new(EXPIRING),
            expiring_file: None,
            migrate_at_start: false,
            lasting_connections: 10,
            connect_timeout_ms: 1000,
            response_timeout_ms: 500,
        }
    }
}

impl StoreSettings {
    /// Takes the addresses from the files that are named for them, which are relative to `base`.
    ///
    /// # Errors
    /// Names every file that cannot be read, and every address that is given twice.
    pub(super) fn read_files(&mut self, base: &Path) -> Result<(), ConfigError> {
        let mut findings = Findings::default();
        let both = [
            ("stores.lasting", &mut self.lasting, LASTING, &mut self.lasting_file),
            ("stores.expiring", &mut self.expiring, EXPIRING, &mut self.expiring_file),
        ];
        for (path, address, default, file) in both {
            let Some(file) = file else { continue };
            *file = base.join(&*file);
            if address.reveal() != default {
                findings.add(path, format!("is given twice: keep either {path} or {path}_file"));
                continue;
            }
            match std::fs::read_to_string(&*file) {
                Ok(text) => *address = SecretText::new(text.trim()),
                Err(e) => findings.add(format!("{path}_file"), unreadable(file, &e)),
            }
        }
        findings.into_result()
    }

    /// The kind of the store of what lasts, as OpenTelemetry calls it.
    pub fn lasting_system(&self) -> &'static str {
        if self.lasting_file.is_some() || self.lasting.reveal().starts_with("postgres") {
            "postgresql"
        } else {
            "sqlite"
        }
    }

    /// The kind of the store of what expires.
    pub fn expiring_system(&self) -> &'static str {
        if self.expiring_file.is_some() || self.expiring.reveal().starts_with("redis") {
            "redis"
        } else {
            "memory"
        }
    }

    /// Makes the path of an SQLite file relative to `base`.
    pub(super) fn resolve(&mut self, base: &Path) {
        let text = self.lasting.reveal();
        if let Some(file) = text.strip_prefix("sqlite:").map(|f| f.strip_prefix("//").unwrap_or(f))
            && !file.is_empty()
            && !file.starts_with([':', '/'])
        {
            self.lasting = SecretText::new(format!("sqlite:{}", base.join(file).display()));
        }
    }

    /// Whether what lasts is in an SQLite file, which only one instance may use.
    pub fn is_embedded(&self) -> bool {
        self.lasting.reveal().starts_with("sqlite:")
    }

    /// How long a request waits for the stores in all.
    pub fn patience(&self) -> Duration {
        let answers = u64::from(self.response_timeout_ms).saturating_mul(2);
        Duration::from_millis(answers.saturating_add(self.connect_timeout_ms.into()))
    }

    pub(super) fn validate(&self, findings: &mut Findings) {
        let begins = |text: &SecretText, with: &[&str]| with.iter().any(|w| text.reveal().starts_with(w));
        if !begins(&self.lasting, &["sqlite:", "postgres://", "postgresql://"]) {
            findings.add("stores.lasting", "must begin with sqlite: or postgres://");
        }
        let file = self.lasting.reveal().strip_prefix("sqlite:");
        if file.is_some_and(str::is_empty) {
            findings.add("stores.lasting", "names no file: write sqlite:FILE");
        }
        if !begins(&self.expiring, &["memory:", "redis"]) {
            findings.add("stores.expiring", "must be memory: or begin with redis:// or rediss://");
        }
        if !self.is_embedded() && begins(&self.expiring, &["memory:"]) {
            findings.add(
                "stores.expiring",
                "memory: belongs to one instance, PostgreSQL to several: give a redis:// address",
            );
        }
        findings.range("stores.lasting_connections", self.lasting_connections.into(), 1, 1000);
        findings.range("stores.connect_timeout_ms", self.connect_timeout_ms.into(), 10, 60_000);
        findings.range("stores.response_timeout_ms", self.response_timeout_ms.into(), 10, 60_000);
    }
}
