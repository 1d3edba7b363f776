//! One JSON object as a row.

use super::column::Column;
use super::record::Fields;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The row of a line; or why it is none.
pub(super) fn of_json(text: &[u8]) -> Result<Fields, &'static str> {
    serde_json::from_slice::<Object>(text).map_err(|_| "is no JSON object")?.0
}

struct Object(Result<Fields, &'static str>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut fields = Ok(Fields::default());
        while let Some((name, member)) = map.next_entry::<Member<'de>, Member<'de>>()? {
            let column = match name {
                Member::Text(name) => Column::of(&name),
                _ => None,
            };
            match (column, member, &mut fields) {
                (_, _, Err(_)) | (Some(_), Member::Null, Ok(_)) => {}
                (Some(column), Member::Text(text), Ok(fields)) => fields.put(column, &text),
                (None, ..) => fields = Err("has a member that is no column"),
                (_, Member::Other, _) => fields = Err("has a member that is neither text nor number"),
            }
        }
        Ok(Object(fields))
    }
}

/// A member's name or value.
enum Member<'de> {
    /// Text, or a number as it is written.
    Text(Cow<'de, str>),
    Null,
    Other,
}

impl<'de> Deserialize<'de> for Member<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfMember)
    }
}

struct OfMember;

impl<'de> Visitor<'de> for OfMember {
    type Value = Member<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Owned(number.to_string())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Member<'de>, E> {
        Ok(Member::Other)
    }

    fn visit_unit<E>(self) -> Result<Member<'de>, E> {
        Ok(Member::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Member<'de>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Member::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Member<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Member::Other)
    }
}
