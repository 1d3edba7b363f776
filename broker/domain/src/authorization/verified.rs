//! `verified_claims` in the `claims` request parameter (OpenID Connect for Identity Assurance 1.0, 5.3 to 5.7).

use super::pattern::{Pattern, Reader, members_to_json};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The most objects that one list may ask for.
const MAX_OBJECTS: usize = 10;

/// One object that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedWish {
    /// What is asked of the verification.
    pub verification: Vec<(String, Pattern)>,
    /// The claims asked for.
    pub claims: Vec<(String, Pattern)>,
}

/// All objects that are asked for in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedWishes {
    /// Whether they were asked for as a list: then a list is answered.
    pub several: bool,
    /// The objects.
    pub wishes: Vec<VerifiedWish>,
}

impl VerifiedWishes {
    /// Reads the element; `None` when it is not what the standard asks for, or more than [`MAX_OBJECTS`] objects or too many elements.
    ///
    /// Each object must say something of `trust_framework` and name at least one claim; entries of `evidence` must each name the one
    /// `type` that they are about. Claims that nobody knows are kept, and left out of the answer. Members that nobody knows are ignored.
    pub(super) fn parse(value: &Value) -> Option<Self> {
        let (several, objects) = match value {
            Value::Array(objects) => (true, objects.as_slice()),
            one => (false, std::slice::from_ref(one)),
        };
        if objects.is_empty() || objects.len() > MAX_OBJECTS {
            return None;
        }
        let mut reader = Reader::new();
        let wishes =
            objects.iter().map(|object| read(object.as_object()?, &mut reader)).collect::<Option<_>>()?;
        (!reader.is_exhausted()).then_some(Self { several, wishes })
    }

    /// The element again; `None` when nothing is asked for.
    pub(super) fn to_json(&self) -> Option<Value> {
        let one = |wish: &VerifiedWish| json!({"verification": members_to_json(&wish.verification), "claims": members_to_json(&wish.claims)});
        match self.wishes.as_slice() {
            [] => None,
            [wish] if !self.several => Some(one(wish)),
            several => Some(several.iter().map(one).collect()),
        }
    }

    /// The names of the claims asked for.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.wishes.iter().flat_map(|wish| &wish.claims).map(|(name, _)| name.as_str())
    }
}

fn read(object: &Map<String, Value>, reader: &mut Reader) -> Option<VerifiedWish> {
    let asked = object.get("verification")?.as_object()?;
    if let Some(evidence) = asked.get("evidence") {
        let entries = evidence.as_array()?;
        if entries.is_empty() || !entries.iter().all(names_its_type) {
            return None;
        }
    }
    let verification = reader.members(asked, 0)?;
    let framework = verification.iter().find(|(name, _)| name == "trust_framework");
    if !matches!(framework, Some((_, Pattern::Any | Pattern::Limited(_)))) {
        return None;
    }
    let claims = object.get("claims")?.as_object()?;
    if claims.is_empty() {
        return None;
    }
    let claims = claims.iter().map(|(name, value)| Some((name.clone(), reader.claim(name, value)?)));
    Some(VerifiedWish { verification, claims: claims.collect::<Option<_>>()? })
}

/// An entry of `evidence` is about one type, by `value` and never by `values` (5.4).
fn names_its_type(entry: &Value) -> bool {
    let kind = entry.get("type");
    kind.and_then(|k| k.get("value")).is_some_and(Value::is_string)
        && kind.and_then(|k| k.get("values")).is_none()
}

#[cfg(test)]
mod tests;
