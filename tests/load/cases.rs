//! What one operation of each kind costs.

use crate::Wanted;
use crate::citizen::{Citizen, Failed};
use crate::floors::{self, Floors, With};
use crate::numbers;
use crate::process::{cpu, resident};
use crate::report::{Line, print};
use crate::stage::Stage;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::costs::percentile;

/// Citizens who have signed in before.
const KNOWN: usize = 2000;

/// A kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    SignIn,
    SignInAgain,
    Refresh,
    Credentials,
    Introspection,
    Userinfo,
}

impl Case {
    pub(crate) const ALL: [Self; 6] = [
        Self::SignIn,
        Self::SignInAgain,
        Self::Refresh,
        Self::Credentials,
        Self::Introspection,
        Self::Userinfo,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "federated login",
            Self::SignInAgain => "single sign-on login",
            Self::Refresh => "refresh",
            Self::Credentials => "client credentials",
            Self::Introspection => "introspection",
            Self::Userinfo => "userinfo",
        }
    }

    /// The sum of the floors of what the design allows it.
    pub(crate) fn floor(self, floors: &Floors) -> Duration {
        let (requests, redis, selects, outgoing, signatures) = match self {
            Self::SignIn => (3, 5, 2, 1, 1),
            Self::SignInAgain => (2, 4, 0, 0, 1),
            Self::Refresh => (1, 1, 0, 0, 1),
            Self::Credentials | Self::Introspection | Self::Userinfo => (1, 1, 0, 0, 0),
        };
        floors.request * requests
            + floors.redis * redis
            + floors.select * selects
            + floors.outgoing * outgoing
            + floors.rs256 * signatures
    }

    /// How many times that it may cost.
    pub(crate) const fn limit(self) -> f64 {
        match self {
            Self::SignIn | Self::SignInAgain | Self::Refresh => 1.6,
            Self::Credentials | Self::Introspection | Self::Userinfo => 3.0,
        }
    }

    /// Does it once.
    pub(crate) async fn run(self, citizen: &mut Citizen, n: usize) -> Result<(), Failed> {
        match self {
            Self::SignIn => {
                citizen.become_another(n % KNOWN);
                citizen.sign_in().await
            }
            Self::SignInAgain => citizen.sign_in_again().await,
            Self::Refresh => citizen.refresh().await,
            Self::Credentials => citizen.credentials().await,
            Self::Introspection => citizen.introspect().await,
            Self::Userinfo => citizen.userinfo().await,
        }
    }
}

/// Lets all citizens do something until it was done `count` times; how long each time took. Fails at the first that fails.
pub(crate) async fn many(citizens: Vec<Citizen>, case: Case, count: usize) -> (Vec<Citizen>, Vec<Duration>) {
    let next = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = citizens
        .into_iter()
        .map(|mut citizen| {
            let next = next.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        return (citizen, times);
                    }
                    let began = Instant::now();
                    if let Err(error) = case.run(&mut citizen, n).await {
                        panic!("{}: {error:?}", case.name());
                    }
                    times.push(began.elapsed());
                }
            })
        })
        .collect();
    let (mut back, mut all) = (Vec::new(), Vec::new());
    for task in tasks {
        let (citizen, times) = task.await.unwrap();
        back.push(citizen);
        all.extend(times);
    }
    (back, all)
}

/// Citizens at so many machines, all of them signed in, and many others known.
pub(crate) async fn citizens(stage: &Stage, parallel: usize) -> Vec<Citizen> {
    let citizens = (0..parallel).map(|n| Citizen::new(stage, n)).collect();
    many(citizens, Case::SignIn, KNOWN.max(parallel)).await.0
}

/// So many citizens who have signed in, a few at a time.
pub(crate) async fn signed_in(stage: &Stage, count: usize) -> Vec<Citizen> {
    let mut all = Vec::new();
    while all.len() < count {
        let some = (all.len()..(all.len() + 32).min(count)).map(|n| async move {
            let mut citizen = Citizen::new(stage, n % KNOWN);
            citizen.sign_in().await.unwrap_or_else(|error| panic!("{error:?}"));
            citizen
        });
        all.extend(futures_util::future::join_all(some).await);
    }
    all
}

fn wait_for_a_line(stage: &Stage, case: Case) {
    eprintln!("{}: {}. Press Enter.", case.name(), stage.describe());
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
}

/// Measures all cases, and prints them. Whether all hold their budgets.
pub(crate) async fn measure(wanted: &Wanted) -> bool {
    let stage = Stage::start(wanted, "").await;
    eprintln!("measuring the floors");
    let with = With {
        redis: stage.redis.as_deref(),
        postgres: stage.postgres.as_deref(),
        parallel: wanted.parallel,
        count: wanted.operations.max(1000),
    };
    let floors = floors::measure(&with).await;
    eprintln!("{KNOWN} citizens sign in for the first time");
    let mut citizens = citizens(&stage, wanted.parallel).await;
    let mut lines = Vec::new();
    for case in Case::ALL {
        if wanted.wait {
            wait_for_a_line(&stage, case);
        }
        let count = if case.limit() < 2.0 { wanted.operations / 10 } else { wanted.operations }.max(1);
        eprintln!("{} times: {}", count, case.name());
        citizens = many(citizens, case, count / 10).await.0;
        let pid = stage.broker.pid();
        let (before, counted, began) = (cpu(pid), stage.counters().await, Instant::now());
        let (back, mut times) = many(citizens, case, count).await;
        citizens = back;
        let (took, spent, counts) =
            (began.elapsed(), cpu(pid).saturating_sub(before), stage.counters().await);
        let each = |name: &str| {
            let of = |all: &std::collections::BTreeMap<String, f64>| all.get(name).copied().unwrap_or(0.0);
            (of(&counts) - of(&counted)) / count as f64
        };
        lines.push(Line {
            case,
            count,
            each_second: count as f64 / took.as_secs_f64(),
            p50: percentile(&mut times, 50),
            p99: percentile(&mut times, 99),
            cpu: spent / u32::try_from(count).unwrap(),
            redis: each("broker_redis_round_trips_total"),
            sql: each("broker_sql_statements_total"),
            signatures: each("broker_signatures_total"),
        });
    }
    print(&lines, &floors, wanted);
    println!("resident memory afterwards: {:.1} MiB", resident(stage.broker.pid()) as f64 / 1_048_576.0);
    if let Some(redis) = &stage.redis {
        for (what, prefix) in [("a session", "s:"), ("a family of tokens", "g:"), ("a login", "i:")] {
            if let Some(bytes) = numbers::mean_size(redis, prefix) {
                println!("Redis keeps {bytes} bytes for {what}");
            }
        }
    }
    lines.iter().all(|l| l.is_within(&floors))
}
