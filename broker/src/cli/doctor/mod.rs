//! `broker doctor`: looks at everything that the broker needs. Checks run side by side, each by itself and with a limit of time; none
//! changes anything, and none needs another one to succeed.

mod certificates;
mod clock;
mod configuration;
mod database;
mod finding;
mod keys;
mod outward;
mod reach;
mod redis;
mod secrets;
mod system;
mod traces;
mod vneid;

use super::failure::Failure;
use super::given::Output;
use crate::config::{ConfigError, Settings};
use broker_domain::clock::{Clock, SystemClock};
use finding::{Finding, Level, Place, show};
use futures_util::future::{BoxFuture, FutureExt, join_all};
use std::time::Duration;

/// No check may take longer.
const LIMIT: Duration = Duration::from_secs(15);

/// Looks, and shows what was found.
pub(super) async fn run(json: bool, settings: &Settings, out: Output<'_>) -> Result<(), Failure> {
    show(&examine(settings, &SystemClock, LIMIT).await, json, out)
}

/// Shows why there is nothing to look at.
pub(super) fn cannot_stand(json: bool, error: &ConfigError, out: Output<'_>) -> Result<(), Failure> {
    show(&configuration::problems(error), json, out)
}

async fn examine(settings: &Settings, clock: &dyn Clock, limit: Duration) -> Vec<Finding> {
    let mut checks: Vec<(String, Place, BoxFuture<'_, Vec<Finding>>)> = vec![
        ("configuration".to_owned(), Place::SETTINGS, configuration::look(settings).boxed()),
        ("secrets.files".to_owned(), Place::SECRETS, secrets::files(settings).boxed()),
        ("secrets.keys".to_owned(), Place::SECRETS, secrets::keys(settings).boxed()),
        ("secrets.sealed".to_owned(), Place::AT_REST, secrets::sealed(settings).boxed()),
        ("stores.lasting".to_owned(), Place::STORES, database::look(settings, clock).boxed()),
        ("stores.expiring".to_owned(), Place::STORES, redis::look(settings, clock).boxed()),
        ("signing_keys".to_owned(), Place::SIGNING, keys::look(settings, clock).boxed()),
        ("certificates".to_owned(), Place::LISTENERS, certificates::look(settings, clock).boxed()),
        ("system".to_owned(), Place::SYSTEM, system::look(settings).boxed()),
    ];
    if settings.telemetry.endpoint.is_some() {
        checks.push(("telemetry".to_owned(), Place::CALLS, traces::look(settings).boxed()));
    }
    for upstream in &settings.upstreams {
        let id = format!("upstreams.{}", upstream.id);
        checks.push((id.clone(), Place::CALLS, vneid::look(id, upstream, clock).boxed()));
    }
    for service in outward::services(settings) {
        checks.push((service.id.clone(), Place::CALLS, outward::look(service, clock).boxed()));
    }
    let limited = checks.into_iter().map(|(id, read, check)| async move {
        tokio::time::timeout(limit, check).await.unwrap_or_else(|_| {
            let seen = format!("no answer within {} s", limit.as_secs());
            let finding = Finding::ok(format!("{id}.time"), seen, read);
            vec![finding.but(
                Level::Fail,
                "whatever it asks accepts the connection and says nothing, or is very slow",
                "look at the way there: name resolution, firewall, load of the machine that is asked",
            )]
        })
    });
    join_all(limited).await.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
