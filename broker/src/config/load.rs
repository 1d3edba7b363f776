//! Reading: a TOML file, and the environment laid over it.

use super::problem::{ConfigError, Problem, unreadable};
use super::settings::Settings;
use figment::error::{Actual, Kind};
use figment::providers::{Format, Toml};
use figment::value::{Dict, Tag, Value};
use std::path::Path;

/// What a variable that stands for a setting begins with: `BROKER__LISTEN__ADDRESS` is `listen.address`.
pub const PREFIX: &str = "BROKER__";

/// A setting from the environment.
struct Laid {
    path: Vec<String>,
    variable: String,
    raw: String,
}

/// Reads settings from `file` and the variables `env`, makes relative paths relative to the file's folder, and checks everything.
///
/// # Errors
/// Names each setting that cannot stand, and says what to do.
pub fn load(file: Option<&Path>, env: &[(String, String)]) -> Result<Settings, ConfigError> {
    let mut root = match file {
        Some(file) => read(file)?,
        None => Dict::new(),
    };
    let mut laid = Vec::new();
    for (variable, raw) in env {
        if let Some(name) = variable.strip_prefix(PREFIX) {
            let path: Vec<String> = name.split("__").map(str::to_lowercase).collect();
            // What looks like TOML is taken as such: numbers, true and false, lists; anything else as text.
            let value = raw.parse::<Value>().unwrap_or_else(|_| Value::from(raw.as_str()));
            put(&mut root, &path, value)
                .map_err(|says| ConfigError::one(dotted(&path), format!("{says} (from {variable})")))?;
            laid.push(Laid { path, variable: variable.clone(), raw: raw.clone() });
        }
    }
    let mut settings = extract(root, &laid, file)?;
    let base = file.and_then(Path::parent).unwrap_or(Path::new(""));
    settings.stores.read_files(base)?;
    settings.resolve(base);
    settings.validate()?;
    Ok(settings)
}

fn read(file: &Path) -> Result<Dict, ConfigError> {
    let text = std::fs::read_to_string(file).map_err(|e| ConfigError::one("", unreadable(file, &e)))?;
    figment::Figment::from(Toml::string(&text)).extract::<Dict>().map_err(|e| {
        // The parser quotes the line, which may hold a secret: only the place is passed on.
        let words = e.to_string();
        let place =
            words.lines().next().and_then(|l| l.find(" at line ").and_then(|at| l.get(at..))).unwrap_or("");
        ConfigError::one("", format!("{} is not TOML{place}: correct it", file.display()))
    })
}

fn dotted(path: &[String]) -> String {
    path.join(".")
}

/// Lays a value at a path, through tables and lists.
fn put(dict: &mut Dict, path: &[String], value: Value) -> Result<(), &'static str> {
    let Some((first, rest)) = path.split_first().filter(|(f, _)| !f.is_empty()) else {
        return Err("the variable's name has an empty part");
    };
    if rest.is_empty() {
        dict.insert(first.clone(), value);
        return Ok(());
    }
    match dict.entry(first.clone()).or_insert_with(|| Value::Dict(Tag::Default, Dict::new())) {
        Value::Dict(_, inner) => put(inner, rest, value),
        Value::Array(_, list) => put_in_list(list, rest, value),
        _ => Err("the variable's name goes on below a setting that has no parts"),
    }
}

fn put_in_list(list: &mut [Value], path: &[String], value: Value) -> Result<(), &'static str> {
    let Some((index, rest)) = path.split_first() else { return Err("the variable's name ends too early") };
    let entry = index.parse::<usize>().ok().and_then(|i| list.get_mut(i));
    let Some(entry) = entry else {
        return Err("the variable's name needs the number of an entry of the file's list");
    };
    match entry {
        Value::Dict(_, inner) if !rest.is_empty() => put(inner, rest, value),
        entry if rest.is_empty() => {
            *entry = value;
            Ok(())
        }
        _ => Err("the variable's name goes on below a setting that has no parts"),
    }
}

fn extract(mut root: Dict, laid: &[Laid], file: Option<&Path>) -> Result<Settings, ConfigError> {
    // A text from the environment that looks like a number is text where text is due: each pass mends one.
    for _ in 0..=laid.len() {
        match Value::from(root.clone()).deserialize::<Settings>() {
            Ok(settings) => return Ok(settings),
            Err(e) => {
                let from = laid.iter().find(|l| l.path == e.path);
                match (&e.kind, from) {
                    (Kind::InvalidType(actual, _), Some(l)) if !matches!(actual, Actual::Str(_)) => {
                        put(&mut root, &l.path, Value::from(l.raw.as_str()))
                            .map_err(|says| ConfigError::one(dotted(&l.path), says))?;
                    }
                    _ => return Err(ConfigError { problems: vec![explain(&e, from, file)] }),
                }
            }
        }
    }
    Err(ConfigError::one("", "the environment's settings cannot be read"))
}

/// Our words for what the reader found. Values are not repeated: they may be secrets.
fn explain(e: &figment::Error, from: Option<&Laid>, file: Option<&Path>) -> Problem {
    let below = |name: &str| match e.path.last() {
        Some(last) if last == name => dotted(&e.path),
        Some(_) => format!("{}.{name}", dotted(&e.path)),
        None => name.to_owned(),
    };
    let place = match (from, file) {
        (Some(l), _) => format!(" (from {})", l.variable),
        (None, Some(file)) => format!(" (in {})", file.display()),
        (None, None) => String::new(),
    };
    let (path, says) = match &e.kind {
        Kind::UnknownField(name, known) => {
            let near = known.iter().find(|k| is_near(k, name));
            let hint = near.map_or_else(
                || format!("known here: {}", known.join(", ")),
                |k| format!("did you mean {k}?"),
            );
            (below(name), format!("unknown setting: {hint}"))
        }
        Kind::MissingField(name) => (below(name), "missing: give it".to_owned()),
        Kind::UnknownVariant(_, known) => {
            (dotted(&e.path), format!("unknown value: give one of {}", known.join(", ")))
        }
        Kind::InvalidType(actual, expected) => {
            (dotted(&e.path), format!("is {}: give {expected}", kind_of(actual)))
        }
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) | Kind::InvalidValue(..) => {
            (dotted(&e.path), "is out of range or of another form".to_owned())
        }
        Kind::Message(says) => (dotted(&e.path), says.clone()),
        _ => (dotted(&e.path), "cannot be read".to_owned()),
    };
    Problem { path, says: format!("{says}{place}") }
}

const fn kind_of(actual: &Actual) -> &'static str {
    match actual {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) => "a number",
        Actual::Char(_) | Actual::Str(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map => "a table",
        _ => "of another kind",
    }
}

/// Whether two names differ by no more than two letters put in, left out or changed.
fn is_near(a: &str, b: &str) -> bool {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((cb, above), diagonal) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            let left = next.last().copied().unwrap_or_default();
            next.push((diagonal + usize::from(*cb != ca)).min(left + 1).min(above + 1));
        }
        row = next;
    }
    row.last().is_some_and(|d| *d <= 2)
}
