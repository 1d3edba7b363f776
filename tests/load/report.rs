//! Tables for people.

use crate::Wanted;
use crate::cases::Case;
use crate::floors::Floors;
use std::time::Duration;

/// What a case cost.
pub(crate) struct Line {
    pub(crate) case: Case,
    pub(crate) count: usize,
    pub(crate) each_second: f64,
    /// Milliseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// CPU time of the broker's process for each.
    pub(crate) cpu: Duration,
    pub(crate) redis: f64,
    pub(crate) sql: f64,
    pub(crate) signatures: f64,
}

impl Line {
    fn ratio(&self, floors: &Floors) -> f64 {
        self.cpu.as_secs_f64() / self.case.floor(floors).as_secs_f64()
    }

    /// Whether it holds its budget.
    pub(crate) fn is_within(&self, floors: &Floors) -> bool {
        self.ratio(floors) <= self.case.limit()
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Floors, and then the cases.
pub(crate) fn print(lines: &[Line], floors: &Floors, wanted: &Wanted) {
    println!("\n{} at once; CPU time in microseconds\n", wanted.parallel);
    println!("| floor | CPU |\n|---|---|");
    for (name, time) in [
        ("a request to an empty route", floors.request),
        ("a Redis round trip", floors.redis),
        ("a select by key", floors.select),
        ("an insert", floors.insert),
        ("an outgoing request", floors.outgoing),
        ("RS256", floors.rs256),
        ("PS256", floors.ps256),
        ("ES256", floors.es256),
        ("EdDSA", floors.eddsa),
    ] {
        println!("| {name} | {:.1} |", micros(time));
    }
    println!(
        "\n| operation | times | a second | p50 ms | p99 ms | CPU | floors | ratio | limit | Redis | SQL | signatures |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for line in lines {
        println!(
            "| {} | {} | {:.0} | {:.2} | {:.2} | {:.1} | {:.1} | {:.2} | {:.1}{} | {:.2} | {:.2} | {:.2} |",
            line.case.name(),
            line.count,
            line.each_second,
            line.p50,
            line.p99,
            micros(line.cpu),
            micros(line.case.floor(floors)),
            line.ratio(floors),
            line.case.limit(),
            if line.is_within(floors) { "" } else { " missed" },
            line.redis,
            line.sql,
            line.signatures,
        );
    }
    println!();
}
