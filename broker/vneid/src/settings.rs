//! What configuration says of an upstream and of the population database.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
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

/// When userinfo is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Userinfo {
    /// When the id_token lacks something without which nobody can be signed in.
    #[default]
    WhenNeeded,
    /// Always.
    Always,
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
    /// `sealed` only: a file with the key before it, as long as VNeID may still seal for that one.
    #[serde(default)]
    pub previous_private_key_file: Option<PathBuf>,
    /// Where citizens are sent. With `oidc` this and the next three are needed only of a provider without a discovery document.
    #[serde(default)]
    pub authorization_endpoint: Option<String>,
    /// Where codes are redeemed.
    #[serde(default)]
    pub token_endpoint: Option<String>,
    /// Where claims are read.
    #[serde(default)]
    pub userinfo_endpoint: Option<String>,
    /// `oidc` only: where the provider's keys are.
    #[serde(default)]
    pub jwks_uri: Option<String>,
    /// Where sessions end, when discovery does not say it.
    #[serde(default)]
    pub end_session_endpoint: Option<String>,
    /// Whether plain http is accepted for loopback addresses. It never is for others.
    #[serde(default = "yes")]
    pub http_on_loopback: bool,
    /// What is asked for.
    #[serde(default = "scope")]
    pub scope: String,
    /// How we prove who we are: `basic` or `post`.
    #[serde(default)]
    pub token_auth: TokenAuth,
    /// Whether the proof of possession of the code (PKCE) is sent.
    #[serde(default = "yes")]
    pub pkce: bool,
    /// `oidc` only: whether userinfo is asked `when_needed` or `always`.
    #[serde(default)]
    pub userinfo: Userinfo,
    /// The names of claims by this agreement. One that begins with `/` is a JSON pointer into nested claims.
    #[serde(default)]
    pub claims: ClaimNames,
    /// What the upstream's `acr` (or account level, where it gives no `acr`) means: `LoA1` to `LoA4`. When a level is asked for, the
    /// names that mean it or a higher one are sent, lowest first.
    #[serde(default = "levels")]
    pub levels: BTreeMap<String, String>,
    /// What a level that is missing or not named in `levels` means. Without it such a sign-in is refused.
    #[serde(default)]
    pub default_level: Option<String>,
    /// The level of an organization's account that comes without one: VNeID gives levels to persons only.
    #[serde(default = "organization_level")]
    pub organization_level: String,
    /// Errors, or words in error descriptions, by which it says that an account is locked.
    #[serde(default = "locked_errors")]
    pub locked_errors: Vec<String>,
    /// `sealed` only: whether it is believed to have asked the citizen anew when told to. It has no way to prove it; without this
    /// such sign-ins are refused.
    #[serde(default = "yes")]
    pub trust_freshness: bool,
    /// Signature algorithms accepted on id_tokens.
    #[serde(default = "algorithms")]
    pub algorithms: Vec<String>,
    /// Whether the personal numbers from here are proven. Where they are not, nobody new is recorded and nobody joins a citizen who is
    /// known by another upstream: only identities that were recorded before sign in.
    #[serde(default = "yes")]
    pub authoritative: bool,
    /// Certificate authorities (PEM files) trusted beside the system's.
    #[serde(default)]
    pub ca_files: Vec<PathBuf>,
    /// Whether the system's certificate authorities are trusted. Without them `ca_files` are the only ones.
    #[serde(default = "yes")]
    pub system_authorities: bool,
    /// The address of a proxy for calls, for example `http://proxy.example:3128`. The environment's is not used.
    #[serde(default)]
    pub proxy: Option<String>,
    /// Limit of time for a connection, in milliseconds.
    #[serde(default = "connect_ms")]
    pub connect_timeout_ms: u64,
    /// Limit of time for a whole call, in milliseconds.
    #[serde(default = "total_ms")]
    pub total_timeout_ms: u64,
    /// Limit of time for all calls of one sign-in, in milliseconds. Keep it below `limits.request_timeout_secs`.
    #[serde(default = "exchange_ms")]
    pub exchange_timeout_ms: u64,
    /// Clock difference that is forgiven, in seconds.
    #[serde(default = "leeway")]
    pub leeway_secs: i64,
    /// How long metadata and keys are kept before they are read again, in seconds.
    #[serde(default = "metadata_secs")]
    pub metadata_secs: u32,
    /// How long an old copy of them serves while the upstream is away, in seconds.
    #[serde(default = "stale_secs")]
    pub stale_secs: u32,
    /// Keys are not read again for an unknown key more often than once in so many seconds.
    #[serde(default = "keys_again_secs")]
    pub keys_again_secs: u32,
    /// The longest answer that is read, in bytes.
    #[serde(default = "max_body")]
    pub max_body_bytes: usize,
    /// When calls are given up for a while.
    #[serde(default)]
    pub breaker: BreakerSettings,
}

impl UpstreamSettings {
    /// Makes relative paths relative to `base`.
    pub fn resolve(&mut self, base: &Path) {
        let single =
            [&mut self.client_secret_file, &mut self.private_key_file, &mut self.previous_private_key_file];
        for file in single.into_iter().flatten().chain(&mut self.ca_files) {
            *file = base.join(&*file);
        }
    }
}

/// The national population database.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PopulationSettings {
    /// Where questions are posted.
    pub endpoint: String,
    /// Our client id there.
    pub client_id: String,
    /// Our secret there.
    #[serde(default)]
    pub client_secret: Option<SecretText>,
    /// A file with the secret alone.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// Whether plain http is accepted for loopback addresses. It never is for others.
    #[serde(default = "yes")]
    pub http_on_loopback: bool,
    /// Certificate authorities (PEM files) trusted beside the system's.
    #[serde(default)]
    pub ca_files: Vec<PathBuf>,
    /// Whether the system's certificate authorities are trusted. Without them `ca_files` are the only ones.
    #[serde(default = "yes")]
    pub system_authorities: bool,
    /// The address of a proxy for calls. The environment's is not used.
    #[serde(default)]
    pub proxy: Option<String>,
    /// Limit of time for a connection, in milliseconds.
    #[serde(default = "connect_ms")]
    pub connect_timeout_ms: u64,
    /// Limit of time for a whole call, in milliseconds.
    #[serde(default = "total_ms")]
    pub total_timeout_ms: u64,
    /// The longest answer that is read, in bytes.
    #[serde(default = "max_body")]
    pub max_body_bytes: usize,
    /// When calls are given up for a while.
    #[serde(default)]
    pub breaker: BreakerSettings,
}

impl PopulationSettings {
    /// Makes relative paths relative to `base`.
    pub fn resolve(&mut self, base: &Path) {
        for file in self.client_secret_file.iter_mut().chain(&mut self.ca_files) {
            *file = base.join(&*file);
        }
    }
}

/// When calls are given up for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BreakerSettings {
    /// Failures in a row after which the upstream counts as ill; 0: never.
    pub failures: u32,
    /// Seconds after which a failure is forgotten when none follows.
    pub within_secs: u32,
    /// Seconds until one call is let through again.
    pub open_secs: u32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { failures: 5, within_secs: 60, open_secs: 15 }
    }
}

/// The names of claims: they differ between agreements.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimNames {
    /// The personal number, 12 digits.
    pub personal_number: String,
    /// The full name.
    pub full_name: String,
    /// The date of birth: `1985-03-12`, `12/03/1985`, `19850312` or a year.
    pub birth_date: String,
    /// The sex.
    pub gender: String,
    /// The old number, 9 digits.
    pub old_number: String,
    /// The passport number.
    pub passport: String,
    /// The telephone number.
    pub phone: String,
    /// The e-mail address.
    pub email: String,
    /// The address: a text, or an object with `formatted`.
    pub address: String,
    /// Whether a person or an organization signed in: `personal` or `organization`.
    pub account_type: String,
    /// The level, where there is no `acr`.
    pub account_level: String,
    /// The organizations that a person may act for instead: a list of objects that hold the two claims below.
    pub organizations: String,
    /// The organization's name.
    pub organization_name: String,
    /// The organization's tax code.
    pub tax_code: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        let names = broker_domain::upstream::ClaimNames::default();
        Self {
            personal_number: names.personal_number,
            full_name: names.full_name,
            birth_date: names.birth_date,
            gender: names.gender,
            old_number: names.old_number,
            passport: names.passport,
            phone: names.phone,
            email: names.email,
            address: names.address,
            account_type: names.account_type,
            account_level: "accountLevel".to_owned(),
            organizations: names.organizations,
            organization_name: names.organization_name,
            tax_code: names.tax_code,
        }
    }
}

fn scope() -> String {
    "openid".to_owned()
}
fn levels() -> BTreeMap<String, String> {
    (1..=4).map(|n| (n.to_string(), format!("LoA{n}"))).collect()
}
fn organization_level() -> String {
    "LoA2".to_owned()
}
fn locked_errors() -> Vec<String> {
    ["account_locked", "account_disabled", "user_locked", "user_disabled", "account is locked", "bị khóa"]
        .map(str::to_owned)
        .to_vec()
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
const fn exchange_ms() -> u64 {
    12_000
}
const fn leeway() -> i64 {
    60
}
const fn metadata_secs() -> u32 {
    3600
}
const fn stale_secs() -> u32 {
    86_400
}
const fn keys_again_secs() -> u32 {
    5
}
const fn max_body() -> usize {
    256 * 1024
}
