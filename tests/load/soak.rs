//! Hours in small: at a steady load nothing may grow but what is alive.

use crate::Wanted;
use crate::cases::{Case, citizens, many};
use crate::numbers;
use crate::process::{descriptors, resident};
use crate::stage::Stage;
use std::time::{Duration, Instant};

/// Short lives, so that what is over is gone within the run.
const SHORT: &str =
    "[sessions]\nidle_secs = 60\nabsolute_secs = 300\n[tokens]\naccess_secs = 60\nrefresh_secs = 60\n";

/// A mixture of all cases; memory, descriptors and keys once in a while.
pub(crate) async fn measure(wanted: &Wanted) -> bool {
    let stage = Stage::start(wanted, SHORT).await;
    let time = Duration::from_secs(wanted.secs.unwrap_or(600));
    let mut all = citizens(&stage, wanted.parallel).await;
    let (began, mut seen, mut each, mut logins) = (Instant::now(), Vec::new(), Vec::new(), 0_usize);
    println!("| s | logins | MiB | descriptors | Redis keys | Redis MiB |\n|---|---|---|---|---|---|");
    while began.elapsed() < time {
        let round = Instant::now();
        while round.elapsed() < Duration::from_secs(10) {
            // A sign-in first: tokens live no longer than a minute here.
            for (case, count) in [
                (Case::SignIn, wanted.parallel * 2),
                (Case::SignInAgain, wanted.parallel),
                (Case::Refresh, wanted.parallel),
                (Case::Introspection, wanted.parallel * 4),
                (Case::Userinfo, wanted.parallel * 4),
                (Case::Credentials, wanted.parallel),
            ] {
                all = many(all, case, count).await.0;
            }
            logins += wanted.parallel * 3;
        }
        let (bytes, keys) = stage.redis.as_deref().map_or((0, 0), numbers::redis);
        let now = (resident(stage.broker.pid()), descriptors(stage.broker.pid()));
        each.push(keys as f64 / logins as f64);
        println!(
            "| {} | {logins} | {:.1} | {} | {keys} | {:.1} |",
            began.elapsed().as_secs(),
            now.0 as f64 / 1_048_576.0,
            now.1,
            bytes as f64 / 1_048_576.0
        );
        seen.push(now);
    }
    // The second half against the end of the first: what grows without end shows there.
    let half = seen.len() / 2;
    let most = |part: &[(u64, usize)]| {
        (part.iter().map(|s| s.0).max().unwrap_or(0), part.iter().map(|s| s.1).max().unwrap_or(0))
    };
    let (first, second) = (most(&seen[..half]), most(&seen[half..]));
    println!("at most: {first:?} in the first half, {second:?} in the second (bytes, descriptors)");
    let is_flat = second.0 <= first.0 + first.0 / 10 && second.1 <= first.1 + 8;
    is_flat && stage.redis.as_deref().is_none_or(|url| keys_end(url, &each))
}

/// The longest that a key of each kind may be kept here, in seconds: the life of what it holds, and the time for which the store keeps
/// what is over, to be able to say so.
const LIVES: [(&str, u64); 7] = [
    ("s", 300 + 3600),
    ("h", 300 + 3600),
    ("g", 60 + 3600 + 3600),
    // Half an hour, and then some: so that somebody who comes late reads what became of it. Here none is broken off.
    ("i", 2 * 3600),
    ("x", 60),
    ("r", 120),
    ("ping", 10),
];

/// Every key has its end, none later than it should, and there are never more for each login than at first. What is kept longer than this
/// run takes cannot be seen to go.
fn keys_end(url: &str, each: &[f64]) -> bool {
    let mut lives = numbers::lives(url).expect("Redis answers");
    // Audit events on their way to the database, and who takes them there.
    lives.remove("{audit}");
    let (first, last) = (each.first().copied().unwrap_or(0.0), each.last().copied().unwrap_or(0.0));
    println!("keys of Redis for each login: {first:.2} at first, {last:.2} at last");
    let mut is_well = last <= first * 1.05;
    for (kind, (count, longest)) in lives {
        let most = LIVES.iter().find(|(of, _)| *of == kind).map_or(0, |(_, secs)| *secs);
        let shown = longest.map_or("for good".to_owned(), |time| format!("for {} s more", time.as_secs()));
        println!("{count} of kind {kind}: kept {shown} at the longest, of {most} s");
        is_well &= longest.is_some_and(|time| time <= Duration::from_secs(most));
    }
    is_well
}
