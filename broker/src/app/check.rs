//! Everything that can be checked without a store.

use super::error::StartError;
use super::import;
use super::outward::{MadeBy, outward};
use crate::config::{ConfigError, Findings, Problem, Settings};
use crate::server::load_tls;
use crate::state::Issuer;
use crate::telemetry::{Traces, add_upstream};
use broker_domain::ports::Upstream;
use broker_domain::secret::SystemEntropy;
use std::sync::Arc;

/// Checks what the settings name: the issuer's form, the secrets, the files of TLS, registrations, upstreams.
///
/// # Errors
/// All that cannot stand, one line each.
pub fn check(settings: &Settings) -> Result<(), ConfigError> {
    let mut findings = Findings::default();
    let mut take = |problem: Result<(), ConfigError>| {
        for Problem { path, says } in problem.err().into_iter().flat_map(|e| e.problems) {
            findings.add(path, says);
        }
    };
    take(issuer(settings).map(|_| ()));
    take(settings.secrets.open().map(|_| ()));
    take(settings.tls.as_ref().map_or(Ok(()), |tls| load_tls(tls).map(|_| ())));
    take(upstreams(settings).map(|_| ()));
    take(outward(settings, &MadeBy::nobody()).map(|_| ()));
    take(Traces::check(&settings.telemetry, Arc::new(SystemEntropy)));
    take(import::read(&settings.clients.files).map(|_| ()).map_err(|e| match e {
        StartError::Config(error) => error,
        other => ConfigError::one("", other.to_string()),
    }));
    findings.into_result()
}

/// The issuer of the settings.
///
/// # Errors
/// Names the setting.
pub(super) fn issuer(settings: &Settings) -> Result<Issuer, ConfigError> {
    Issuer::parse(&settings.issuer).map_err(|says| ConfigError::one("issuer", says))
}

/// The upstreams of the settings, one of which the VNeID tile leads to. Nothing is sent to them yet.
///
/// # Errors
/// Names each setting that cannot stand.
pub(super) fn upstreams(settings: &Settings) -> Result<Vec<Arc<dyn Upstream>>, ConfigError> {
    let mut findings = Findings::default();
    let mut made = Vec::new();
    for (i, upstream) in settings.upstreams.iter().enumerate() {
        let peer = upstream.id.clone();
        match broker_vneid::build(upstream, Arc::new(move |time| add_upstream(&peer, time))) {
            Ok(upstream) => made.push(upstream),
            // The words begin with the member of the section.
            Err(error) => findings.add("", format!("upstreams.{i}.{error}")),
        }
    }
    if !settings.upstreams.iter().any(|u| u.id == settings.vneid) {
        let says = format!(
            "no upstream is named {}: add [[upstreams]] with id = \"{}\"",
            settings.vneid, settings.vneid
        );
        findings.add("vneid", says);
    }
    findings.into_result()?;
    Ok(made)
}
