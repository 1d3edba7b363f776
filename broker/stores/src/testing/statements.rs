//! Which statements the stores send: for the proof that the schema of a later version still serves them.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::{Mutex, Once};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The environment's name for the folder in which the statements are written down: one file for each kind of database.
const FOLDER: &str = "RECORD_STATEMENTS";

/// From now on every statement of this process is written down, if the environment asks for it.
pub(super) fn record_if_asked() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Some(folder) = std::env::var_os(FOLDER) {
            let recorder = Recorder { folder: folder.into(), seen: Mutex::default() };
            tracing::subscriber::set_global_default(recorder).expect("the only one that listens");
        }
    });
}

/// Hears of every statement by what sqlx says of it.
struct Recorder {
    folder: PathBuf,
    /// For each database and each statement without its numbers of rows and values: its shortest text.
    seen: Mutex<BTreeMap<&'static str, BTreeMap<String, String>>>,
}

/// What is said of one statement.
#[derive(Default)]
struct Said {
    summary: String,
    whole: String,
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn Debug) {}
}

/// Whether it is about the schema itself or the catalogue, or one that only tests send, with values in it or for rows as text: no
/// business of an instance that serves.
fn is_no_business_of_ours(statement: &str) -> bool {
    const FIRST: [&str; 12] = [
        "CREATE", "ALTER", "DROP", "BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "EXPLAIN", "SET", "VACUUM",
        "ATTACH", "PREPARE",
    ];
    const WITHIN: [&str; 10] = [
        "_sqlx_migrations",
        "sqlite_schema",
        "information_schema",
        "pg_",
        "pragma_",
        "current_database",
        "to_json(",
        "VALUES ('",
        "id = '",
        ";",
    ];
    FIRST.iter().any(|word| statement.starts_with(word)) || WITHIN.iter().any(|word| statement.contains(word))
}

/// A statement without the numbers of its placeholders, and with one value for several and one row for several: what makes it
/// another statement than others.
fn kind(statement: &str) -> String {
    let mut kind = String::new();
    let mut after_dollar = false;
    for c in statement.chars() {
        let is_number = after_dollar && c.is_ascii_digit();
        if !is_number {
            kind.push(c);
            after_dollar = c == '$';
        }
    }
    while kind.contains("$, $") {
        kind = kind.replace("$, $", "$");
    }
    while kind.contains("($), ($)") {
        kind = kind.replace("($), ($)", "($)");
    }
    kind
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn event(&self, event: &Event<'_>) {
        let mut said = Said::default();
        event.record(&mut said);
        let text = if said.whole.is_empty() { said.summary } else { said.whole };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if is_no_business_of_ours(&text) {
            return;
        }
        // SQLite's statements run on threads of their own.
        let on_sqlite = std::thread::current().name().is_some_and(|name| name.starts_with("sqlx-sqlite"));
        let database = if on_sqlite { "sqlite" } else { "postgres" };
        let mut seen = self.seen.lock().unwrap();
        let of_database = seen.entry(database).or_default();
        let shortest = of_database.entry(kind(&text)).or_default();
        if shortest.is_empty() || text.len() < shortest.len() {
            *shortest = text;
            let mut all: Vec<&str> = of_database.values().map(String::as_str).collect();
            all.sort_unstable();
            let file = self.folder.join(format!("statements-{database}.txt"));
            std::fs::write(file, all.join("\n") + "\n").unwrap();
        }
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}
