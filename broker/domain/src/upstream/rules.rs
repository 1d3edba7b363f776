//! What is agreed with one upstream, as far as decisions depend on it.

use super::levels::LevelRules;
use super::names::ClaimNames;
use crate::ids::UpstreamId;
use serde::{Deserialize, Serialize};

/// How VNeID answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Plain OpenID Connect.
    Oidc,
    /// Today's: no id_token, sealed answers.
    Sealed,
}

/// When userinfo is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserinfoRule {
    /// When the id_token lacks something without which nobody can be signed in.
    #[default]
    WhenNeeded,
    /// Always.
    Always,
}

/// The rules of one upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Its name.
    pub upstream: UpstreamId,
    /// Its issuer.
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
    /// How it answers.
    pub dialect: Dialect,
    /// Its claims' names.
    pub names: ClaimNames,
    /// Its levels.
    pub levels: LevelRules,
    /// How far clocks may differ, in seconds.
    pub leeway: i64,
    /// When userinfo is asked for.
    pub userinfo: UserinfoRule,
    /// The errors, and the words in error descriptions, by which it says that an account is locked.
    pub locked_errors: Vec<String>,
    /// Whether its word counts that a citizen authenticated again when it says no time. The sealed dialect says none.
    pub trust_freshness: bool,
}
