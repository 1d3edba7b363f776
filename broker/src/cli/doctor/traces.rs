//! The collector of traces: whether it takes what we send, with the headers that we send.

use super::finding::{Finding, Level, Place};
use crate::config::Settings;
use crate::telemetry::Traces;
use broker_domain::secret::SystemEntropy;
use std::sync::Arc;

pub(super) async fn look(settings: &Settings) -> Vec<Finding> {
    let endpoint = settings.telemetry.endpoint.as_deref().unwrap_or_default();
    // Settings that cannot stand are a matter of the configuration.
    let Ok(Some(tried)) = Traces::probe(&settings.telemetry, Arc::new(SystemEntropy)).await else {
        return Vec::new();
    };
    let id = "telemetry.reach";
    vec![match tried {
        Ok(()) => Finding::ok(id, format!("{endpoint} takes traces"), Place::CALLS),
        Err(error) => Finding::ok(id, format!("{endpoint}: {error}"), Place::CALLS).but(
            Level::Warn,
            "the collector is away, or does not take what we send; traces are dropped and counted, and nothing else suffers",
            "check the path of telemetry.endpoint, the headers of telemetry.headers_file, and the way there from this machine",
        ),
    }]
}
