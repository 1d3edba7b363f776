//! What the broker itself counts, from its `/metrics`, and what Redis says of its memory.

use crate::wire::Wire;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// The sum of each counter over all of its labels.
pub(crate) async fn counters(admin: SocketAddr) -> BTreeMap<String, f64> {
    let text = Wire::new(admin).get("/metrics").await.map(|a| a.text()).unwrap_or_default();
    let mut sums = BTreeMap::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let Some((name, value)) = line.rsplit_once(' ') else { continue };
        let name = name.split('{').next().unwrap_or(name);
        *sums.entry(name.to_owned()).or_insert(0.0) += value.parse().unwrap_or(0.0);
    }
    sums
}

/// Bytes that Redis uses for its data, and how many keys it has.
pub(crate) fn redis(url: &str) -> (u64, u64) {
    let Ok(mut connection) = redis::Client::open(url).and_then(|c| c.get_connection()) else { return (0, 0) };
    let info: String = redis::cmd("INFO").arg("memory").query(&mut connection).unwrap_or_default();
    let used = info.lines().find_map(|l| l.strip_prefix("used_memory:")).and_then(|n| n.trim().parse().ok());
    (used.unwrap_or(0), redis::cmd("DBSIZE").query(&mut connection).unwrap_or(0))
}

/// Keys that match, so many or a few more.
fn keys(connection: &mut redis::Connection, pattern: &str, most: usize) -> redis::RedisResult<Vec<String>> {
    let (mut cursor, mut keys) = (0_u64, Vec::<String>::new());
    loop {
        let (next, found): (u64, Vec<String>) = redis::cmd("SCAN")
            .arg(cursor)
            .arg("MATCH")
            .arg(pattern)
            .arg("COUNT")
            .arg(1000)
            .query(connection)?;
        keys.extend(found);
        cursor = next;
        if cursor == 0 || keys.len() >= most {
            return Ok(keys);
        }
    }
}

/// The keys that begin with each letter: how many, and how long the one that is kept longest is kept from now; `None` is for good.
pub(crate) type Lives = BTreeMap<String, (usize, Option<Duration>)>;

/// How long Redis keeps its keys.
pub(crate) fn lives(url: &str) -> redis::RedisResult<Lives> {
    let mut connection = redis::Client::open(url)?.get_connection()?;
    let mut lives = Lives::new();
    for some in keys(&mut connection, "*", usize::MAX)?.chunks(1000) {
        let mut pipe = redis::pipe();
        for key in some {
            pipe.cmd("PTTL").arg(key);
        }
        let left: Vec<i64> = pipe.query(&mut connection)?;
        // -2: it has ended meanwhile.
        for (key, left) in some.iter().zip(left).filter(|(_, left)| *left != -2) {
            let kind = key.split(':').next().unwrap_or(key).to_owned();
            let of_kind = lives.entry(kind).or_insert((0, Some(Duration::ZERO)));
            of_kind.0 += 1;
            let left = u64::try_from(left).ok().map(Duration::from_millis);
            of_kind.1 = of_kind.1.zip(left).map(|(longest, left)| longest.max(left));
        }
    }
    Ok(lives)
}

/// The mean size of the keys that begin with `prefix`, of at most 200 of them.
pub(crate) fn mean_size(url: &str, prefix: &str) -> Option<u64> {
    let mut connection = redis::Client::open(url).ok()?.get_connection().ok()?;
    let keys = keys(&mut connection, &format!("{prefix}*"), 200).ok()?;
    let mut sum = 0_u64;
    for key in &keys {
        sum += redis::cmd("MEMORY").arg("USAGE").arg(key).query::<u64>(&mut connection).ok()?;
    }
    sum.checked_div(u64::try_from(keys.len()).ok()?)
}
