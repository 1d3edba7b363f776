//! What operators read about numbers and the log is what the program has.
#![allow(clippy::string_slice)] // tests cut where they have just found something

use super::super::families::{Family, KEPT, Kind, PROCESS};
use super::super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const README: &str = "../deploy/monitoring/README.md";

fn document() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(README)).unwrap()
}

fn section(name: &str) -> String {
    let text = document();
    let (_, from) = text.split_once(&format!("<!-- {name}:begin -->\n")).unwrap();
    from.split_once(&format!("<!-- {name}:end -->")).unwrap().0.to_owned()
}

/// Names and types of a table of fields.
fn fields(name: &str) -> BTreeMap<String, String> {
    let cell = |line: &str, n: usize| line.split('|').nth(n).unwrap().trim().trim_matches('`').to_owned();
    section(name).lines().skip(2).map(|l| (cell(l, 1), cell(l, 2))).collect()
}

/// Every file of production code of the program and its crates.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !["tests", "testing", "target"].contains(&name) {
                sources(&path, into);
            }
        } else if name.ends_with(".rs") && name != "tests.rs" && name != "testing.rs" {
            into.push(path);
        }
    }
}

fn all_sources() -> Vec<String> {
    let mut files = Vec::new();
    sources(Path::new(env!("CARGO_MANIFEST_DIR")), &mut files);
    let text = |f: &PathBuf| std::fs::read_to_string(f).unwrap();
    files.iter().map(|f| text(f).split("\n#[cfg(test)]\nmod tests {").next().unwrap().to_owned()).collect()
}

/// `METRICS_TABLE=yes cargo test -p broker --lib the_table_of_metrics` writes it anew.
#[test]
fn the_table_of_metrics_is_the_programs() {
    let mut table = "| metric | type | labels | meaning |\n|---|---|---|---|\n".to_owned();
    for Family { kind, name, labels, meaning } in KEPT.iter().chain(&PROCESS) {
        let labels: Vec<String> = labels.iter().map(|l| format!("`{l}`")).collect();
        let kind = format!("{kind:?}").to_lowercase();
        table.push_str(&format!("| `{name}` | {kind} | {} | {meaning} |\n", labels.join(", ")));
    }
    #[allow(clippy::disallowed_methods)] // a wish of who runs the test, not a setting
    if std::env::var("METRICS_TABLE").is_ok() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(README);
        std::fs::write(file, document().replace(&section("metrics"), &table)).unwrap();
    }
    assert_eq!(section("metrics"), table);
}

/// No number is kept that is not described, and none is described that nobody keeps.
#[test]
fn numbers_that_are_kept_are_described() {
    let described: BTreeSet<&str> = KEPT.iter().map(|f| f.name).collect();
    assert_eq!(described.len(), KEPT.len());
    let mut kept = BTreeSet::new();
    for text in all_sources().iter().filter(|t| !t.starts_with("//! All numbers")) {
        for (at, _) in text.match_indices("\"broker_").chain(text.match_indices("\"process_")) {
            let name = text[at + 1..].split('"').next().unwrap();
            // Others are names of tables, of crates, of other programs.
            if name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && described.contains(name) {
                kept.insert(name.to_owned());
            }
        }
        for call in [".count(\"", ".gauge(\"", ".gauge(\n", ".count(\n"] {
            for (at, _) in text.match_indices(call) {
                let rest = text[at + call.len()..].trim_start().trim_start_matches('"');
                if rest.starts_with("broker_") {
                    let name = rest.split('"').next().unwrap();
                    assert!(described.contains(name), "{name} is not described");
                }
            }
        }
    }
    let kept: BTreeSet<&str> = kept.iter().map(String::as_str).collect();
    let idle: Vec<_> = described.difference(&kept).collect();
    assert!(idle.is_empty(), "nobody keeps {idle:?}");
}

#[test]
fn what_the_system_tells_is_told_whole() {
    let text = process_numbers();
    for family in &PROCESS {
        let kind = if family.kind == Kind::Counter { "counter" } else { "gauge" };
        assert!(text.contains(&format!("# TYPE {} {kind}\n", family.name)), "{text}");
        let value = text.lines().find_map(|l| l.strip_prefix(&format!("{} ", family.name))).unwrap();
        assert!(value.parse::<f64>().unwrap() > 0.0 || family.kind == Kind::Counter, "{text}");
    }
}

#[tokio::test]
async fn the_fields_of_the_request_line_are_documented() {
    let line = super::request_line().await;
    let written: BTreeMap<String, String> = line
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !["timestamp", "level", "target", "message"].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), if value.is_number() { "number" } else { "text" }.to_owned()))
        .collect();
    assert_eq!(written, fields("request"));
}

/// The names of fields in the arguments of a logging macro: `name = value`, `%name`, `?name`, `name`.
fn names(arguments: &str) -> Vec<String> {
    let (mut names, mut depth, mut quoted, mut start) = (Vec::new(), 0_i32, false, 0);
    let mut take = |part: &str| {
        let part = part.trim();
        let name = part.split_once('=').map_or(part, |(name, _)| name).trim().trim_start_matches(['%', '?']);
        if !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            names.push(name.to_owned());
        }
    };
    let mut before = ' ';
    for (at, c) in arguments.char_indices() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                take(&arguments[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        if depth < 0 {
            take(&arguments[start..at]);
            return names;
        }
        before = c;
    }
    names
}

#[test]
fn fields_of_other_lines_are_documented() {
    let documented: BTreeSet<String> = fields("fields").into_keys().collect();
    let of_requests = fields("request");
    let mut used = BTreeSet::new();
    for text in all_sources() {
        for level in ["error", "warn", "info", "debug", "trace", "$level"] {
            let call = format!("tracing::{level}!(");
            for (at, _) in text.match_indices(&call) {
                used.extend(names(&text[at + call.len()..]));
            }
        }
    }
    assert!(used.contains("total_us") && used.contains("error"), "{used:?}");
    used.retain(|name| !of_requests.contains_key(name));
    assert_eq!(used, documented);
}
