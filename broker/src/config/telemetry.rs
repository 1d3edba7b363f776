//! Where traces go.

use super::problem::Findings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Traces, sent to a collector by OpenTelemetry's protocol. Without an endpoint nothing is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetrySettings {
    /// The address that takes OTLP over HTTP in protobuf, whole: `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: Option<String>,
    /// A file of headers for it, one `name: value` a line: what the collector asks for as proof.
    pub headers_file: Option<PathBuf>,
    /// Certificate authorities (PEM files) trusted beside the system's.
    pub ca_files: Vec<PathBuf>,
    /// Of 1,000 requests so many are traced. Which, the trace id alone decides: all instances and the same request elsewhere agree.
    pub traced_per_thousand: u32,
    /// What this service is called there.
    pub service_name: String,
    /// What this instance is called there; a random word when absent.
    pub instance: Option<String>,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self {
            endpoint: None,
            headers_file: None,
            ca_files: Vec::new(),
            traced_per_thousand: 100,
            service_name: "broker".to_owned(),
            instance: None,
        }
    }
}

impl TelemetrySettings {
    /// Makes relative paths relative to `base`.
    pub(super) fn resolve(&mut self, base: &Path) {
        for file in self.headers_file.iter_mut().chain(&mut self.ca_files) {
            *file = base.join(&*file);
        }
    }

    pub(super) fn validate(&self, findings: &mut Findings) {
        findings.range("telemetry.traced_per_thousand", self.traced_per_thousand.into(), 0, 1000);
        if let Some(endpoint) = &self.endpoint
            && !url::Url::parse(endpoint)
                .is_ok_and(|u| ["http", "https"].contains(&u.scheme()) && u.has_host())
        {
            findings.add(
                "telemetry.endpoint",
                "is no address: give it whole, for example http://127.0.0.1:4318/v1/traces",
            );
        }
        if self.service_name.trim().is_empty() {
            findings.add("telemetry.service_name", "is empty: give the name under which traces are found");
        }
    }
}
