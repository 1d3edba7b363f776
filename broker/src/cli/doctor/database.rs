//! What lasts: PostgreSQL or the SQLite file.

use super::clock::compare;
use super::finding::{Finding, Level, Place};
use crate::config::Settings;
use broker_domain::clock::Clock;
use broker_stores::{DatabaseFacts, Lasting, OwnFacts, sqlite_file};
use std::path::Path;
use std::time::Duration;

/// A question that asks for nothing and takes longer than this deserves a look.
const SLOW: Duration = Duration::from_millis(20);
/// Free bytes below which the SQLite file's disk deserves a look, and below which it is as good as full.
const LITTLE: u64 = 2 * 1024 * 1024 * 1024;
const NONE: u64 = 200 * 1024 * 1024;

/// How long the database is waited for: longer than a broker does, for who waits here is a person.
const PATIENCE: Duration = Duration::from_secs(6);

/// Opens the database to be looked at.
pub(super) async fn open(settings: &Settings) -> Result<Lasting, String> {
    Lasting::look(settings.stores.lasting.reveal(), PATIENCE).await.map_err(|e| e.to_string())
}

/// What another check says when the database does not open: why is said by the check of the stores.
pub(super) fn not_looked_at(id: &str, read: Place) -> Vec<Finding> {
    vec![Finding::ok(id, "not looked at: the database does not answer", read).but(
        Level::Warn,
        "what it looks at is in the database",
        "mend what the check of stores.lasting says, and run this again",
    )]
}

pub(super) async fn look(settings: &Settings, clock: &dyn Clock) -> Vec<Finding> {
    let file = sqlite_file(settings.stores.lasting.reveal());
    if let Some(file) = file.as_deref().filter(|f| !f.exists()) {
        let seen = format!("{} is not there", file.display());
        return vec![Finding::ok("stores.lasting.reach", seen, Place::STORES).but(
            Level::Warn,
            "the broker was never started here, or stores.lasting names another folder",
            "run `broker migrate`, or `broker restore`, or correct the path",
        )];
    }
    let lasting = match open(settings).await {
        Ok(lasting) => lasting,
        Err(error) => {
            return vec![Finding::ok("stores.lasting.reach", error, Place::STORES).but(
                Level::Fail,
                "the database is down, on another address, or refuses our user; until it answers nobody new signs in",
                "see that it runs, then address, user and password of stores.lasting",
            )];
        }
    };
    let before = clock.now();
    let facts = lasting.facts().await;
    let after = clock.now();
    let mut findings = match facts {
        Ok(facts) => {
            let mut findings = judge(&facts, settings, file.as_deref());
            if let OwnFacts::Postgres { clock, .. } = &facts.own {
                findings.push(compare("database", *clock, before, after));
            }
            findings
        }
        Err(error) => vec![Finding::ok("stores.lasting.reach", error.to_string(), Place::STORES).but(
            Level::Fail,
            "the database took the connection and did not answer",
            "look at the database's own log",
        )],
    };
    findings.push(schema(&lasting, settings).await);
    lasting.close().await;
    findings
}

fn judge(facts: &DatabaseFacts, settings: &Settings, file: Option<&Path>) -> Vec<Finding> {
    let DatabaseFacts { version, latency, own } = facts;
    let kind = if file.is_some() { "SQLite" } else { "PostgreSQL" };
    let seen = format!("{kind} {version} answers in {:.1} ms", latency.as_secs_f64() * 1000.0);
    let reach = Finding::ok("stores.lasting.reach", seen, Place::STORES);
    let mut findings = vec![if *latency > SLOW {
        reach.but(
            Level::Warn,
            "every sign-in waits for several such answers",
            "bring broker and database nearer together, and see whether the database is overloaded",
        )
    } else {
        reach
    }];
    match own {
        OwnFacts::Postgres { is_standby, connections, synchronous_commit, fsync, .. } => {
            let pool = i64::from(settings.stores.lasting_connections);
            findings.push(standby(*is_standby));
            findings.push(pool_of(pool, *connections));
            findings.push(durable(synchronous_commit, fsync));
        }
        OwnFacts::Sqlite { journal_mode } => {
            let seen = format!("journal_mode is {journal_mode}");
            let mode = Finding::ok("stores.lasting.journal", seen, Place::STORES);
            findings.push(if journal_mode.eq_ignore_ascii_case("wal") {
                mode
            } else {
                mode.but(
                    Level::Warn,
                    "readers and the writer block each other; the broker sets wal when it starts",
                    "start the broker once; if it stays so, the folder does not allow a file beside the database",
                )
            });
            findings.extend(file.and_then(free_disk));
        }
    }
    findings
}

fn standby(is_standby: bool) -> Finding {
    if is_standby {
        Finding::ok("stores.lasting.primary", "this server is a standby", Place::STORES).but(
            Level::Fail,
            "it takes no writes: nobody new can sign in",
            "let stores.lasting name the primary (several hosts with target_session_attrs, or a name that moves with it)",
        )
    } else {
        Finding::ok("stores.lasting.primary", "this server is the primary", Place::STORES)
    }
}

fn pool_of(pool: i64, connections: i64) -> Finding {
    let seen = format!("the server takes {connections} connections, one instance opens up to {pool}");
    let finding = Finding::ok("stores.lasting.connections", seen, Place::STORES);
    let action = "raise max_connections, or lower stores.lasting_connections";
    if pool > connections {
        finding.but(Level::Fail, "a single instance uses them all up", action)
    } else if pool.saturating_mul(2) > connections {
        finding.but(Level::Warn, "two instances use them all up", action)
    } else {
        finding
    }
}

fn durable(synchronous_commit: &str, fsync: &str) -> Finding {
    let seen = format!("synchronous_commit is {synchronous_commit}, fsync is {fsync}");
    let finding = Finding::ok("stores.lasting.durable", seen, Place::STORES);
    let cause = "what was acknowledged is lost when the machine fails: a portal may know a subject that we have forgotten";
    if fsync != "on" {
        finding.but(Level::Fail, cause, "set fsync = on")
    } else if synchronous_commit == "off" {
        finding.but(Level::Fail, cause, "set synchronous_commit = on (or remote_apply, remote_write, local)")
    } else {
        finding
    }
}

fn free_disk(file: &Path) -> Option<Finding> {
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(folder).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let seen = format!("{} MiB are free in {}", free / (1024 * 1024), folder.display());
    let finding = Finding::ok("stores.lasting.disk", seen, Place::STORES);
    let (cause, action) = ("with a full disk nothing can be written", "make room, or move the database");
    Some(match free {
        free if free < NONE => finding.but(Level::Fail, cause, action),
        free if free < LITTLE => finding.but(Level::Warn, cause, action),
        _ => finding,
    })
}

async fn schema(lasting: &Lasting, settings: &Settings) -> Finding {
    let id = "stores.lasting.schema";
    let versions = match lasting.schema_versions().await {
        Ok(versions) => versions,
        Err(error) => {
            return Finding::ok(id, error.to_string(), Place::STORES).but(
                Level::Fail,
                "the schema cannot be looked at",
                "let our user read the table _sqlx_migrations",
            );
        }
    };
    let pending = versions.known.difference(&versions.has).count();
    let later = versions.has.difference(&versions.known).count();
    if pending > 0 {
        let level = if settings.stores.migrate_at_start { Level::Warn } else { Level::Fail };
        let seen = format!("{pending} of {} steps are missing", versions.known.len());
        return Finding::ok(id, seen, Place::STORES).but(
            level,
            "this program is later than the schema",
            "run `broker migrate`; instances of before go on with the new schema",
        );
    }
    if later > 0 {
        let seen = format!("{later} steps are of a later program");
        return Finding::ok(id, seen, Place::STORES).but(
            Level::Warn,
            "a later version has run here: expected during an upgrade",
            "finish the upgrade",
        );
    }
    Finding::ok(id, format!("all {} steps are there", versions.known.len()), Place::STORES)
}
