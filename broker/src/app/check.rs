//! Everything that can be checked without a store.

use super::error::StartError;
use super::import;
use crate::config::{ConfigError, Findings, Problem, Settings};
use crate::server::load_tls;
use crate::state::Issuer;

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
