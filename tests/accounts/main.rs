//! Writes accounts as portals hold them, for imports: `accounts COUNT [--from N] [--csv] [--seed N] [--bad N]
//! [--random-ids]`.
#![allow(clippy::print_stderr)] // a program for the shell

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;
use support::accounts::Accounts;

const USAGE: &str = "accounts COUNT [--from N] [--csv] [--seed N] [--bad N] [--random-ids]
Writes that many accounts, one JSON object a line, or CSV. The same words give the same accounts.
--from N: behind the first N of them. --bad N: every Nth row is bad. --random-ids: TechIDs are random text instead of running numbers.";

fn number(word: Option<String>) -> Option<u64> {
    word?.replace('_', "").parse().ok()
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (mut wanted, mut count, mut from, mut csv) = (Accounts::default(), None, 0, false);
    while let Some(word) = words.next() {
        let taken = match word.as_str() {
            "--csv" => {
                csv = true;
                Some(())
            }
            "--random-ids" => {
                wanted.random_ids = true;
                Some(())
            }
            "--seed" => number(words.next()).map(|n| wanted.seed = n),
            "--from" => number(words.next()).map(|n| from = n),
            "--bad" => number(words.next()).map(|n| wanted.bad = n),
            _ => number(Some(word)).map(|n| count = Some(n)),
        };
        if taken.is_none() {
            count = None;
            break;
        }
    }
    let Some(count) = count else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let mut out = BufWriter::with_capacity(1 << 20, stdout().lock());
    match wanted.write(from..from + count, csv, &mut out).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
