//! Where Redis is: URLs, also those of Sentinel and Cluster, which name several servers.
//!
//! | URL | what |
//! |---|---|
//! | `redis://[USER:PASSWORD@]HOST:PORT[/DB]` | a single server |
//! | `redis+sentinel://[USER:PASSWORD@]HOST:PORT,…/MASTER[/DB][?sentinel_user=…&sentinel_password=…]` | the master that Sentinel names |
//! | `redis+cluster://[USER:PASSWORD@]HOST:PORT,…` | a Cluster; some of its servers are enough |
//!
//! With `rediss` in place of `redis` all connections are TLS.

use redis::io::tcp::{TcpSettings, socket2::TcpKeepalive};
use redis::sentinel::SentinelNodeConnectionInfo;
use redis::{ConnectionInfo, ErrorKind, IntoConnectionInfo, RedisError, RedisResult, TlsMode};
use std::time::Duration;

/// A parsed URL.
#[derive(Clone, Debug)]
pub(super) enum Address {
    /// One server.
    Single(ConnectionInfo),
    /// The master that Sentinel names.
    Sentinel {
        /// The Sentinels.
        sentinels: Vec<ConnectionInfo>,
        /// The name under which they know the master.
        master: String,
        /// How to connect to it.
        node: SentinelNodeConnectionInfo,
    },
    /// A Cluster, by some of its servers.
    Cluster(Vec<ConnectionInfo>),
}

fn bad(why: &'static str) -> RedisError {
    RedisError::from((ErrorKind::InvalidClientConfig, why))
}

/// Small writes leave at once, and a peer that has silently gone is noticed.
fn tcp() -> TcpSettings {
    let probes = TcpKeepalive::new().with_time(Duration::from_secs(15)).with_interval(Duration::from_secs(5));
    let settings = TcpSettings::default().set_nodelay(true).set_keepalive(probes.with_retries(3));
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(Duration::from_secs(5));
    settings
}

fn one(url: &str) -> RedisResult<ConnectionInfo> {
    Ok(url.into_connection_info()?.set_tcp_settings(tcp()))
}

/// A URL that may name several servers, taken apart; each server's part keeps its own port.
struct Parts<'a> {
    user: &'a str,
    hosts: Vec<&'a str>,
    path: &'a str,
    query: &'a str,
}

fn split(rest: &str) -> RedisResult<Parts<'_>> {
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    // A password may hold an @ that was not encoded: the last one counts.
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let hosts: Vec<&str> = hosts.split(',').filter(|h| !h.is_empty()).collect();
    if hosts.is_empty() { Err(bad("the URL names no host")) } else { Ok(Parts { user, hosts, path, query }) }
}

fn with_user(user: &str) -> String {
    if user.is_empty() { String::new() } else { format!("{user}@") }
}

fn sentinel(scheme: &str, rest: &str) -> RedisResult<Address> {
    let parts = split(rest)?;
    let (master, db) = parts.path.split_once('/').unwrap_or((parts.path, ""));
    if master.is_empty() {
        return Err(bad("a Sentinel URL ends in the name of its master"));
    }
    let (mut name, mut password) = ("", "");
    for (key, value) in parts.query.split('&').filter_map(|pair| pair.split_once('=')) {
        match key {
            "sentinel_user" => name = value,
            "sentinel_password" => password = value,
            _ => return Err(bad("a Sentinel URL takes sentinel_user and sentinel_password only")),
        }
    }
    let user = if password.is_empty() { String::new() } else { format!("{name}:{password}@") };
    let sentinels: RedisResult<Vec<_>> =
        parts.hosts.iter().map(|host| one(&format!("{scheme}://{user}{host}"))).collect();
    // Any host will do: only what stands beside it is read.
    let login = one(&format!("{scheme}://{}localhost/{db}", with_user(parts.user)))?;
    let mut node = SentinelNodeConnectionInfo::default()
        .set_redis_connection_info(login.redis_settings().clone())
        .set_tcp_settings(tcp());
    if scheme == "rediss" {
        node = node.set_tls_mode(TlsMode::Secure);
    }
    Ok(Address::Sentinel { sentinels: sentinels?, master: master.to_owned(), node })
}

fn cluster(scheme: &str, rest: &str) -> RedisResult<Address> {
    let parts = split(rest)?;
    if !parts.path.is_empty() || !parts.query.is_empty() {
        return Err(bad("a Cluster URL ends after its hosts"));
    }
    let user = with_user(parts.user);
    let nodes: RedisResult<Vec<_>> =
        parts.hosts.iter().map(|host| one(&format!("{scheme}://{user}{host}"))).collect();
    Ok(Address::Cluster(nodes?))
}

/// Reads a URL.
///
/// # Errors
/// When it has none of the forms above. The error never holds the URL, which may hold a password.
pub(super) fn parse(url: &str) -> RedisResult<Address> {
    let (scheme, rest) = url.split_once("://").ok_or_else(|| bad("not a URL"))?;
    match scheme {
        "redis" | "rediss" => one(url).map(Address::Single),
        "redis+sentinel" => sentinel("redis", rest),
        "rediss+sentinel" => sentinel("rediss", rest),
        "redis+cluster" => cluster("redis", rest),
        "rediss+cluster" => cluster("rediss", rest),
        _ => Err(bad(
            "the scheme is none of redis, rediss, redis+sentinel, rediss+sentinel, redis+cluster, rediss+cluster",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redis::ConnectionAddr;
    use rstest::rstest;

    fn host_and_port(info: &ConnectionInfo) -> (String, u16, bool) {
        match info.addr() {
            ConnectionAddr::Tcp(host, port) => (host.clone(), *port, false),
            ConnectionAddr::TcpTls { host, port, .. } => (host.clone(), *port, true),
            _ => panic!("no TCP"),
        }
    }

    #[test]
    fn a_single_server() {
        let Address::Single(info) = parse("rediss://u:p%40@r.example:7000/3").unwrap() else { panic!() };
        assert_eq!(host_and_port(&info), ("r.example".into(), 7000, true));
        let login = info.redis_settings();
        assert_eq!((login.username(), login.password(), login.db()), (Some("u"), Some("p@"), 3));
        assert!(info.tcp_settings().nodelay());
    }

    #[test]
    fn a_master_behind_sentinels() {
        let url = "redis+sentinel://u:p@a:1,b:2/main/4?sentinel_user=s&sentinel_password=t";
        let Address::Sentinel { sentinels, master, node } = parse(url).unwrap() else { panic!() };
        let at: Vec<_> = sentinels.iter().map(host_and_port).collect();
        assert_eq!(at, [("a".into(), 1, false), ("b".into(), 2, false)]);
        assert_eq!(master, "main");
        assert_eq!(sentinels[0].redis_settings().password(), Some("t"));
        let printed = format!("{node:?}");
        assert!(printed.contains("db: 4") && !printed.contains("\"p\""), "{printed}");
    }

    #[test]
    fn a_cluster() {
        let Address::Cluster(nodes) = parse("rediss+cluster://:p@a:1,b:2").unwrap() else { panic!() };
        assert_eq!(nodes.len(), 2);
        assert_eq!(host_and_port(&nodes[1]), ("b".into(), 2, true));
        assert_eq!(nodes[1].redis_settings().password(), Some("p"));
    }

    #[rstest]
    #[case("")]
    #[case("http://a:1")]
    #[case("redis+sentinel://a:1")]
    #[case("redis+sentinel:///main")]
    #[case("redis+sentinel://a:1/main/x")]
    #[case("redis+sentinel://a:1/main?password=secret")]
    #[case("redis+cluster://")]
    #[case("redis+cluster://a:x")]
    #[case("redis+cluster://a:1/2")]
    fn others_are_refused(#[case] url: &str) {
        let error = parse(url).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
