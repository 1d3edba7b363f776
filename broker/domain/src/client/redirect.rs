//! Matching of redirect URIs: simple string comparison (RFC 9700, 4.1.3), except for the port of loopback ones.

use url::{Host, Url};

/// Whether `uri` is registered.
pub(super) fn fits(registered: &[String], uri: &str, native: bool) -> bool {
    registered.iter().any(|r| r == uri) || (native && registered.iter().any(|r| loopback_fits(r, uri)))
}

fn loopback_fits(registered: &str, uri: &str) -> bool {
    let (Ok(known), Ok(asked)) = (Url::parse(registered), Url::parse(uri)) else { return false };
    let plain = |u: &Url| {
        u.scheme() == "http" && u.username().is_empty() && u.password().is_none() && u.fragment().is_none()
    };
    // A URL parser forgives much; what it had to mend is not what was registered.
    let unmended = asked.as_str() == uri || asked.as_str().strip_suffix('/') == Some(uri);
    plain(&known)
        && plain(&asked)
        && unmended
        && is_loopback(&known)
        && known.host() == asked.host()
        && known.path() == asked.path()
        && known.query() == asked.query()
}

/// Whether a URL's host is the machine itself.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
