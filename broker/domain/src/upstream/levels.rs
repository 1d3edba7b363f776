//! How strongly VNeID says that a citizen was authenticated, in our levels.

use super::claims::{find, text_of};
use super::failure::UpstreamFailure;
use super::refused::Refused;
use crate::level::Level;
use crate::person::AccountKind;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Where an upstream says its level, and what its words mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelRules {
    /// The claims that say it: the first of them that is there counts.
    pub claims: Vec<String>,
    /// What each value means.
    pub meaning: BTreeMap<String, Level>,
    /// What a missing or unknown value means; refused when `None`.
    pub otherwise: Option<Level>,
    /// What it means when nothing is said of an organization's account, which VNeID gives no level; refused when `None`.
    pub organization: Option<Level>,
}

impl Default for LevelRules {
    fn default() -> Self {
        let meaning = Level::ALL
            .into_iter()
            .flat_map(|l| [(l.as_str().to_owned(), l), (l.number().to_string(), l)])
            .collect();
        Self {
            claims: vec!["acr".to_owned(), "accountLevel".to_owned()],
            meaning,
            otherwise: None,
            organization: Some(Level::LoA2),
        }
    }
}

impl LevelRules {
    /// Whether one of the claims is there.
    pub fn is_said(&self, claims: &Map<String, Value>) -> bool {
        self.claims.iter().any(|name| find(claims, name).is_some())
    }

    /// The level that the claims state.
    ///
    /// # Errors
    /// [`UpstreamFailure::UnknownLevel`] when it is missing or unknown and no default is set.
    pub fn read(&self, claims: &Map<String, Value>, kind: AccountKind) -> Result<Level, Refused> {
        let said = self.claims.iter().find_map(|name| Some((name, find(claims, name)?)));
        let known = match (said, kind) {
            (Some((_, value)), _) => text_of(value).and_then(|t| self.meaning.get(t.trim()).copied()),
            (None, AccountKind::Organization) => self.organization,
            (None, AccountKind::Citizen) => None,
        };
        known.or(self.otherwise).ok_or_else(|| match said {
            Some((name, _)) => Refused::quoting(UpstreamFailure::UnknownLevel, name),
            None => Refused::new(UpstreamFailure::UnknownLevel, "no level is stated"),
        })
    }
}
