//! Calls to clients reach no loopback, private or otherwise special address unless configuration names the host: whoever
//! registers a URI must not make the broker call its own neighbours.

use crate::telemetry::add_upstream;
use http::StatusCode;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::{Host, Url};

/// Whether an address is one that the public reaches.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// Everything but the special-purpose ranges of RFC 6890 and its registry.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

/// Global unicast that leads to no IPv4 address in disguise.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [a, b, ..] = ip.segments();
    // 2000::/3 without Teredo and other special ones (2001::/23), documentation, 6to4.
    (0x2000..0x4000).contains(&a) && !(a == 0x2001 && (b < 0x200 || b == 0xdb8)) && a != 0x2002 && a != 0x3fff
}

/// The hosts that may be special.
#[derive(Clone, Debug)]
pub struct Allowed(Arc<[String]>);

impl Allowed {
    /// Takes the hosts that configuration names.
    pub fn new(hosts: &[String]) -> Self {
        Self(hosts.iter().map(|h| h.trim_matches(['[', ']']).to_ascii_lowercase()).collect())
    }

    fn has(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.0.contains(&host)
    }

    /// Whether the URL itself names a forbidden address. Names are looked at when they are resolved.
    pub fn refuses(&self, url: &Url) -> bool {
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) => return false,
            None => return true,
        };
        !is_public(ip) && !self.has(&ip.to_string())
    }
}

impl Allowed {
    /// Whether the URL's host is a name that leads to a forbidden address now. One that leads nowhere is not refused.
    pub async fn refuses_name_of(&self, url: &Url) -> bool {
        let Some(Host::Domain(name)) = url.host() else { return false };
        if self.has(name) {
            return false;
        }
        match tokio::net::lookup_host((name, 0)).await {
            Ok(mut found) => found.any(|address| !is_public(address.ip())),
            Err(_) => false,
        }
    }
}

/// Resolves names, and gives no address at all when one of them is forbidden: the connection is made to exactly these.
impl Resolve for Allowed {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !allowed.has(name.as_str()) && !found.iter().all(|a| is_public(a.ip())) {
                return Err(Forbidden.into());
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

/// Bytes of an answer's body that are read.
const MAX_ANSWER: usize = 16 * 1024;

/// A name leads to a forbidden address.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the host's address is not public")]
pub(super) struct Forbidden;

/// Whether an error of the HTTP client comes from [`Forbidden`].
pub fn is_forbidden(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(e) = cause {
        if e.is::<Forbidden>() {
            return true;
        }
        cause = e.source();
    }
    false
}

/// Why a portal gave no answer: our own words, for the log and operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("the host's address is not public: name it in logout.private_hosts_allowed if it may be called")]
    Forbidden,
    #[error("no answer in time")]
    TimedOut,
    #[error("no connection")]
    Unreachable,
}

/// Calls a portal, and counts the call. Gives the status, and as much of the body as is read of any.
///
/// # Errors
/// When there is no answer.
pub(super) async fn call(
    request: reqwest::RequestBuilder,
    client: &str,
) -> Result<(StatusCode, Vec<u8>), Unanswered> {
    let began = Instant::now();
    let sent = request.send().await;
    add_upstream(client, began.elapsed());
    let mut answer = sent.map_err(|e| match () {
        () if is_forbidden(&e) => Unanswered::Forbidden,
        () if e.is_timeout() => Unanswered::TimedOut,
        () => Unanswered::Unreachable,
    })?;
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            break;
        }
    }
    Ok((answer.status(), body))
}

/// The one client for calls to portals: no redirects, no proxy of the environment, addresses looked at, time limited.
///
/// # Errors
/// When the client cannot be made, for example without any root certificate.
pub fn http_client(allowed: &Allowed, timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(Arc::new(allowed.clone()))
        .timeout(timeout)
        .connect_timeout(timeout)
        .pool_idle_timeout(Duration::from_secs(30))
        .user_agent("broker/1")
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("8.8.8.8", true)]
    #[case("203.162.4.190", true)]
    #[case("2405:4800::1", true)]
    #[case("127.0.0.1", false)]
    #[case("127.9.9.9", false)]
    #[case("10.1.2.3", false)]
    #[case("172.16.0.1", false)]
    #[case("172.32.0.1", true)]
    #[case("192.168.1.1", false)]
    #[case("169.254.169.254", false)]
    #[case("100.64.0.1", false)]
    #[case("100.128.0.1", true)]
    #[case("0.0.0.0", false)]
    #[case("192.0.0.1", false)]
    #[case("198.18.0.1", false)]
    #[case("224.0.0.1", false)]
    #[case("255.255.255.255", false)]
    #[case("::1", false)]
    #[case("::", false)]
    #[case("::ffff:127.0.0.1", false)]
    #[case("::ffff:8.8.8.8", true)]
    #[case("::127.0.0.1", false)]
    #[case("64:ff9b::7f00:1", false)]
    #[case("2002:7f00:1::", false)]
    #[case("2001::1", false)]
    #[case("2001:db8::1", false)]
    #[case("fe80::1", false)]
    #[case("fc00::1", false)]
    #[case("fd12:3456::1", false)]
    #[case("fec0::1", false)]
    #[case("ff02::1", false)]
    fn special_addresses_are_known(#[case] ip: &str, #[case] public: bool) {
        assert_eq!(is_public(ip.parse().unwrap()), public);
    }

    #[rstest]
    #[case("http://127.0.0.1/", &[], true)]
    #[case("http://2130706433/", &[], true)]
    #[case("http://0x7f.1/", &[], true)]
    #[case("http://[::1]/", &[], true)]
    #[case("http://[::ffff:10.0.0.1]/", &[], true)]
    #[case("http://127.0.0.1/", &["127.0.0.1"], false)]
    #[case("http://[::1]/", &["[::1]"], false)]
    #[case("https://8.8.8.8/", &[], false)]
    fn addresses_in_urls_are_looked_at(#[case] url: &str, #[case] hosts: &[&str], #[case] refused: bool) {
        let allowed = Allowed::new(&hosts.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
        assert_eq!(allowed.refuses(&Url::parse(url).unwrap()), refused);
    }

    #[tokio::test]
    async fn names_are_resolved_and_all_addresses_looked_at() {
        let name = || "localhost".parse::<Name>().unwrap();
        assert!(Allowed::new(&[]).resolve(name()).await.is_err());
        let named = Allowed::new(&["LOCALHOST".to_owned()]);
        assert!(named.resolve(name()).await.unwrap().all(|a| a.ip().is_loopback()));
    }
}
