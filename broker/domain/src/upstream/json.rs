//! JSON objects from outside, read strictly.

use super::failure::UpstreamFailure;
use super::refused::Refused;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads one JSON object and nothing after it. A name that stands twice is refused: readers would differ in what they see.
///
/// # Errors
/// [`UpstreamFailure::Malformed`] for everything else, lone surrogates in escapes among it.
pub fn object(bytes: &[u8]) -> Result<Map<String, Value>, Refused> {
    let read: Result<Strict, _> = serde_json::from_slice(bytes);
    read.map(|strict| strict.0).map_err(|_| Refused::new(UpstreamFailure::Malformed, "not a JSON object"))
}

struct Strict(Map<String, Value>);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Strict, A::Error> {
        let mut map = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Strict(map))
    }
}
