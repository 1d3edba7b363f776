//! What a check found, and how it is shown.

use super::super::failure::Failure;
use super::super::given::Output;
use serde_json::{Value, json};

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// All is well.
    Ok,
    /// It works, and deserves a look.
    Warn,
    /// It does not work, or will not for long.
    Fail,
}

impl Level {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// Where to read on: a file of this project, and a heading in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(pub(super) &'static str, pub(super) &'static str);

impl Place {
    pub(super) const SETTINGS: Self = Self("config/README.md", "All settings");
    pub(super) const SECRETS: Self = Self("config/README.md", "The keys of the installation");
    pub(super) const AT_REST: Self = Self("config/README.md", "Changing the keys at rest");
    pub(super) const SIGNING: Self = Self("config/README.md", "Signing keys");
    pub(super) const LISTENERS: Self = Self("config/README.md", "Listeners");
    pub(super) const CALLS: Self = Self("broker/README.md", "What the broker calls");
    pub(super) const CLOCKS: Self = Self("broker/README.md", "Clocks");
    pub(super) const STORES: Self = Self("broker/README.md", "What the stores must be");
    pub(super) const SYSTEM: Self = Self("broker/README.md", "What the system must allow");
    #[cfg(test)]
    pub(super) const ALL: [Self; 9] = [
        Self::SETTINGS,
        Self::SECRETS,
        Self::AT_REST,
        Self::SIGNING,
        Self::LISTENERS,
        Self::CALLS,
        Self::CLOCKS,
        Self::STORES,
        Self::SYSTEM,
    ];
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// Its name; the same from one version to the next, for programs.
    pub(super) id: String,
    pub(super) level: Level,
    /// What was seen. Never a secret.
    pub(super) seen: String,
    /// Why it is so, or what comes of it; empty when all is well.
    pub(super) cause: String,
    /// What to do; empty when all is well.
    pub(super) action: String,
    pub(super) read: Place,
}

impl Finding {
    /// All is well.
    pub(super) fn ok(id: impl Into<String>, seen: impl Into<String>, read: Place) -> Self {
        Self {
            id: id.into(),
            level: Level::Ok,
            seen: seen.into(),
            cause: String::new(),
            action: String::new(),
            read,
        }
    }

    /// Makes it graver, with the cause and what to do.
    pub(super) fn but(mut self, level: Level, cause: impl Into<String>, action: impl Into<String>) -> Self {
        (self.level, self.cause, self.action) = (level, cause.into(), action.into());
        self
    }

    fn json(&self) -> Value {
        let Place(file, heading) = self.read;
        json!({
            "id": self.id, "level": self.level.as_str(), "seen": self.seen, "cause": self.cause, "action": self.action,
            "read": {"file": file, "heading": heading},
        })
    }
}

/// The findings, and what they come to.
pub(super) fn show(findings: &[Finding], json: bool, out: Output<'_>) -> Result<(), Failure> {
    let count = |level| findings.iter().filter(|f| f.level == level).count();
    let (failures, warnings) = (count(Level::Fail), count(Level::Warn));
    if json {
        let list: Vec<Value> = findings.iter().map(Finding::json).collect();
        let whole = json!({"failures": failures, "warnings": warnings, "findings": list});
        writeln!(out, "{whole}")?;
    } else {
        let width = findings.iter().map(|f| f.id.len()).max().unwrap_or(0).max(5);
        writeln!(out, "{:5}  {:width$}  SEEN", "LEVEL", "CHECK")?;
        for Finding { id, level, seen, cause, action, read: Place(file, heading) } in findings {
            writeln!(out, "{:5}  {id:width$}  {seen}", level.as_str())?;
            if *level > Level::Ok {
                let empty = "";
                writeln!(out, "{empty:7}cause: {cause}\n{empty:7}do:    {action}")?;
                writeln!(out, "{empty:7}read:  {file}, \"{heading}\"")?;
            }
        }
    }
    let is_configuration = |f: &Finding| f.level == Level::Fail && f.id.starts_with("configuration");
    match (failures, warnings) {
        (0, 0) => Ok(()),
        _ => {
            Err(Failure::Unwell { failures, warnings, configuration: findings.iter().any(is_configuration) })
        }
    }
}
