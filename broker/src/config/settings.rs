//! All settings together.

use super::namespaces::NamespaceSettings;
use super::problem::{ConfigError, Findings};
use super::proving::{PasswordSettings, ProtectionSettings, SmsSettings};
use super::secrets::SecretsSettings;
use super::sections::{
    AdminSettings, ClientSettings, EventSettings, KeySettings, LimitSettings, ListenSettings, LogSettings,
    LogoutSettings, PageSettings, ProxySettings, SessionSettings, TlsSettings, TokenSettings,
};
use super::stores::StoreSettings;
use super::telemetry::TelemetrySettings;
use broker_vneid::{PopulationSettings, UpstreamSettings};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::Path;

/// Everything that can be set. Paths are relative to the folder of the file that they stand in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Configuration of the broker")]
pub struct Settings {
    /// The broker's own address as portals and citizens see it: scheme, host and port, no slash at the end. `http` is accepted
    /// for loopback addresses only.
    pub issuer: String,
    /// The name of the upstream that the VNeID tile leads to.
    #[serde(default = "vneid")]
    pub vneid: String,
    /// The public listener.
    #[serde(default)]
    pub listen: ListenSettings,
    /// The admin listener: health and metrics.
    #[serde(default)]
    pub admin: AdminSettings,
    /// TLS on the public listener; plain HTTP without it.
    pub tls: Option<TlsSettings>,
    /// Proxies in front of the broker.
    #[serde(default)]
    pub proxy: ProxySettings,
    /// Where the broker keeps things.
    #[serde(default)]
    pub stores: StoreSettings,
    /// The keys under which the broker hashes and seals.
    #[serde(default)]
    pub secrets: SecretsSettings,
    /// Sessions of citizens in browsers.
    #[serde(default)]
    pub sessions: SessionSettings,
    /// Lifetimes of tokens.
    #[serde(default)]
    pub tokens: TokenSettings,
    /// The upstreams that citizens sign in at: VNeID, in one of its dialects.
    #[serde(default)]
    pub upstreams: Vec<UpstreamSettings>,
    /// The portals whose accounts of before can be signed in with and linked. Accounts of others can be imported too: they are
    /// linked by their numbers, or proven as the defaults of this section say.
    #[serde(default)]
    pub namespaces: Vec<NamespaceSettings>,
    /// The gateway for text messages. Without this section codes by phone are not offered.
    pub sms: Option<SmsSettings>,
    /// The national population database. Without this section nothing is confirmed or brought up to date from it.
    pub population: Option<PopulationSettings>,
    /// What guards the proof of ownership.
    #[serde(default)]
    pub protection: ProtectionSettings,
    /// How passwords of accounts of before are checked and kept.
    #[serde(default)]
    pub passwords: PasswordSettings,
    /// Rotation of the keys that sign tokens.
    #[serde(default)]
    pub keys: KeySettings,
    /// What citizens see.
    #[serde(default)]
    pub pages: PageSettings,
    /// Registrations that come with the configuration.
    #[serde(default)]
    pub clients: ClientSettings,
    /// Back-channel logout.
    #[serde(default)]
    pub logout: LogoutSettings,
    /// Telling portals of their citizens' accounts.
    #[serde(default)]
    pub events: EventSettings,
    /// What requests may take.
    #[serde(default)]
    pub limits: LimitSettings,
    /// The log.
    #[serde(default)]
    pub log: LogSettings,
    /// Traces.
    #[serde(default)]
    pub telemetry: TelemetrySettings,
}

fn vneid() -> String {
    "vneid".to_owned()
}

impl Settings {
    /// Makes relative paths relative to `base`.
    pub(super) fn resolve(&mut self, base: &Path) {
        self.stores.resolve(base);
        self.secrets.resolve(base);
        if let Some(tls) = &mut self.tls {
            tls.resolve(base);
        }
        for upstream in &mut self.upstreams {
            upstream.resolve(base);
        }
        for namespace in &mut self.namespaces {
            namespace.resolve(base);
        }
        if let Some(sms) = &mut self.sms {
            sms.resolve(base);
        }
        if let Some(population) = &mut self.population {
            population.resolve(base);
        }
        self.telemetry.resolve(base);
        for file in &mut self.clients.files {
            *file = base.join(&*file).display().to_string();
        }
    }

    /// Checks every section, and the secrets' form.
    ///
    /// # Errors
    /// Names each setting that cannot stand, and says what to do.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let mut findings = Findings::default();
        if self.issuer.trim().is_empty() {
            findings.add(
                "issuer",
                "is empty: give the address that portals and citizens see, for example https://id.example.vn",
            );
        }
        if self.listen.address == self.admin.address && self.listen.address.port() != 0 {
            findings.add("admin.address", "is the same as listen.address: give it a port of its own");
        }
        if let Some(tls) = &self.tls {
            tls.validate(&mut findings);
        }
        for (i, upstream) in self.upstreams.iter().enumerate() {
            if self.upstreams.iter().take(i).any(|u| u.id == upstream.id) {
                findings
                    .add(format!("upstreams.{i}.id"), "is used twice: give every upstream a name of its own");
            }
        }
        NamespaceSettings::validate(&self.namespaces, &mut findings);
        if let Some(sms) = &self.sms {
            sms.validate(&mut findings);
        }
        self.protection.validate(&mut findings);
        self.passwords.validate(&mut findings);
        self.stores.validate(&mut findings);
        self.sessions.validate(&mut findings);
        self.tokens.validate(&mut findings);
        self.keys.validate(&mut findings);
        self.pages.validate(&mut findings);
        self.logout.validate(&mut findings);
        self.events.validate(&mut findings);
        self.limits.validate(&mut findings);
        self.log.validate(&mut findings);
        self.telemetry.validate(&mut findings);
        findings.into_result()
    }
}
