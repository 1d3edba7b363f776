//! What the system tells of this process, in the text format of Prometheus, under the names that its own libraries use. Where the
//! system is not Linux, nothing.

use super::families::{Kind, PROCESS};
use std::fmt::Write;
use std::fs;

/// Ticks of a second, as Linux tells times to programs, on every machine.
const TICKS: f64 = 100.0;

/// All of it.
pub fn process_numbers() -> String {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    // The name of the program comes second, in brackets, and can hold anything.
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace());
    let fields: Vec<&str> = fields.into_iter().flatten().collect();
    // They are numbered from 1 in proc(5); the first one here is the third there.
    let field = |number: usize| fields.get(number - 3).and_then(|f| f.parse::<f64>().ok());
    let values = [
        field(14).zip(field(15)).map(|(user, system)| (user + system) / TICKS),
        after(&status, "VmRSS:").map(|kib| kib * 1024.0),
        fs::read_dir("/proc/self/fd").ok().and_then(|all| u32::try_from(all.count()).ok()).map(f64::from),
        after(&limits, "Max open files"),
    ];
    let mut text = String::new();
    for (family, value) in PROCESS.iter().zip(values) {
        let Some(value) = value else { continue };
        let (name, meaning) = (family.name, family.meaning);
        let kind = if family.kind == Kind::Counter { "counter" } else { "gauge" };
        // A String takes all that is written to it.
        let _ = write!(text, "# HELP {name} {meaning}\n# TYPE {name} {kind}\n{name} {value}\n");
    }
    text
}

/// The first number after a word that begins a line.
fn after(text: &str, word: &str) -> Option<f64> {
    text.lines().find_map(|l| l.strip_prefix(word))?.split_whitespace().next()?.parse().ok()
}
