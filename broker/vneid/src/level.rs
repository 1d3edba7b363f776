//! Levels by their names at an upstream.

use broker_domain::level::Level;
use broker_domain::upstream::UpstreamFailure;
use std::collections::BTreeMap;

/// The configured names.
#[derive(Clone, Debug)]
pub(crate) struct Levels(Vec<(String, Level)>);

impl Levels {
    /// Takes the names; `Err` holds the value that is no level.
    pub(crate) fn new(names: &BTreeMap<String, String>) -> Result<Self, String> {
        names
            .iter()
            .map(|(name, level)| level.parse().map(|l| (name.clone(), l)).map_err(|()| level.clone()))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(crate) fn read(&self, name: &str) -> Result<Level, UpstreamFailure> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, l)| *l).ok_or(UpstreamFailure::UnknownLevel)
    }

    pub(crate) fn name(&self, level: Level) -> Option<&str> {
        self.0.iter().find(|(_, l)| *l == level).map(|(n, _)| n.as_str())
    }
}
