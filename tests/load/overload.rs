//! More than it can carry: what is refused is refused at once, what is taken is answered soon, and afterwards all is as before.

use crate::Wanted;
use crate::cases::{Case, many, signed_in};
use crate::citizen::{Citizen, Failed};
use crate::process::{peak, resident};
use crate::stage::Stage;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::costs::percentile;
use tokio::sync::Mutex;

/// The most memory that the broker may have when too much is asked of it, on 4,000 connections, in MiB.
const MEMORY: u64 = 256;

/// Logins by single sign-on at a rate that nobody's answers slow down.
#[derive(Default)]
struct Rate {
    /// Those for which no citizen was left.
    skipped: usize,
    taken: Vec<Duration>,
    refused: Vec<Duration>,
    broken: Vec<String>,
    lasted: Duration,
}

/// Begins `each_second` operations a second for `time`, whatever becomes of the ones before, as far as there are citizens.
async fn at_rate(pool: &Arc<Mutex<Vec<Citizen>>>, each_second: f64, time: Duration) -> Rate {
    let all = Arc::new(Mutex::new(Rate::default()));
    let (began, mut begun, mut skipped) = (Instant::now(), 0_usize, 0_usize);
    let mut tasks = tokio::task::JoinSet::new();
    while began.elapsed() < time {
        let due = (began.elapsed().as_secs_f64() * each_second) as usize;
        while begun < due {
            let n = begun;
            begun += 1;
            let Some(mut citizen) = pool.lock().await.pop() else {
                skipped += 1;
                continue;
            };
            let (pool, all) = (pool.clone(), all.clone());
            tasks.spawn(async move {
                let at = Instant::now();
                let done = Case::SignInAgain.run(&mut citizen, n).await;
                let took = at.elapsed();
                let mut all = all.lock().await;
                match done {
                    Ok(()) => all.taken.push(took),
                    Err(Failed::Refused) => all.refused.push(took),
                    Err(Failed::Broken(why)) => all.broken.push(why),
                }
                pool.lock().await.push(citizen);
            });
        }
        while tasks.try_join_next().is_some() {}
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    while tasks.join_next().await.is_some() {}
    if skipped > 0 {
        println!("({skipped} were not begun, for every connection was in use)");
    }
    let mut rate = std::mem::take(&mut *all.lock().await);
    rate.lasted = began.elapsed();
    rate.skipped = skipped;
    rate
}

impl Rate {
    fn say(&mut self, what: &str) {
        println!(
            "{what}: {} taken ({:.0} a second, p50 {:.1} ms, p99 {:.1} ms), {} refused (p99 {:.1} ms), {} broken",
            self.taken.len(),
            self.taken.len() as f64 / self.lasted.as_secs_f64(),
            percentile(&mut self.taken, 50),
            percentile(&mut self.taken, 99),
            self.refused.len(),
            percentile(&mut self.refused, 99),
            self.broken.len(),
        );
        for why in self.broken.iter().take(3) {
            println!("  {why}");
        }
    }
}

/// How many requests it has refused for its own protection.
async fn refusals(stage: &Stage) -> f64 {
    let counters = stage.counters().await;
    ["broker_behind_refusals_total", "broker_overload_refusals_total"]
        .iter()
        .filter_map(|name| counters.get(*name))
        .sum()
}

/// What it carries is found first.
pub(crate) async fn measure(wanted: &Wanted) -> bool {
    let stage = Stage::start(wanted, "").await;
    let now = || resident(stage.broker.pid()) / 1_048_576;
    let (few, _) = many(signed_in(&stage, 32).await, Case::SignInAgain, 1000).await;
    let began = Instant::now();
    let (_, times) = many(few, Case::SignInAgain, 5000).await;
    let carries = times.len() as f64 / began.elapsed().as_secs_f64();
    println!("it carries {carries:.0} logins a second by single sign-on");
    // Enough connections for all that can be begun while one waits for its longest.
    let pool = Arc::new(Mutex::new(signed_in(&stage, 4000).await));
    let (quiet, before) = (carries * 0.3, now());
    at_rate(&pool, quiet, Duration::from_secs(5)).await.say("before");
    let time = Duration::from_secs(wanted.secs.unwrap_or(60));
    let refusals_before = refusals(&stage).await;
    let mut over = at_rate(&pool, carries * 2.0, time).await;
    over.say("at twice that");
    // Not what a store that is slow makes of a request, which a portal's program would take for the same.
    let own = refusals(&stage).await - refusals_before;
    let during = peak(stage.broker.pid()) / 1_048_576;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let mut after = at_rate(&pool, quiet, Duration::from_secs(5)).await;
    after.say("5 s afterwards");
    println!("resident memory: {before} MiB before, {during} at the most, {} afterwards", now());
    let begun = over.taken.len() + over.refused.len();
    over.broken.is_empty()
        && over.taken.len() as f64 >= carries * over.lasted.as_secs_f64() / 4.0
        && over.skipped * 100 <= begun
        && during <= MEMORY
        && over.refused.len() as f64 <= own
        && percentile(&mut over.taken, 99) < 1000.0
        // A refusal is quick: it must not cost the citizen the wait that it spares them.
        && percentile(&mut over.refused, 99) < 1000.0
        && after.broken.is_empty()
        && after.refused.is_empty()
        && percentile(&mut after.taken, 99) < 100.0
}
