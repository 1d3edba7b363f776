//! What the operating system allows.

use super::finding::{Finding, Level, Place};
use crate::config::Settings;
use rustix::process::{Resource, getrlimit};

/// Descriptors beside those of requests and of the database: listeners, Redis, calls, files.
const OTHERS: u64 = 64;

pub(super) async fn look(settings: &Settings) -> Vec<Finding> {
    let allowed = getrlimit(Resource::Nofile).current;
    vec![files(allowed, u64::from(settings.limits.max_in_flight), settings.stores.lasting_connections.into())]
}

/// Every request in hand holds a connection, and so does a citizen's browser that waits.
pub(super) fn files(allowed: Option<u64>, in_flight: u64, connections: u64) -> Finding {
    let least = in_flight.saturating_add(connections).saturating_add(OTHERS);
    let seen = match allowed {
        Some(allowed) => format!("{allowed} files may be open, limits.max_in_flight is {in_flight}"),
        None => format!("any number of files may be open, limits.max_in_flight is {in_flight}"),
    };
    let finding = Finding::ok("system.files", seen, Place::SYSTEM);
    let cause = "as seen by this command: a service has a limit of its own";
    match allowed {
        Some(allowed) if allowed < least => finding.but(
            Level::Fail,
            format!("connections are refused before the limit of requests is reached ({cause})"),
            format!(
                "allow at least {} (LimitNOFILE of the unit, ulimits of the container)",
                least.saturating_mul(2)
            ),
        ),
        Some(allowed) if allowed < least.saturating_add(in_flight) => finding.but(
            Level::Warn,
            format!("there is little room for connections that wait ({cause})"),
            format!(
                "allow at least {} (LimitNOFILE of the unit, ulimits of the container)",
                least.saturating_mul(2)
            ),
        ),
        _ => finding,
    }
}
