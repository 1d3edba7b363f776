//! Measures legacy accounts on PostgreSQL: how fast they come in and what that does to logins, how long it takes to find one among
//! more and more of them, and how long a plan of all takes. `measure-accounts [SIZE…]`: the steps, 10000 1000000 5000000 when none
//! is named; logins run beside the second. Everything is on this machine, in temporary folders, and ends with the program.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)] // a program for the shell

use broker_domain::clock::Timestamp;
use broker_domain::ids::{Namespace, UpstreamId};
use broker_domain::level::Level;
use broker_domain::person::{AccountKind, Name, PersonalNumber, Profile};
use broker_domain::upstream::Arrival;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::accounts::Accounts;
use support::costs::percentile;
use support::people::{AN, BINH, CUONG, DUNG};
use support::{Options, Pair, Portal, World, programs};

const NAMESPACE: &str = "measured";
const ACCOUNTS: Accounts = Accounts { seed: 1, bad: 0, random_ids: false };

/// A process, and what it cost.
struct Ran {
    took: Duration,
    /// CPU time of the process, in seconds.
    cpu: f64,
    /// The most memory that it had, in MiB.
    peak: u64,
}

/// The second and third word of a line of `/proc/PID/FILE` would do; these are all that is needed.
fn cost(pid: u32) -> Option<(f64, u64)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let peak: u64 = peak.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some((ticks / 100.0, peak / 1024))
}

async fn run(mut child: Child) -> Ran {
    let (began, mut last) = (Instant::now(), (0.0, 0));
    loop {
        if let Some(now) = cost(child.id()) {
            last = now;
        }
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return Ran { took: began.elapsed(), cpu: last.0, peak: last.1 };
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn write(folder: &Path, from: u64, to: u64) -> PathBuf {
    let file = folder.join(format!("accounts-{from}-{to}.jsonl"));
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&file).unwrap());
    ACCOUNTS.write(from..to, false, &mut out).unwrap();
    out.flush().unwrap();
    file
}

/// Somebody arrives whose account is the `n`th.
fn arrival(n: u64) -> Arrival {
    Arrival {
        upstream: UpstreamId::new("vneid"),
        issuer: "https://vneid.example".into(),
        subject: format!("nobody-{n}"),
        sid: None,
        profile: Profile {
            kind: AccountKind::Citizen,
            personal_number: PersonalNumber::parse(&ACCOUNTS.number(n)).unwrap(),
            full_name: Name::parse("A").unwrap(),
            birth_date: None,
            gender: None,
            old_number: None,
            passport: None,
            phone: None,
            email: None,
            address: None,
            organization: None,
        },
        level: Level::LoA2,
        auth_time: Timestamp::from_secs(0),
        organizations: Vec::new(),
    }
}

/// Looks up many, spread over all that there are.
async fn look_up(world: &World, size: u64) {
    let citizens = &world.broker().stores.citizens;
    let (mut times, mut found) = (Vec::new(), 0);
    for n in 0..3000_u64 {
        let who = arrival(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % size);
        let began = Instant::now();
        let matches = citizens.find(&who).await.unwrap();
        times.push(began.elapsed());
        found += matches.accounts.len();
    }
    let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
    println!("look-up among {size}: p50 {p50:.2} ms, p99 {p99:.2} ms ({found} accounts found by 3000)");
}

/// Signs people in, one after the other, until it is told to stop; at least 200.
async fn logins(world: &World, portal: &Portal, stop: &AtomicBool, what: &str) {
    let (mut times, began) = (Vec::new(), Instant::now());
    while times.len() < 200 || !stop.load(Ordering::Relaxed) {
        let person = [AN, BINH, CUONG, DUNG][times.len() % 4];
        let begun = Instant::now();
        world.tokens(&world.browser(), portal, person).await;
        times.push(begun.elapsed());
        // A portal's usual traffic, not a flood: about 20 a second.
        tokio::time::sleep(Duration::from_millis(50).saturating_sub(begun.elapsed())).await;
    }
    let rate = times.len() as f64 / began.elapsed().as_secs_f64();
    let count = times.len();
    let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
    println!("{count} logins {what}, {rate:.1} a second: p50 {p50:.1} ms, p99 {p99:.1} ms");
}

async fn import(world: &World, program: &Path, file: &Path, rows: u64) {
    let mut command = Command::new(program);
    command.arg("--config").arg(world.config_file()).args(["accounts", "import", "--namespace", NAMESPACE]);
    let child = command.arg(file).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let Ran { took, cpu, peak } = run(child).await;
    let rate = rows as f64 / took.as_secs_f64();
    let each = cpu * 1e6 / rows as f64;
    println!(
        "import of {rows}: {:.1} s, {rate:.0} a second, {each:.1} us of CPU each, peak {peak} MiB",
        took.as_secs_f64()
    );
}

async fn measure(sizes: Vec<u64>) {
    broker_stores::testing::keep_what_is_written();
    let program = programs::broker();
    let world = World::start(Pair::Production, Options::default()).await;
    let portal = world.portal().await;
    let folder = tempfile::tempdir().unwrap();
    let stop = AtomicBool::new(true);
    logins(&world, &portal, &stop, "before").await;
    let mut from = 0;
    for (step, size) in sizes.iter().copied().enumerate() {
        let file = write(folder.path(), from, size);
        if step == 1 {
            stop.store(false, Ordering::Relaxed);
            let importing = async {
                import(&world, &program, &file, size - from).await;
                stop.store(true, Ordering::Relaxed);
            };
            tokio::join!(importing, logins(&world, &portal, &stop, "meanwhile"));
        } else {
            import(&world, &program, &file, size - from).await;
        }
        std::fs::remove_file(&file).unwrap();
        let namespace = Namespace::new(NAMESPACE);
        assert_eq!(world.broker().stores.account_walk.count_walked(Some(&namespace)).await.unwrap(), size);
        look_up(&world, size).await;
        from = size;
    }
    let mut command = Command::new(&program);
    command.arg("--config").arg(world.config_file()).args(["accounts", "plan"]).stdin(Stdio::null());
    let Ran { took, cpu, peak } = run(command.spawn().unwrap()).await;
    let each = cpu * 1e6 / from as f64;
    println!("plan of {from}: {:.1} s, {each:.1} us of CPU each, peak {peak} MiB", took.as_secs_f64());
}

fn main() {
    let mut sizes: Vec<u64> = std::env::args().skip(1).map(|w| w.replace('_', "").parse().unwrap()).collect();
    if sizes.is_empty() {
        sizes = vec![10_000, 1_000_000, 5_000_000];
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(measure(sizes));
}
