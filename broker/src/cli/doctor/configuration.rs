//! Configuration: all that can be checked without a store.

use super::finding::{Finding, Level, Place};
use crate::app::check;
use crate::config::{ConfigError, Settings};

pub(super) async fn look(settings: &Settings) -> Vec<Finding> {
    let mut findings = match check(settings) {
        Ok(()) => vec![Finding::ok("configuration", "the configuration is sound", Place::SETTINGS)],
        Err(error) => problems(&error),
    };
    if settings.issuer.starts_with("http://") {
        let seen = format!("issuer is {}", settings.issuer);
        findings.push(Finding::ok("issuer", seen, Place::SETTINGS).but(
            Level::Warn,
            "plain http is for trials on one machine",
            "give the https address that citizens and portals see",
        ));
    }
    findings
}

/// What cannot stand, one finding each.
pub(super) fn problems(error: &ConfigError) -> Vec<Finding> {
    let problem = |problem: &crate::config::Problem| {
        let finding = Finding::ok("configuration", problem.to_string(), Place::SETTINGS);
        finding.but(Level::Fail, "the broker does not start with it", "change the setting as it says")
    };
    error.problems.iter().map(problem).collect()
}
