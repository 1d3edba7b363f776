//! The plain sections of the configuration, each with its defaults and its own check.

use super::problem::Findings;
use broker_domain::client::SignInMethod;
use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// The public listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListenSettings {
    /// Address and port. Portals and citizens reach the broker here, or through a proxy in front of it.
    pub address: SocketAddr,
    /// Threads that answer requests; 0: as many as there are processors for this program. Each has its own connection to Redis, its
    /// own connections to VNeID and, as long as there are enough, to PostgreSQL.
    pub threads: u32,
}

impl Default for ListenSettings {
    fn default() -> Self {
        Self { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)), threads: 0 }
    }
}

/// The admin listener: health and metrics. Keep it away from the public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AdminSettings {
    /// Address and port.
    pub address: SocketAddr,
}

impl Default for AdminSettings {
    fn default() -> Self {
        Self { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8081)) }
    }
}

/// TLS on the public listener. Without this section it speaks plain HTTP, for a proxy that ends TLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// PEM file of the certificate, followed by those that lead to the root. Read again when it changes.
    pub certificate: PathBuf,
    /// PEM file of its private key.
    pub private_key: PathBuf,
    /// The oldest version accepted.
    #[serde(default)]
    pub min_version: TlsVersion,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TlsVersion {
    /// RFC 5246, with forward secrecy and authenticated encryption only.
    #[default]
    #[serde(rename = "1.2")]
    V1_2,
    /// RFC 8446.
    #[serde(rename = "1.3")]
    V1_3,
}

impl TlsSettings {
    pub(super) fn resolve(&mut self, base: &Path) {
        self.certificate = base.join(&self.certificate);
        self.private_key = base.join(&self.private_key);
    }

    pub(super) fn validate(&self, findings: &mut Findings) {
        findings.readable("tls.certificate", &self.certificate);
        findings.readable("tls.private_key", &self.private_key);
    }
}

/// Proxies in front of the broker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProxySettings {
    /// Networks of proxies whose `X-Forwarded-For` and `traceparent` are believed, for example `["10.0.0.0/8"]`. They must not pass on
    /// what others wrote there.
    #[schemars(with = "Vec<String>")]
    pub trusted: Vec<IpNet>,
}

/// Sessions of citizens in browsers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SessionSettings {
    /// Seconds without use after which a session ends.
    pub idle_secs: u32,
    /// Seconds after which it ends in any case.
    pub absolute_secs: u32,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { idle_secs: 1800, absolute_secs: 28_800 }
    }
}

impl SessionSettings {
    pub(super) fn validate(&self, findings: &mut Findings) {
        findings.range("sessions.idle_secs", self.idle_secs.into(), 60, 86_400);
        findings.range("sessions.absolute_secs", self.absolute_secs.into(), 300, 2_592_000);
        if self.idle_secs > self.absolute_secs {
            findings.add(
                "sessions.idle_secs",
                "is longer than sessions.absolute_secs: a session would never idle out",
            );
        }
    }
}

/// Lifetimes of tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TokenSettings {
    /// Access tokens, in seconds, unless a client registered otherwise.
    pub access_secs: u32,
    /// Refresh tokens, in seconds, counted from the login.
    pub refresh_secs: u32,
    /// id_tokens, in seconds.
    pub id_token_secs: u32,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self { access_secs: 600, refresh_secs: 43_200, id_token_secs: 600 }
    }
}

impl TokenSettings {
    pub(super) fn validate(&self, findings: &mut Findings) {
        findings.range("tokens.access_secs", self.access_secs.into(), 30, 86_400);
        findings.range("tokens.refresh_secs", self.refresh_secs.into(), 60, 2_592_000);
        findings.range("tokens.id_token_secs", self.id_token_secs.into(), 30, 86_400);
    }
}

/// Rotation of the keys that sign tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeySettings {
    /// Seconds for which a new key is published before it signs, so that portals which keep our keys have fetched it.
    pub publish_ahead_secs: u32,
    /// Days for which a key signs before a new one takes over by itself. 0: only `broker keys rotate` makes new keys.
    pub rotate_every_days: u32,
}

impl Default for KeySettings {
    fn default() -> Self {
        Self { publish_ahead_secs: 86_400, rotate_every_days: 90 }
    }
}

impl KeySettings {
    pub(super) fn validate(&self, findings: &mut Findings) {
        findings.range("keys.publish_ahead_secs", self.publish_ahead_secs.into(), 0, 2_592_000);
        findings.range("keys.rotate_every_days", self.rotate_every_days.into(), 0, 3650);
        let signs_for = u64::from(self.rotate_every_days) * 86_400;
        if signs_for > 0 && signs_for < u64::from(self.publish_ahead_secs) {
            findings.add("keys.rotate_every_days", "is shorter than keys.publish_ahead_secs");
        }
    }
}

/// What citizens see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PageSettings {
    /// The telephone number or e-mail address shown on error pages.
    pub help: Option<String>,
    /// The address of the page on the protection of personal data, linked from every page.
    pub privacy: Option<String>,
    /// A notice on every page, Vietnamese. Together with `notice_en`.
    pub notice_vi: Option<String>,
    /// The same in English.
    pub notice_en: Option<String>,
    /// Ways to sign in that are switched off whatever a portal offers.
    #[schemars(with = "Vec<MethodName>")]
    pub methods_switched_off: Vec<SignInMethod>,
}

/// The names of the ways to sign in, for the schema.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code)] // read by the schema only
enum MethodName {
    Vneid,
    National,
    Vnpost,
}

impl PageSettings {
    pub(super) fn validate(&self, findings: &mut Findings) {
        match (&self.notice_vi, &self.notice_en) {
            (Some(_), None) => {
                findings.add("pages.notice_en", "missing: a notice is shown in both languages")
            }
            (None, Some(_)) => {
                findings.add("pages.notice_vi", "missing: a notice is shown in both languages")
            }
            _ => {}
        }
        let link = |l: &String| l.starts_with("https://") || l.starts_with("http://");
        if self.privacy.as_ref().is_some_and(|l| !link(l)) {
            findings.add("pages.privacy", "must be an address that begins with https://");
        }
    }
}

/// Registrations that come with the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClientSettings {
    /// Files, or folders with `/*.json`, that hold one registration each. At the start those that are not in the store are
    /// added; those that are there are left alone.
    pub files: Vec<String>,
}

/// Back-channel logout: calls of the broker to portals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogoutSettings {
    /// Hosts that may be called although their address is loopback or private.
    pub private_hosts_allowed: Vec<String>,
    /// Seconds that a portal has to answer.
    pub timeout_secs: u32,
    /// How often delivery is tried before it is given up: after 1 s, 5 s, 30 s, 2 min, 10 min, then every 30 minutes.
    pub attempts: u32,
}

impl Default for LogoutSettings {
    fn default() -> Self {
        Self { private_hosts_allowed: Vec::new(), timeout_secs: 5, attempts: 8 }
    }
}

impl LogoutSettings {
    pub(super) fn validate(&self, findings: &mut Findings) {
        findings.range("logout.timeout_secs", self.timeout_secs.into(), 1, 60);
        findings.range("logout.attempts", self.attempts.into(), 1, 100);
    }
}

/// Telling portals of their citizens' accounts. `logout.private_hosts_allowed` counts here too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EventSettings {
    /// Seconds that a portal has to answer.
    pub timeout_secs: u32,
    /// Seconds after which an event that its portal has not acknowledged counts as stuck: it is tried further, at least once an hour.
    pub stuck_after_secs: u32,
}

impl Default for EventSettings {
    fn default() -> Self {
        Self { timeout_secs: 5, stuck_after_secs: 259_200 }
    }
}

impl EventSettings {
    pub(super) fn validate(&self, findings: &mut Findings) {
        findings.range("events.timeout_secs", self.timeout_secs.into(), 1, 60);
        findings.range("events.stuck_after_secs", self.stuck_after_secs.into(), 60, 31_536_000);
    }
}

/// What one request, and all of them together, may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitSettings {
    /// Seconds until a request is answered with 503.
    pub request_timeout_secs: u32,
    /// Seconds that a new connection has for the handshake of TLS, and for the head of its first request.
    pub header_timeout_secs: u32,
    /// Seconds that a connection may wait between requests, the head of the next one included. Keep it above that of the proxy.
    pub idle_timeout_secs: u32,
    /// Bytes of a request's body.
    pub max_body_bytes: u32,
    /// Requests in hand at once; more are answered with 503 and `Retry-After` at once.
    pub max_in_flight: u32,
    /// Of those, how many may wait for one upstream (VNeID, the population database) at once: more are told at once that it is busy, so
    /// that a slow one does not hold all others up.
    pub max_upstream: u32,
    /// Connections at once; more wait in the queue of the operating system until one is closed.
    pub max_connections: u32,
    /// Milliseconds that this instance may be behind (a task that is ready waits so long for a thread). Beyond it new logins are refused
    /// with 503 and `Retry-After`, beyond twice as much all but the steps of logins in flight, beyond three times as much these too.
    /// 0: never.
    pub behind_ms: u32,
    /// Requests that one address may make each minute, on all instances together: an address of IPv4, a /64 of IPv6. Many citizens
    /// sit behind one address of a carrier. Calls of clients that prove who they are count against the client instead. 0: no limit.
    pub address_per_minute: u32,
    /// Requests that a client may make each minute, on all instances together, unless its registration says otherwise. 0: no limit.
    pub client_per_minute: u32,
    /// Seconds for which, after SIGTERM, requests are still accepted while readiness already says no, so that whoever
    /// balances the load looks elsewhere first.
    pub drain_secs: u32,
    /// Seconds after that for which requests in hand may finish.
    pub shutdown_secs: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            request_timeout_secs: 15,
            header_timeout_secs: 10,
            idle_timeout_secs: 75,
            max_body_bytes: 65_536,
            max_in_flight: 1024,
            max_upstream: 256,
            max_connections: 8192,
            behind_ms: 200,
            address_per_minute: 1200,
            client_per_minute: 60_000,
            drain_secs: 0,
            shutdown_secs: 20,
        }
    }
}

impl LimitSettings {
    pub(super) fn validate(&self, findings: &mut Findings) {
        findings.range("limits.request_timeout_secs", self.request_timeout_secs.into(), 1, 300);
        findings.range("limits.header_timeout_secs", self.header_timeout_secs.into(), 1, 300);
        findings.range("limits.idle_timeout_secs", self.idle_timeout_secs.into(), 1, 3600);
        findings.range("limits.max_body_bytes", self.max_body_bytes.into(), 4096, 1_048_576);
        findings.range("limits.max_in_flight", self.max_in_flight.into(), 1, 1_000_000);
        findings.range("limits.max_upstream", self.max_upstream.into(), 1, 1_000_000);
        findings.range("limits.max_connections", self.max_connections.into(), 1, 1_000_000);
        findings.range("limits.behind_ms", self.behind_ms.into(), 0, 60_000);
        findings.range("limits.address_per_minute", self.address_per_minute.into(), 0, 1_000_000);
        findings.range("limits.client_per_minute", self.client_per_minute.into(), 0, 100_000_000);
        findings.range("limits.drain_secs", self.drain_secs.into(), 0, 300);
        findings.range("limits.shutdown_secs", self.shutdown_secs.into(), 1, 600);
    }
}

/// The log, on standard error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// Lines for people or for machines.
    pub format: LogFormat,
    /// What is logged: `error`, `warn`, `info`, `debug`, or rules such as `info,broker=debug`.
    pub level: String,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line of text for each entry.
    #[default]
    Text,
    /// A JSON object for each entry.
    Json,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

impl LogSettings {
    pub(super) fn validate(&self, findings: &mut Findings) {
        if self.level.trim().is_empty() || self.level.parse::<tracing_subscriber::EnvFilter>().is_err() {
            findings.add(
                "log.level",
                "is no level: give error, warn, info, debug, or rules such as info,broker=debug",
            );
        }
    }
}
