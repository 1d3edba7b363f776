//! What a request asks of one element of verified claims (OpenID Connect for Identity Assurance 1.0, 5.4 to 5.6), in a form that is
//! small to keep.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The most elements of one request, over all its objects.
pub(super) const MAX_ELEMENTS: usize = 400;
/// The longest text in it: a name of a member, or a value that is asked for, in bytes.
const MAX_TEXT: usize = 200;
/// How deep elements may stand in each other.
const MAX_DEPTH: usize = 8;
/// The members that limit an element instead of naming what is in it.
const LIMITS: [&str; 5] = ["value", "values", "max_age", "essential", "purpose"];
/// The elements of verification data that we know. What is wrong with them is an error; with others it is ignored.
const KNOWN: [&str; 12] = [
    "trust_framework",
    "assurance_level",
    "time",
    "evidence",
    "type",
    "check_details",
    "check_method",
    "record",
    "created_at",
    "source",
    "name",
    "country_code",
];

/// What is asked of an element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pattern {
    /// Whatever there is: `null`, `{}`, or nothing that limits it.
    Any,
    /// One of certain values, of a certain age.
    Limited(Limits),
    /// An object, and these members of it.
    Members(Vec<(String, Pattern)>),
    /// A list, and those entries that fit one of these.
    Entries(Vec<Pattern>),
}

/// What limits a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The texts that it may be. What is asked for and is no text is none of ours, so a list can be empty: then nothing fits.
    pub values: Option<Vec<String>>,
    /// Seconds that may have passed since the moment that it names.
    pub max_age: Option<i64>,
}

impl Pattern {
    /// Whether anything of it can fail to be met.
    pub fn limits(&self) -> bool {
        match self {
            Self::Any => false,
            Self::Limited(_) => true,
            Self::Members(members) => members.iter().any(|(_, pattern)| pattern.limits()),
            Self::Entries(entries) => entries.iter().any(Self::limits),
        }
    }

    /// As JSON again.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Any => Value::Null,
            Self::Limited(limits) => {
                let mut out = Map::new();
                if let Some(values) = &limits.values {
                    match values.as_slice() {
                        [value] => out.insert("value".to_owned(), json!(value)),
                        several => out.insert("values".to_owned(), json!(several)),
                    };
                }
                if let Some(max_age) = limits.max_age {
                    out.insert("max_age".to_owned(), json!(max_age));
                }
                Value::Object(out)
            }
            Self::Members(members) => members_to_json(members),
            Self::Entries(entries) => Value::Array(entries.iter().map(Self::to_json).collect()),
        }
    }
}

/// Members as a JSON object again.
pub(super) fn members_to_json(members: &[(String, Pattern)]) -> Value {
    Value::Object(members.iter().map(|(name, pattern)| (name.clone(), pattern.to_json())).collect())
}

/// Reads patterns, as many as one request may hold.
pub(super) struct Reader {
    left: usize,
}

impl Reader {
    pub(super) const fn new() -> Self {
        Self { left: MAX_ELEMENTS }
    }

    /// Whether more was asked for than is read.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.left == 0
    }

    /// The members of an object of verification data.
    pub(super) fn members(
        &mut self,
        object: &Map<String, Value>,
        depth: usize,
    ) -> Option<Vec<(String, Pattern)>> {
        let mut members = Vec::new();
        for (name, value) in object {
            match self.element(value, depth) {
                Some(pattern) if name.len() <= MAX_TEXT => members.push((name.clone(), pattern)),
                _ if KNOWN.contains(&name.as_str()) => return None,
                _ => {}
            }
        }
        Some(members)
    }

    /// An element of verification data.
    fn element(&mut self, value: &Value, depth: usize) -> Option<Pattern> {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 || depth > MAX_DEPTH {
            return None;
        }
        match value {
            Value::Null => Some(Pattern::Any),
            Value::Object(object) if object.is_empty() => Some(Pattern::Any),
            Value::Object(object) if LIMITS.iter().any(|name| object.contains_key(*name)) => limited(object),
            Value::Object(object) => {
                let members = self.members(object, depth + 1)?;
                // Without a member that we could look at it asks for nothing in particular.
                Some(if members.is_empty() { Pattern::Any } else { Pattern::Members(members) })
            }
            Value::Array(entries) if !entries.is_empty() => {
                let entries = entries.iter().map(|entry| self.element(entry, depth + 1));
                entries.collect::<Option<_>>().map(Pattern::Entries)
            }
            _ => None,
        }
    }

    /// What is asked of a claim: only limits, other members mean nothing.
    pub(super) fn claim(&mut self, name: &str, value: &Value) -> Option<Pattern> {
        self.left = self.left.saturating_sub(1);
        match value {
            _ if self.left == 0 || name.len() > MAX_TEXT => None,
            Value::Null => Some(Pattern::Any),
            Value::Object(object) => limited(object),
            _ => None,
        }
    }
}

/// Limits, each of the form that the standard gives it.
fn limited(object: &Map<String, Value>) -> Option<Pattern> {
    let well_formed = object.get("essential").is_none_or(Value::is_boolean)
        && object
            .get("purpose")
            .is_none_or(|p| p.as_str().is_some_and(|text| (3..=300).contains(&text.chars().count())));
    if !well_formed {
        return None;
    }
    let text = |value: &Value| match value {
        Value::String(text) if text.len() > MAX_TEXT => None,
        Value::String(text) => Some(Some(text.clone())),
        _ => Some(None),
    };
    let mut asked: Vec<&Value> = object.get("value").into_iter().collect();
    if let Some(several) = object.get("values") {
        asked.extend(several.as_array()?);
    }
    let named = object.contains_key("value") || object.contains_key("values");
    if asked.len() > MAX_ELEMENTS {
        return None;
    }
    let values: Vec<String> =
        asked.into_iter().map(text).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
    let max_age = match object.get("max_age") {
        None => None,
        Some(age) => Some(age.as_i64().filter(|secs| *secs >= 0)?),
    };
    let limits = Limits { values: named.then_some(values), max_age };
    Some(if limits == Limits::default() { Pattern::Any } else { Pattern::Limited(limits) })
}
