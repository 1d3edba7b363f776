//! PostgreSQL on several servers, one of which is the primary: found at the start, and followed when another one becomes it.
//!
//! ```text
//!   each half second:  every server ──"are you the primary, and of which timeline?"──► the newest primary
//!                                                                                          │ another than before
//!                                            new connections lead there, old ones end ◄────┘
//! ```

use super::pool::{Admit, PostgresPool};
use futures_util::future::join_all;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use std::io;
use std::str::FromStr;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Between two looks at the servers.
const EVERY: Duration = Duration::from_millis(500);
/// Between two looks as long as there is no primary at the start.
const EVERY_AT_START: Duration = Duration::from_millis(100);

/// Whether a server takes no writes, and else where its log is: the first 8 letters are its timeline, which counts promotions.
const STANDING: &str = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on',
 CASE WHEN pg_is_in_recovery() THEN '' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END";

/// The newest timeline that was seen of any server. A primary of an older one was left behind by a promotion, also while the newer one
/// does not answer: what is written there would be lost.
#[derive(Clone, Debug, Default)]
struct Newest(Arc<RwLock<String>>);

impl Newest {
    fn see<'a>(&self, timelines: impl Iterator<Item = &'a String>) {
        if let Ok(mut newest) = self.0.write() {
            for timeline in timelines.filter(|t| **t > *newest).collect::<Vec<_>>() {
                newest.clone_from(timeline);
            }
        }
    }

    fn left_behind(&self, timeline: &str) -> bool {
        self.0.read().is_ok_and(|newest| timeline < newest.as_str())
    }
}

/// A server, and the connection on which it is asked for its standing.
#[derive(Debug)]
struct Server {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl Server {
    /// The timeline of which it is the primary. Not when it is a standby, takes no writes, or does not answer in time.
    async fn timeline(&mut self, wait: Duration) -> Result<Option<String>, sqlx::Error> {
        let asked = timeout(wait, self.ask()).await;
        let told = asked.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()));
        if told.is_err() {
            self.connection = None;
        }
        told.map(|(takes_no_writes, timeline)| (!takes_no_writes).then_some(timeline))
    }

    async fn ask(&mut self) -> Result<(bool, String), sqlx::Error> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => PgConnection::connect_with(&self.options).await?,
        };
        let connection = self.connection.insert(connection);
        sqlx::query_as(STANDING).persistent(false).fetch_one(connection).await
    }
}

/// Which of the servers is it: the one of the newest timeline, for one that was the primary before may come back and believe that it
/// still is. Of several equal ones the one in use, or else the first.
fn newest(timelines: &[Option<String>], in_use: Option<usize>) -> Option<usize> {
    let newest = timelines.iter().flatten().max()?;
    let is_newest = |at: &usize| timelines.get(*at).is_some_and(|t| t.as_ref() == Some(newest));
    in_use.filter(is_newest).or_else(|| (0..timelines.len()).find(is_newest))
}

/// The servers of a URL. With a single one there is nothing to find or to follow.
#[derive(Debug)]
pub(super) struct Primary {
    servers: Vec<Server>,
    in_use: Option<usize>,
    wait: Duration,
    newest: Newest,
    /// A login that was refused in the last look: no other server will admit it.
    refused: Option<sqlx::Error>,
}

impl Primary {
    /// Reads a URL; `wait` is how long a server may take to answer.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn parse(url: &str, wait: Duration) -> Result<Self, sqlx::Error> {
        let limits = [
            ("statement_timeout", "5000"),
            ("lock_timeout", "3000"),
            ("idle_in_transaction_session_timeout", "10000"),
        ];
        let server = |url: String| {
            let options = PgConnectOptions::from_str(&url)?.application_name("broker").options(limits);
            Ok::<_, sqlx::Error>(Server { options, connection: None })
        };
        let servers: Result<Vec<_>, _> = one_each(url).into_iter().map(server).collect();
        Ok(Self { servers: servers?, in_use: None, wait, newest: Newest::default(), refused: None })
    }

    fn is_one(&self) -> bool {
        self.servers.len() == 1
    }

    /// How to connect to the primary.
    ///
    /// # Errors
    /// When none is found in time: what the last server that failed said.
    pub(super) async fn find(&mut self) -> Result<PgConnectOptions, sqlx::Error> {
        let began = Instant::now();
        loop {
            if self.is_one() {
                self.in_use = Some(0);
            } else {
                self.look().await;
            }
            if let Some(server) = self.in_use.and_then(|at| self.servers.get(at)) {
                return Ok(server.options.clone());
            }
            if began.elapsed() >= self.wait {
                if let Some(refused) = self.refused.take() {
                    return Err(refused);
                }
                let none = "none of the servers of the URL is a primary that answers";
                return Err(io::Error::new(io::ErrorKind::NotConnected, none).into());
            }
            sleep(EVERY_AT_START).await;
        }
    }

    /// Asks all servers; says whether the primary is another one than before.
    async fn look(&mut self) -> bool {
        let wait = self.wait;
        let told = join_all(self.servers.iter_mut().map(|server| server.timeline(wait))).await;
        self.refused = None;
        let mut timelines: Vec<Option<String>> = Vec::new();
        for told in told {
            timelines.push(told.unwrap_or_else(|error| {
                tracing::debug!(%error, "a database server");
                if is_refusal(&error) {
                    self.refused = Some(error);
                }
                None
            }));
        }
        self.newest.see(timelines.iter().flatten());
        let timelines: Vec<Option<String>> =
            timelines.into_iter().map(|told| told.filter(|t| !self.newest.left_behind(t))).collect();
        let found = newest(&timelines, self.in_use);
        let is_new = found.is_some() && found != self.in_use;
        self.in_use = found.or(self.in_use);
        is_new
    }

    /// What refuses connections to a server that is no primary, as one may be that was until a moment ago.
    pub(super) fn admit(&self) -> Option<Admit> {
        if self.is_one() {
            return None;
        }
        let (wait, newest) = (self.wait, self.newest.clone());
        Some(Box::new(move |connection| {
            let newest = newest.clone();
            Box::pin(async move {
                let ask = sqlx::query_as(STANDING).persistent(false).fetch_one(connection);
                let too_late = |_| Err(io::Error::from(io::ErrorKind::TimedOut).into());
                let (takes_no_writes, timeline): (bool, String) =
                    timeout(wait, ask).await.unwrap_or_else(too_late)?;
                let refused = io::Error::new(io::ErrorKind::NotConnected, "the server is no primary");
                if takes_no_writes || newest.left_behind(&timeline) { Err(refused.into()) } else { Ok(()) }
            })
        }))
    }

    /// Leads the pool to the primary from now on, until it is closed or nobody has it any more.
    pub(super) fn follow(mut self, pool: &PostgresPool) {
        if self.is_one() {
            return;
        }
        let pool = pool.downgrade();
        tokio::spawn(async move {
            loop {
                sleep(EVERY).await;
                let is_closed = PostgresPool::upgrade(&pool).is_none_or(|pool| pool.is_closed());
                if is_closed {
                    return;
                }
                if !self.look().await {
                    continue;
                }
                let server = self.in_use.and_then(|at| self.servers.get(at));
                if let (Some(server), Some(pool)) = (server, PostgresPool::upgrade(&pool)) {
                    let (host, port) = (server.options.get_host(), server.options.get_port());
                    tracing::warn!(host, port, "another database server is the primary now");
                    pool.lead_to(server.options.clone());
                }
            }
        });
    }
}

/// Class 28: a user or a password that is not taken; 3D000: there is no such database.
fn is_refusal(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|e| e.code());
    code.is_some_and(|code| code.starts_with("28") || code == "3D000")
}

/// A URL of several hosts as URLs of one host each. `target_session_attrs`, which such URLs have for other programs, says what holds
/// here anyway.
fn one_each(url: &str) -> Vec<String> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(at).unwrap_or((rest, ""));
    let (user, hosts) = authority.rsplit_once('@').map_or(("", authority), |(user, hosts)| (user, hosts));
    if !hosts.contains(',') {
        return vec![url.to_owned()];
    }
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let query: Vec<&str> =
        query.split('&').filter(|q| !q.is_empty() && !q.starts_with("target_session_attrs=")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let user = if user.is_empty() { String::new() } else { format!("{user}@") };
    let hosts = hosts.split(',').filter(|host| !host.is_empty());
    hosts.map(|host| format!("{scheme}://{user}{host}{path}{query}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("postgres://u:p@a:1/d?x=y", &["postgres://u:p@a:1/d?x=y"])]
    #[case("postgres://u:p%40@a:1,b:2,c/d", &["postgres://u:p%40@a:1/d", "postgres://u:p%40@b:2/d", "postgres://u:p%40@c/d"])]
    #[case("postgres://a,b?sslmode=verify-full&target_session_attrs=read-write",
        &["postgres://a?sslmode=verify-full", "postgres://b?sslmode=verify-full"])]
    #[case("postgresql://u@[::1]:1,b:2/d?target_session_attrs=primary", &["postgresql://u@[::1]:1/d", "postgresql://u@b:2/d"])]
    fn hosts_are_told_apart(#[case] url: &str, #[case] each: &[&str]) {
        assert_eq!(one_each(url), each);
        let primary = Primary::parse(url, Duration::from_secs(1)).unwrap();
        assert_eq!(primary.servers.len(), each.len());
    }

    #[rstest]
    #[case(&[None, Some("00000001")], None, Some(1))]
    #[case(&[None, None], Some(1), None)]
    // Somebody was promoted, and the one before came back.
    #[case(&[Some("00000001"), Some("00000002")], Some(0), Some(1))]
    #[case(&[Some("00000001"), Some("00000002")], None, Some(1))]
    #[case(&[Some("0000000F"), Some("00000010")], Some(0), Some(1))]
    #[case(&[Some("00000001"), Some("00000001")], Some(1), Some(1))]
    #[case(&[Some("00000001"), Some("00000001")], None, Some(0))]
    fn the_newest_primary_counts(
        #[case] timelines: &[Option<&str>],
        #[case] in_use: Option<usize>,
        #[case] found: Option<usize>,
    ) {
        let timelines: Vec<_> = timelines.iter().map(|t| t.map(str::to_owned)).collect();
        assert_eq!(newest(&timelines, in_use), found);
    }

    #[test]
    fn a_primary_that_was_left_behind_never_counts_again() {
        let newest = Newest::default();
        let see = |all: &[&str]| newest.see(all.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>().iter());
        see(&["00000001"]);
        assert!(!newest.left_behind("00000001"));
        see(&["00000001", "00000002"]);
        // The new one does not answer for a moment.
        see(&["00000001"]);
        see(&[]);
        assert!(
            newest.left_behind("00000001")
                && !newest.left_behind("00000002")
                && !newest.left_behind("00000003")
        );
    }
}
