//! What expires: Redis as one server, behind Sentinel, or as a Cluster; or the process itself.

use super::clock::compare;
use super::finding::{Finding, Level, Place};
use crate::app::store_settings;
use crate::config::Settings;
use broker_domain::clock::{Clock, Timestamp};
use broker_stores::{ServerFacts, Stores};

pub(super) async fn look(settings: &Settings, clock: &dyn Clock) -> Vec<Finding> {
    let before = clock.now();
    let facts = match Stores::redis_facts(&store_settings(settings)).await {
        Ok(Some(facts)) => facts,
        Ok(None) => {
            let seen = "sessions and codes are in the process: one instance, and a restart ends them";
            return vec![Finding::ok("stores.expiring", seen, Place::STORES)];
        }
        Err(error) => {
            let finding = Finding::ok("stores.expiring.reach", error.to_string(), Place::STORES);
            return vec![finding.but(Level::Fail, "the URL does not read", "correct stores.expiring")];
        }
    };
    let after = clock.now();
    let mut findings = Vec::new();
    for (address, asked) in &facts.sentinels {
        let finding = Finding::ok(
            "stores.expiring.sentinel",
            format!("{address}: enough Sentinels agree"),
            Place::STORES,
        );
        findings.push(match asked {
            Ok(()) => finding,
            Err(error) => Finding { seen: format!("{address}: {error}"), ..finding }.but(
                Level::Fail,
                "without enough Sentinels nobody takes over when the master goes",
                "start the Sentinels that are away; SENTINEL CKQUORUM says how many are missing",
            ),
        });
    }
    for (address, asked) in &facts.servers {
        match asked {
            Ok(server) => findings.extend(judge(address, server, before, after)),
            Err(error) => {
                let seen = format!("{address}: {error}");
                findings.push(Finding::ok("stores.expiring.reach", seen, Place::STORES).but(
                    Level::Fail,
                    "Redis is down, on another address, or refuses our password; until it answers nobody signs in",
                    "see that it runs, then address, user and password of stores.expiring",
                ));
            }
        }
    }
    findings
}

fn judge(address: &str, server: &ServerFacts, before: Timestamp, after: Timestamp) -> Vec<Finding> {
    let named =
        |what: &str, seen: String| Finding::ok(format!("stores.expiring.{what}"), seen, Place::STORES);
    let version = server.info("redis_version");
    let latency = server.latency.as_secs_f64() * 1000.0;
    let reach = named("reach", format!("{address}: Redis {version} answers in {latency:.1} ms"));
    let mut findings = vec![if latency > 20.0 {
        reach.but(
            Level::Warn,
            "every request waits for one or two such answers",
            "bring broker and Redis nearer together",
        )
    } else {
        reach
    }];
    let major = version.split('.').next().and_then(|v| v.parse::<u32>().ok()).unwrap_or(0);
    if major < 7 {
        findings.push(named("version", format!("{address}: Redis {version}")).but(
            Level::Fail,
            "it is older than what the broker was tested with",
            "use Redis 7.0 or later",
        ));
    }
    let in_cluster = !server.cluster.is_empty();
    let is_master = server.info("role") == "master";
    if in_cluster {
        findings.push(cluster(address, server));
    }
    let role = named("role", format!("{address} is a {}", server.info("role")));
    if is_master || in_cluster {
        findings.push(role);
    } else {
        findings.push(role.but(
            Level::Fail,
            "it takes no writes: nobody can sign in",
            "name the master, or use redis+sentinel:// so that the broker follows it",
        ));
    }
    if is_master {
        findings.push(policy(address, server));
        findings.push(memory(address, server.info("used_memory"), server.info("maxmemory")));
        findings.push(persistence(address, server));
        findings.push(compare("redis", server.clock, before, after));
    }
    findings
}

fn cluster(address: &str, server: &ServerFacts) -> Finding {
    let of = |name: &str| server.cluster.get(name).map_or("", String::as_str);
    let seen = format!(
        "{address}: the Cluster is {}, {} of 16384 slots served, {} nodes",
        of("cluster_state"),
        of("cluster_slots_ok"),
        of("cluster_known_nodes")
    );
    let finding = Finding::ok("stores.expiring.cluster", seen, Place::STORES);
    if of("cluster_state") == "ok" && of("cluster_slots_ok") == "16384" {
        finding
    } else {
        finding.but(
            Level::Fail,
            "a master is away and none of its replicas has taken over",
            "start it again, or promote a replica (CLUSTER FAILOVER)",
        )
    }
}

fn policy(address: &str, server: &ServerFacts) -> Finding {
    let policy = server.info("maxmemory_policy");
    let finding = Finding::ok(
        "stores.expiring.policy",
        format!("{address}: maxmemory-policy is {policy}"),
        Place::STORES,
    );
    if policy == "noeviction" {
        finding
    } else {
        finding.but(
            Level::Fail,
            "when memory is short Redis throws away living sessions, and marks of codes that were used",
            "set maxmemory-policy noeviction, and watch the memory",
        )
    }
}

/// What is used, and what may be used; 0 is as much as there is.
pub(super) fn memory(address: &str, used: &str, most: &str) -> Finding {
    let (used, most) = (used.parse().unwrap_or(0_u64), most.parse().unwrap_or(0_u64));
    let mib = |bytes: u64| bytes >> 20;
    let of = if most == 0 { "no limit".to_owned() } else { format!("{} MiB", mib(most)) };
    let seen = format!("{address}: {} MiB of memory used of {of}", mib(used));
    let finding = Finding::ok("stores.expiring.memory", seen, Place::STORES);
    // In hundredths of it.
    let level = match used.saturating_mul(100).checked_div(most) {
        Some(90..) => Level::Fail,
        Some(75..) => Level::Warn,
        _ => return finding,
    };
    finding.but(
        level,
        "when it is full nobody can sign in until something has gone by itself, which takes hours",
        "give Redis more memory (CONFIG SET maxmemory, if the machine has it); see who begins so many logins (broker_request_seconds_count)",
    )
}

fn persistence(address: &str, server: &ServerFacts) -> Finding {
    let appends = server.info("aof_enabled") == "1";
    let (aof, rdb) = (server.info("aof_last_write_status"), server.info("rdb_last_bgsave_status"));
    let seen = format!("{address}: appendonly is {}", if appends { "yes" } else { "no" });
    let finding = Finding::ok("stores.expiring.persistence", seen, Place::STORES);
    if (appends && aof != "ok") || rdb == "err" {
        finding.but(
            Level::Fail,
            "Redis could not write to its disk",
            "see its log: the disk is full or may not be written to",
        )
    } else if appends {
        finding
    } else {
        finding.but(
            Level::Warn,
            "when it restarts everybody is signed out, and logins under way begin anew",
            "set appendonly yes",
        )
    }
}
