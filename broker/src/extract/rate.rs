//! Whose request it is, for the limits of how often somebody may come.

use super::address::client_address;
use crate::rates::Standing;
use crate::state::Broker;
use broker_domain::client::Client;
use http::request::Parts;
use std::net::IpAddr;

fn address(broker: &Broker, parts: &Parts) -> Option<IpAddr> {
    client_address(&parts.headers, &parts.extensions, &broker.rules.trusted_proxies)
}

/// Counts a call of a client, or of somebody with its token. A public client proves nothing: its calls come from the devices of
/// citizens, and count like their pages.
pub fn count_call(broker: &Broker, client: &Client, parts: &Parts) -> Option<Standing> {
    let now = broker.clock.now();
    if client.is_public() {
        // What is left to an address is nothing that a client could plan by.
        broker.rates.address(address(broker, parts), now).filter(|s| s.exceeded)
    } else {
        broker.rates.client(client, now)
    }
}

/// Counts a failed proof, in the name of a client that there is.
pub(super) fn count_failed_proof(
    broker: &Broker,
    claimed: Option<&Client>,
    parts: &Parts,
) -> Option<Standing> {
    let (address, now) = (address(broker, parts), broker.clock.now());
    broker.rates.failed_proof(address, claimed.map(|c| &c.id), now)
}

/// Counts a token that was not alive.
///
/// # Errors
/// Where it stands, when too many came from this address.
pub fn count_dead_token(broker: &Broker, parts: &Parts) -> Result<(), Standing> {
    let standing = broker.rates.dead_token(address(broker, parts), broker.clock.now());
    standing.filter(|s| s.exceeded).map_or(Ok(()), Err)
}
