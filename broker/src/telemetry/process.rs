//! What the system tells of this process, in the text format of Prometheus, under the names that its own libraries use. Where the
//! system is not Linux, nothing.

use std::fmt::Write;
use std::fs;

/// Ticks of a second, as Linux tells times to programs, on every machine.
const TICKS: f64 = 100.0;

/// All of it.
pub fn process_numbers() -> String {
    let mut text = String::new();
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program comes second, in brackets, and can hold anything.
    let stat: Vec<&str> =
        stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect()).unwrap_or_default();
    // Fields are numbered from 1 in proc(5); the first one here is the third there.
    let field = |number: usize| stat.get(number - 3).and_then(|f| f.parse::<f64>().ok());
    let used = field(14).zip(field(15)).map(|(user, system)| (user + system) / TICKS);
    put(&mut text, "process_cpu_seconds_total", "counter", "processor time used, user and system", used);
    let started = field(22).zip(boot_time()).map(|(ticks, boot)| boot + ticks / TICKS);
    put(&mut text, "process_start_time_seconds", "gauge", "when the process began, in Unix seconds", started);
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = after(&status, "VmRSS:").map(|kib| kib * 1024.0);
    put(&mut text, "process_resident_memory_bytes", "gauge", "resident memory", resident);
    let open =
        fs::read_dir("/proc/self/fd").ok().and_then(|all| u32::try_from(all.count()).ok()).map(f64::from);
    put(&mut text, "process_open_fds", "gauge", "open files and connections", open);
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    put(
        &mut text,
        "process_max_fds",
        "gauge",
        "how many of them may be open",
        after(&limits, "Max open files"),
    );
    text
}

fn put(text: &mut String, name: &str, kind: &str, meaning: &str, value: Option<f64>) {
    if let Some(value) = value {
        // A String takes all that is written to it.
        let _ = write!(text, "# HELP {name} {meaning}\n# TYPE {name} {kind}\n{name} {value}\n");
    }
}

/// The first number after a word that begins a line.
fn after(text: &str, word: &str) -> Option<f64> {
    text.lines().find_map(|l| l.strip_prefix(word))?.split_whitespace().next()?.parse().ok()
}

fn boot_time() -> Option<f64> {
    after(&fs::read_to_string("/proc/stat").ok()?, "btime")
}
