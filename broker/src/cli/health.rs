//! `broker health`: for whoever watches an instance and has no program for HTTP beside it, as in a container of this program alone.

use super::failure::Failure;
use super::given::{Given, Output};
use clap::Args;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long an instance may take to answer. Readiness itself waits a second for its stores.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 64 * 1024;

/// What is asked, and of whom.
#[derive(Debug, Args)]
pub(super) struct HealthArguments {
    /// Whether the process answers at all: restart it when it does not.
    #[arg(long, conflicts_with = "ready")]
    live: bool,
    /// Whether the instance takes requests: this is asked when nothing is said.
    #[arg(long)]
    ready: bool,
    /// Where the admin listener is; as configured when it is not said. With it, no configuration is read.
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<String>,
}

/// Asks a running instance how it is; fails when it does not answer well.
pub(super) async fn run(
    arguments: HealthArguments,
    given: &Given<'_>,
    out: Output<'_>,
) -> Result<(), Failure> {
    let address = match arguments.address {
        Some(address) => address,
        None => within_reach(given.settings()?.admin.address).to_string(),
    };
    let (path, word) = if arguments.live { ("/health/live", "live") } else { ("/health/ready", "ready") };
    let answered = tokio::time::timeout(PATIENCE, ask(&address, path)).await;
    let answer = match answered {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(Failure::Other(format!("{address} does not answer: {error}"))),
        Err(_) => return Err(Failure::Other(format!("{address} does not answer in time"))),
    };
    if is_good(&answer) {
        return Ok(writeln!(out, "{word}")?);
    }
    let says = answer.split_once("\r\n\r\n").map_or("nothing that can be read", |(_, body)| body);
    Err(Failure::Other(format!("not {word}: {says}")))
}

/// Where to ask an instance that listens on all addresses of its machine.
fn within_reach(listens: SocketAddr) -> SocketAddr {
    let ip = match listens.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listens.port())
}

/// The whole answer. A connection for one question needs no more of HTTP than this.
async fn ask(address: &str, path: &str) -> std::io::Result<String> {
    let mut connection = TcpStream::connect(address).await?;
    let question = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(question.as_bytes()).await?;
    let mut answer = Vec::new();
    connection.take(MAX_ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn is_good(answer: &str) -> bool {
    let mut words = answer.split(' ');
    words.next().is_some_and(|version| version.starts_with("HTTP/1.")) && words.next() == Some("200")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Overrides, build};
    use crate::cli;
    use crate::config::load;
    use crate::server::Listeners;
    use rstest::rstest;
    use tokio_util::sync::CancellationToken;

    /// Exit code and what was said, of the command with these words.
    async fn say(words: &[&str]) -> (u8, String) {
        let words: Vec<String> = ["broker"].iter().chain(words).map(|w| (*w).to_owned()).collect();
        let said = tokio::task::spawn_blocking(move || {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let code = cli::run(words, &[], &mut out, &mut err);
            out.extend(err);
            (code, String::from_utf8(out).unwrap())
        });
        said.await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn it_says_how_a_running_instance_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let toml = format!(
            "issuer = \"http://localhost\"\n[listen]\naddress = \"127.0.0.1:0\"\n[admin]\naddress = \"0.0.0.0:{free}\"\n\
             [secrets]\nfile = \"secrets.toml\"\n[stores]\nmigrate_at_start = true\n[limits]\ndrain_secs = 0\n\
             [[upstreams]]\nid = \"vneid\"\ndialect = \"oidc\"\nissuer = \"http://localhost:1\"\nclient_id = \"b\"\nclient_secret = \"s\"\n"
        );
        let config = path("broker.toml");
        std::fs::write(&config, toml).unwrap();
        assert_eq!(say(&["secrets", "generate", "--out", &path("secrets.toml")]).await.0, 0);
        let health = ["--config", config.as_str(), "health"];
        let with = |more: &'static str| [&health[..], &[more]].concat();
        let (code, said) = say(&health).await;
        assert!(code == 1 && said.contains(&format!("127.0.0.1:{free} does not answer: ")), "{code} {said}");

        let settings = load(Some(&folder.path().join("broker.toml")), &[]).unwrap();
        let app = build(&settings, Overrides::default()).await.unwrap();
        let listeners = Listeners::open(&settings, &app.guard).await.unwrap();
        let lifecycle = app.lifecycle.clone();
        let (public, admin, jobs) = app.start_jobs();
        let (stop, stages) = (CancellationToken::new(), lifecycle.clone());
        let stopped = stop.clone();
        let serving =
            tokio::spawn(
                async move { listeners.serve(public, admin, &stages, stopped.cancelled_owned()).await },
            );
        assert_eq!(say(&with("--live")).await, (0, "live\n".to_owned()));
        let (code, said) = say(&health).await;
        assert!(code == 1 && said.starts_with("not ready: ") && said.contains("still starting"), "{said}");
        lifecycle.serving();
        for words in [&health[..], &with("--ready")] {
            assert_eq!(say(words).await, (0, "ready\n".to_owned()));
        }
        // Without a configuration, by its address alone.
        let at = format!("localhost:{free}");
        assert_eq!(say(&["health", "--address", &at]).await, (0, "ready\n".to_owned()));
        stop.cancel();
        serving.await.unwrap().unwrap();
        jobs.stop().await.unwrap();
        assert_eq!(say(&with("--live")).await.0, 1);
    }

    #[tokio::test]
    async fn it_is_asked_one_thing_at_a_time() {
        assert_eq!(say(&["health", "--live", "--ready"]).await.0, 2);
    }

    #[rstest]
    #[case("0.0.0.0:8081", "127.0.0.1:8081")]
    #[case("[::]:8081", "[::1]:8081")]
    #[case("10.0.0.7:9", "10.0.0.7:9")]
    fn an_instance_is_asked_where_it_listens(#[case] listens: &str, #[case] asked: &str) {
        assert_eq!(within_reach(listens.parse().unwrap()).to_string(), asked);
    }

    #[rstest]
    #[case("HTTP/1.1 200 OK\r\n\r\n{}", true)]
    #[case("HTTP/1.1 503 Service Unavailable\r\n\r\n{}", false)]
    #[case("HTTP/1.1 2000\r\n\r\n", false)]
    #[case("SSH-2.0 200", false)]
    #[case("", false)]
    fn only_an_answer_of_200_is_good(#[case] answer: &str, #[case] good: bool) {
        assert_eq!(is_good(answer), good);
    }
}
