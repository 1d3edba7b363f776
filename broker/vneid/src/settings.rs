//! What configuration says of an upstream.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A secret of the configuration. It prints as `…`.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(from = "String")]
#[schemars(with = "String")]
pub struct SecretText(Zeroizing<String>);

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl SecretText {
    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// How an upstream speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Plain OpenID Connect.
    Oidc,
    /// Today's VNeID: sealed answers, no id_token, no nonce.
    Sealed,
}

/// How we prove who we are at the upstream's token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TokenAuth {
    /// HTTP Basic.
    #[default]
    Basic,
    /// In the form. The sealed dialect knows only this.
    Post,
}

/// An upstream.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpstreamSettings {
    /// Its name: stands in sessions and in the audit log.
    pub id: String,
    /// How it speaks.
    pub dialect: Dialect,
    /// Its issuer: with `oidc` the discovery document stands below it; with `sealed` a name that identities are kept under.
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
    /// Our secret there.
    #[serde(default)]
    pub client_secret: Option<SecretText>,
    /// A file with the secret alone.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// `sealed` only: our RSA private key (PEM), to which answers are sealed.
    #[serde(default)]
    pub private_key: Option<SecretText>,
    /// A file with that key.
    #[serde(default)]
    pub private_key_file: Option<PathBuf>,
    /// `sealed` only: where citizens are sent.
    #[serde(default)]
    pub authorization_endpoint: Option<String>,
    /// `sealed` only: where codes are redeemed.
    #[serde(default)]
    pub token_endpoint: Option<String>,
    /// `sealed` only: where claims are read.
    #[serde(default)]
    pub userinfo_endpoint: Option<String>,
    /// What is asked for.
    #[serde(default = "scope")]
    pub scope: String,
    /// How we prove who we are: `basic` or `post`.
    #[serde(default)]
    pub token_auth: TokenAuth,
    /// The names of claims by this agreement.
    #[serde(default)]
    pub claims: ClaimNames,
    /// What the upstream's `acr` (or account level, where it gives no `acr`) means: `LoA1` to `LoA4`. When a level is asked for, the
    /// first name that means it is sent.
    #[serde(default = "levels")]
    pub levels: BTreeMap<String, String>,
    /// Signature algorithms accepted on id_tokens.
    #[serde(default = "algorithms")]
    pub algorithms: Vec<String>,
    /// Whether a personal number from here may join a citizen who is known by another upstream.
    #[serde(default = "yes")]
    pub authoritative: bool,
    /// Certificate authorities (PEM files) trusted beside the system's.
    #[serde(default)]
    pub ca_files: Vec<PathBuf>,
    /// Limit of time for a connection, in milliseconds.
    #[serde(default = "connect_ms")]
    pub connect_timeout_ms: u64,
    /// Limit of time for a whole call, in milliseconds.
    #[serde(default = "total_ms")]
    pub total_timeout_ms: u64,
    /// Clock difference that is forgiven, in seconds.
    #[serde(default = "leeway")]
    pub leeway_secs: i64,
    /// How long metadata and keys are kept before they are read again, in seconds.
    #[serde(default = "metadata_secs")]
    pub metadata_secs: u64,
    /// The longest answer that is read, in bytes.
    #[serde(default = "max_body")]
    pub max_body_bytes: usize,
    /// When calls are given up for a while.
    #[serde(default)]
    pub breaker: BreakerSettings,
}

/// When calls are given up for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BreakerSettings {
    /// Failures in a row after which the upstream counts as ill.
    pub failures: u32,
    /// Seconds until one call is let through again.
    pub open_secs: u32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { failures: 5, open_secs: 15 }
    }
}

/// The names of claims: they differ between agreements.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)] // each is the claim of its own name
pub struct ClaimNames {
    pub personal_number: String,
    pub full_name: String,
    pub birth_date: String,
    pub gender: String,
    pub old_number: String,
    pub passport: String,
    pub phone: String,
    pub email: String,
    pub address: String,
    pub account_type: String,
    pub account_level: String,
    pub organization_name: String,
    pub tax_code: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        let name = str::to_owned;
        Self {
            personal_number: name("citizenPid"),
            full_name: name("fullName"),
            birth_date: name("birthDate"),
            gender: name("gender"),
            old_number: name("oldNumber"),
            passport: name("passportNumber"),
            phone: name("phoneNumber"),
            email: name("email"),
            address: name("address"),
            account_type: name("accountType"),
            account_level: name("accountLevel"),
            organization_name: name("organizationName"),
            tax_code: name("taxCode"),
        }
    }
}

fn scope() -> String {
    "openid".to_owned()
}
fn levels() -> BTreeMap<String, String> {
    (1..=4).map(|n| (n.to_string(), format!("LoA{n}"))).collect()
}
fn algorithms() -> Vec<String> {
    vec!["RS256".to_owned()]
}
const fn yes() -> bool {
    true
}
const fn connect_ms() -> u64 {
    2000
}
const fn total_ms() -> u64 {
    8000
}
const fn leeway() -> i64 {
    60
}
const fn metadata_secs() -> u64 {
    3600
}
const fn max_body() -> usize {
    256 * 1024
}
