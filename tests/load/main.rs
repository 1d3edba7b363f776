//! Measures a broker in a process of its own, on private stores of this machine, with an upstream that approves at once. See
//! `tests/README.md`. Everything is on loopback, bounded in count and time, and ends with the program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)] // a program for the shell
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod cases;
mod citizen;
mod floors;
mod forms;
mod memory;
mod numbers;
mod overload;
mod portal;
mod process;
mod report;
mod soak;
mod stage;
mod upstream;
mod wire;

use std::process::ExitCode;

const USAGE: &str = "load [WHAT…] [--parallel N] [--operations N] [--logins N] [--secs N] [--embedded] [--forms] [--wait-before-each]
Measures the broker beside this program (build both with --release). WHAT:
  cases      what one operation of each kind costs, beside the floors of this machine (when nothing is named)
  memory     memory when idle with 1,000 clients, after many logins (--logins, 100000), and how soon it is ready
  overload   twice the load that it can carry for --secs (60)
  soak       steady load for --secs (600): nothing may grow
--parallel N: citizens at once (32). --operations N: of each case (20000; logins a tenth). --embedded: SQLite and sessions in the
process. --forms: the stand-in for VNeID, whose forms each citizen fills in, in place of an upstream that approves at once.
--wait-before-each: waits for a line before each case and names the broker's process, for a profiler.";

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    what: Vec<String>,
    parallel: usize,
    operations: usize,
    logins: usize,
    secs: Option<u64>,
    embedded: bool,
    forms: bool,
    wait: bool,
}

fn wanted() -> Option<Wanted> {
    let mut wanted = Wanted {
        what: Vec::new(),
        parallel: 32,
        operations: 20_000,
        logins: 100_000,
        secs: None,
        embedded: false,
        forms: false,
        wait: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number =
            || words.next()?.replace('_', "").parse::<usize>().ok().filter(|n| (1..=10_000_000).contains(n));
        match word.as_str() {
            "cases" | "memory" | "overload" | "soak" => wanted.what.push(word),
            "--parallel" => wanted.parallel = number()?.min(1000),
            "--operations" => wanted.operations = number()?,
            "--logins" => wanted.logins = number()?,
            "--secs" => wanted.secs = Some(u64::try_from(number()?).ok()?),
            "--embedded" => wanted.embedded = true,
            "--forms" => wanted.forms = true,
            "--wait-before-each" => wanted.wait = true,
            _ => return None,
        }
    }
    if wanted.what.is_empty() {
        wanted.what.push("cases".to_owned());
    }
    Some(wanted)
}

async fn run(wanted: Wanted) -> bool {
    let mut good = true;
    for what in &wanted.what {
        match what.as_str() {
            "cases" => good &= cases::measure(&wanted).await,
            "memory" => good &= memory::measure(&wanted).await,
            "overload" => good &= overload::measure(&wanted).await,
            _ => good &= soak::measure(&wanted).await,
        }
    }
    good
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("floor") {
        // This program again, as the process whose cost is a floor.
        floors::child(std::env::args().skip(2).collect());
        return ExitCode::SUCCESS;
    }
    if std::env::args().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let Some(wanted) = wanted() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if runtime.block_on(run(wanted)) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
