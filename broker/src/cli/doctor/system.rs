//! What the operating system allows.

use super::finding::{Finding, Level, Place};
use crate::config::Settings;
use rustix::process::{Resource, getrlimit};

/// Descriptors beside those of requests and of the database: listeners, Redis, calls, files.
const OTHERS: u64 = 64;

pub(super) async fn look(settings: &Settings) -> Vec<Finding> {
    let allowed = getrlimit(Resource::Nofile).current;
    let limits = &settings.limits;
    let inside = [limits.max_in_flight, limits.max_connections].map(u64::from);
    // Twice: VNeID and the population database.
    let calls = u64::from(limits.max_upstream).saturating_mul(2);
    vec![files(allowed, inside, u64::from(settings.stores.lasting_connections).saturating_add(calls))]
}

/// Every request in hand holds a connection, and so does a citizen's browser that waits: up to `max_connections`.
pub(super) fn files(allowed: Option<u64>, [in_flight, inside]: [u64; 2], connections: u64) -> Finding {
    let others = connections.saturating_add(OTHERS);
    let (least, enough) = (in_flight.saturating_add(others), in_flight.max(inside).saturating_add(others));
    let limits = format!("limits.max_in_flight is {in_flight}, limits.max_connections {inside}");
    let seen = match allowed {
        Some(allowed) => format!("{allowed} files may be open, {limits}"),
        None => format!("any number of files may be open, {limits}"),
    };
    let finding = Finding::ok("system.files", seen, Place::SYSTEM);
    let cause = "as seen by this command: a service has a limit of its own";
    match allowed {
        Some(allowed) if allowed < least => finding.but(
            Level::Fail,
            format!("connections are refused before the limit of requests is reached ({cause})"),
            format!("allow at least {enough} (LimitNOFILE of the unit, ulimits of the container)"),
        ),
        Some(allowed) if allowed < enough => finding.but(
            Level::Warn,
            format!("connections are taken until the stores cannot be reached any more ({cause})"),
            format!("allow at least {enough} (LimitNOFILE of the unit, ulimits of the container)"),
        ),
        _ => finding,
    }
}
