//! Of data, what a pattern asks for (OpenID Connect for Identity Assurance 1.0, 5.4, 5.5, 5.7).

use crate::authorization::{Limits, Pattern};
use crate::clock::Timestamp;
use serde_json::{Map, Value};

/// A limit that the data do not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unmet;

/// Members without which an object around them would be none: they stand in every answer.
const REQUIRED: [&str; 3] = ["trust_framework", "type", "check_method"];

/// What `pattern` asks for of `data` at `now`; `None` when there is nothing of it.
pub(super) fn select(pattern: &Pattern, data: &Value, now: Timestamp) -> Result<Option<Value>, Unmet> {
    match (pattern, data) {
        (Pattern::Any, data) => Ok(Some(data.clone())),
        (Pattern::Limited(limits), data) if meets(limits, data, now) => Ok(Some(data.clone())),
        (Pattern::Members(members), Value::Object(object)) => {
            let selected = self::members(members, object, now)?;
            Ok((!selected.is_empty()).then_some(Value::Object(selected)))
        }
        (Pattern::Entries(alternatives), Value::Array(entries)) => {
            let fitting = |entry| alternatives.iter().find_map(|a| select(a, entry, now).ok().flatten());
            let selected: Vec<Value> = entries.iter().filter_map(fitting).collect();
            if selected.is_empty() { Err(Unmet) } else { Ok(Some(Value::Array(selected))) }
        }
        (Pattern::Limited(_), _) => Err(Unmet),
        (pattern, _) if pattern.limits() => Err(Unmet),
        _ => Ok(None),
    }
}

/// The members that are asked for of an object. One that is not there is left out, unless it is limited: then nothing fits.
pub(super) fn members(
    wanted: &[(String, Pattern)],
    object: &Map<String, Value>,
    now: Timestamp,
) -> Result<Map<String, Value>, Unmet> {
    let mut selected = Map::new();
    for (name, pattern) in wanted {
        match object.get(name) {
            Some(data) => {
                if let Some(data) = select(pattern, data, now)? {
                    selected.insert(name.clone(), data);
                }
            }
            None if pattern.limits() => return Err(Unmet),
            None => {}
        }
    }
    if !selected.is_empty() {
        for name in REQUIRED {
            if let Some(data) = object.get(name) {
                selected.entry(name).or_insert_with(|| data.clone());
            }
        }
    }
    Ok(selected)
}

fn meets(limits: &Limits, data: &Value, now: Timestamp) -> bool {
    let Some(text) = data.as_str() else { return false };
    let value = limits.values.as_ref().is_none_or(|values| values.iter().any(|v| v == text));
    let age = limits.max_age.is_none_or(|most| {
        Timestamp::parse_rfc3339(text).is_some_and(|at| {
            // A date lasts until its last second (5.5.2).
            let last = if text.len() == 10 { at.plus_secs(86_399) } else { at };
            now.secs_since(last) <= most
        })
    });
    value && age
}
