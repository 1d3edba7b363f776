//! From which address a request comes.

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The address of the client: of the connection, or, when that is a proxy which is trusted, the last one in `X-Forwarded-For` that
/// is no trusted proxy itself. `None` without a connection.
pub fn client_address(headers: &HeaderMap, extensions: &Extensions, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    let is_proxy = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    if !is_proxy(&peer) {
        return Some(peer);
    }
    let mut hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    let mut last = peer;
    while let Some(hop) = hops.pop() {
        // What cannot be read was written by nobody whom we trust: the hop before it counts.
        let Ok(ip) = hop.trim().parse::<IpAddr>() else { break };
        last = ip.to_canonical();
        if !is_proxy(&last) {
            break;
        }
    }
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::direct("203.0.113.9", "198.51.100.1", "203.0.113.9")]
    #[case::by_a_proxy("10.0.0.1", "198.51.100.1", "198.51.100.1")]
    #[case::what_the_client_wrote_itself("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1")]
    #[case::two_proxies("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1")]
    #[case::nothing_said("10.0.0.1", "", "10.0.0.1")]
    #[case::rubbish("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1")]
    #[case::mapped("::ffff:203.0.113.9", "", "203.0.113.9")]
    fn addresses(#[case] peer: &str, #[case] forwarded: &str, #[case] expected: &str) {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        if !forwarded.is_empty() {
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        assert_eq!(client_address(&headers, &extensions, &trusted), expected.parse().ok());
        assert_eq!(client_address(&headers, &Extensions::new(), &trusted), None);
    }
}
