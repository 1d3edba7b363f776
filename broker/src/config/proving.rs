//! What configuration says of the proof of ownership: messages to phones, limits of attempts, and the work of passwords.

use super::problem::Findings;
use broker_domain::linking::{Protection, Rate};
use broker_vneid::{BreakerSettings, SecretText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The gateway for text messages. Without this section codes by phone are not offered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsSettings {
    /// Where messages are posted.
    pub gateway: String,
    /// Our token there.
    #[serde(default)]
    pub token: Option<SecretText>,
    /// A file with the token alone.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// The name under which messages come to phones.
    pub sender: String,
    /// Certificate authorities (PEM files) trusted beside the system's.
    #[serde(default)]
    pub ca_files: Vec<PathBuf>,
    /// Whether the system's certificate authorities are trusted. Without them `ca_files` are the only ones.
    #[serde(default = "yes")]
    pub system_authorities: bool,
    /// The address of a proxy for calls. The environment's is not used.
    #[serde(default)]
    pub proxy: Option<String>,
    /// Limit of time for a whole call, a second try included, in milliseconds.
    #[serde(default = "timeout")]
    pub timeout_ms: u32,
    /// Whether plain http is accepted for loopback addresses. It never is for others.
    #[serde(default = "yes")]
    pub http_on_loopback: bool,
    /// When calls are given up for a while.
    #[serde(default)]
    pub breaker: BreakerSettings,
}

const fn yes() -> bool {
    true
}
const fn timeout() -> u32 {
    5000
}

impl SmsSettings {
    /// Makes relative paths relative to `base`.
    pub(super) fn resolve(&mut self, base: &Path) {
        for file in self.token_file.iter_mut().chain(&mut self.ca_files) {
            *file = base.join(&*file);
        }
    }

    pub(super) fn validate(&self, findings: &mut Findings) {
        findings.range("sms.timeout_ms", self.timeout_ms.into(), 10, 60_000);
        if self.sender.trim().is_empty() || self.sender.chars().any(char::is_control) {
            findings.add("sms.sender", "is empty: give the name under which messages come to phones");
        }
    }
}

/// What guards the proof of ownership. All instances count together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProtectionSettings {
    /// Attempts on one account, known or not, within `account_window_secs`.
    pub account_attempts: u32,
    /// That window, in seconds.
    pub account_window_secs: u32,
    /// Attempts from one address within `address_window_secs`.
    pub address_attempts: u32,
    /// That window, in seconds.
    pub address_window_secs: u32,
    /// Attempts from one network (the /24 of an IPv4 address, the /64 of an IPv6 one) within `network_window_secs`.
    pub network_attempts: u32,
    /// That window, in seconds.
    pub network_window_secs: u32,
    /// Digits of a code that is sent to a phone.
    pub code_digits: u32,
    /// Seconds for which it works.
    pub code_secs: u32,
    /// How often it may be typed wrongly before it is void.
    pub code_tries: u32,
    /// Codes sent to one phone within a day.
    pub codes_per_phone_and_day: u32,
}

impl Default for ProtectionSettings {
    fn default() -> Self {
        let Protection {
            per_account,
            per_address,
            per_network,
            per_phone,
            code_digits,
            code_secs,
            code_tries,
        } = Protection::default();
        let secs = |secs: i64| u32::try_from(secs).unwrap_or(u32::MAX);
        Self {
            account_attempts: per_account.most,
            account_window_secs: secs(per_account.window_secs),
            address_attempts: per_address.most,
            address_window_secs: secs(per_address.window_secs),
            network_attempts: per_network.most,
            network_window_secs: secs(per_network.window_secs),
            code_digits,
            code_secs: secs(code_secs),
            code_tries,
            codes_per_phone_and_day: per_phone.most,
        }
    }
}

impl ProtectionSettings {
    pub(super) fn validate(&self, findings: &mut Findings) {
        for (name, attempts, window) in [
            ("account", self.account_attempts, self.account_window_secs),
            ("address", self.address_attempts, self.address_window_secs),
            ("network", self.network_attempts, self.network_window_secs),
        ] {
            findings.range(&format!("protection.{name}_attempts"), attempts.into(), 1, 10_000);
            findings.range(&format!("protection.{name}_window_secs"), window.into(), 10, 86_400);
        }
        findings.range("protection.code_digits", self.code_digits.into(), 6, 10);
        findings.range("protection.code_secs", self.code_secs.into(), 30, 3600);
        findings.range("protection.code_tries", self.code_tries.into(), 1, 10);
        findings.range("protection.codes_per_phone_and_day", self.codes_per_phone_and_day.into(), 1, 100);
    }

    /// The rules that it says.
    pub fn rules(&self) -> Protection {
        let rate = |most, window_secs: u32| Rate { most, window_secs: window_secs.into() };
        Protection {
            per_account: rate(self.account_attempts, self.account_window_secs),
            per_address: rate(self.address_attempts, self.address_window_secs),
            per_network: rate(self.network_attempts, self.network_window_secs),
            per_phone: rate(self.codes_per_phone_and_day, 86_400),
            code_digits: self.code_digits,
            code_secs: self.code_secs.into(),
            code_tries: self.code_tries,
        }
    }
}

/// How passwords of accounts of before are checked and kept. The work of a new hash is OWASP's recommendation for argon2id
/// (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordSettings {
    /// Memory of a new argon2id hash, in KiB. Memory, passes and lanes are those that OWASP recommends.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// Passwords checked at once by one instance; 0 stands for as many as the machine has processors.
    pub at_once: u32,
    /// Milliseconds that a check waits for its turn before the citizen is told to try later.
    pub wait_ms: u32,
    /// Milliseconds before which no check is answered, right or wrong, known or not: more than the hashes of old accounts take,
    /// so that the time tells nothing.
    pub answer_after_ms: u32,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1, at_once: 0, wait_ms: 3000, answer_after_ms: 400 }
    }
}

impl PasswordSettings {
    pub(super) fn validate(&self, findings: &mut Findings) {
        findings.range("passwords.memory_kib", self.memory_kib.into(), 7168, 131_072);
        findings.range("passwords.passes", self.passes.into(), 1, 8);
        findings.range("passwords.lanes", self.lanes.into(), 1, 8);
        findings.range("passwords.at_once", self.at_once.into(), 0, 1024);
        findings.range("passwords.wait_ms", self.wait_ms.into(), 100, 60_000);
        findings.range("passwords.answer_after_ms", self.answer_after_ms.into(), 0, 10_000);
    }
}
