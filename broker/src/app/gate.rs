//! The limit of how often an address may come, before anything is done for it.

use crate::extract::client_address;
use crate::paths;
use crate::server::{FOR_PROGRAMS, Refused};
use crate::state::Broker;
use axum::extract::Request;
use std::sync::Once;

/// Whether a request may come. What programs ask for is counted where it shows who they are; what everybody may have, and what a page
/// needs beside itself, is not counted. `told` remembers that a proxy was suspected, so that it is said once.
///
/// # Errors
/// [`Refused::TooMany`] when its address came too often.
pub(super) fn may_come(broker: &Broker, told: &Once, request: &Request) -> Result<(), Refused> {
    if !is_counted(request.uri().path()) {
        return Ok(());
    }
    let address = client_address(request.headers(), request.extensions(), &broker.rules.trusted_proxies);
    match broker.rates.address(address, broker.clock.now()).filter(|s| s.exceeded) {
        None => Ok(()),
        Some(standing) => {
            tell_of_a_proxy(broker, told, request);
            Err(Refused::TooMany { retry_secs: standing.reset_secs })
        }
    }
}

fn is_counted(path: &str) -> bool {
    let assets = paths::ASSETS.trim_end_matches("{name}");
    !FOR_PROGRAMS.contains(&path) && !path.starts_with(assets)
}

/// A proxy that is not known as one makes all citizens behind it one address.
fn tell_of_a_proxy(broker: &Broker, told: &Once, request: &Request) {
    if broker.rules.trusted_proxies.is_empty() && request.headers().contains_key("x-forwarded-for") {
        told.call_once(|| {
            tracing::warn!(
                "an address is limited whose requests carry X-Forwarded-For: if it is your proxy, name it in proxy.trusted, or all who come through it count as one"
            );
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(paths::AUTHORIZE, true)]
    #[case(paths::CALLBACK, true)]
    #[case("/login/x/choose", true)]
    #[case(paths::ACCOUNT, true)]
    #[case("/no/such/page", true)]
    #[case("/assets/style.css", false)]
    #[case(paths::JWKS, false)]
    #[case(paths::OPENID_CONFIGURATION, false)]
    #[case(paths::TOKEN, false)]
    #[case(paths::EVENTS_POLL, false)]
    fn what_is_counted(#[case] path: &str, #[case] counted: bool) {
        assert_eq!(is_counted(path), counted);
    }
}
