//! Parameters of a query or a form body (`application/x-www-form-urlencoded`), read strictly.
//!
//! OAuth forbids repeated parameters (RFC 6749, 3.1 and 3.2) and treats an empty one as absent. The raw text is
//! kept beside the decoded one, because old portals send `+` unescaped in places where it means itself.

use percent_encoding::percent_decode;

/// The most parameters that a request may carry.
pub const MAX_PARAMETERS: usize = 100;
/// The longest value of a single parameter, in bytes as sent.
pub const MAX_VALUE_BYTES: usize = 16 * 1024;

/// Why a query or body is refused. The name is safe to repeat: it is cut and has only unreserved characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadForm {
    /// A parameter that stands more than once.
    #[error("parameter {0} is repeated")]
    Repeated(String),
    /// A percent sign without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("parameter {0} is wrongly encoded")]
    Encoding(String),
    /// More parameters, or a longer value, than anything sensible has.
    #[error("too many or too long parameters")]
    TooLarge,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    value: String,
    raw: String,
}

/// Decoded parameters, each at most once.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<Field>);

impl Form {
    /// Reads `text` as it came over the wire.
    pub fn parse(text: &[u8]) -> Result<Self, BadForm> {
        let mut fields: Vec<Field> = Vec::new();
        for pair in text.split(|b| *b == b'&').filter(|p| !p.is_empty()) {
            if fields.len() >= MAX_PARAMETERS {
                return Err(BadForm::TooLarge);
            }
            let mut halves = pair.splitn(2, |b| *b == b'=');
            let (name, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
            if value.len() > MAX_VALUE_BYTES || name.len() > 256 {
                return Err(BadForm::TooLarge);
            }
            let name = decode(name).ok_or_else(|| BadForm::Encoding(printable(name)))?;
            let raw = String::from_utf8(value.to_vec())
                .map_err(|_| BadForm::Encoding(printable(name.as_bytes())))?;
            let value = decode(value).ok_or_else(|| BadForm::Encoding(printable(name.as_bytes())))?;
            if fields.iter().any(|f| f.name == name) {
                return Err(BadForm::Repeated(printable(name.as_bytes())));
            }
            fields.push(Field { name, value, raw });
        }
        Ok(Self(fields))
    }

    /// The value of a parameter; `None` when it is absent or empty (RFC 6749, 3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|f| f.name == name).map(|f| f.value.as_str()).filter(|v| !v.is_empty())
    }

    /// The value of a parameter in which `+` means itself, not a space.
    pub fn get_keeping_plus(&self, name: &str) -> Option<String> {
        let field = self.0.iter().find(|f| f.name == name)?;
        percent_decode(field.raw.as_bytes())
            .decode_utf8()
            .ok()
            .map(|v| v.into_owned())
            .filter(|v| !v.is_empty())
    }

    /// All names and values, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|f| (f.name.as_str(), f.value.as_str()))
    }

    /// Reads what can be read of a damaged query: the first of each parameter that decodes. For finding out to whom an error
    /// is to be told, never for acting on it.
    pub fn salvage(text: &[u8]) -> Self {
        let mut fields: Vec<Field> = Vec::new();
        for pair in text.split(|b| *b == b'&').take(MAX_PARAMETERS) {
            let mut halves = pair.splitn(2, |b| *b == b'=');
            let (name, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
            let raw = String::from_utf8_lossy(value).into_owned();
            if let (Some(name), Some(value)) = (decode(name), decode(value))
                && !fields.iter().any(|f| f.name == name)
            {
                fields.push(Field { name, value, raw });
            }
        }
        Self(fields)
    }
}

fn decode(bytes: &[u8]) -> Option<String> {
    // percent_decode lets a lone percent sign through: refuse it.
    let well_formed =
        bytes.iter().enumerate().filter(|(_, b)| **b == b'%').all(|(at, _)| {
            bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
        });
    if !well_formed {
        return None;
    }
    let spaced: Vec<u8> = bytes.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    let text = percent_decode(&spaced).decode_utf8().ok()?.into_owned();
    (!text.contains('\0')).then_some(text)
}

fn printable(name: &[u8]) -> String {
    name.iter()
        .take(40)
        .map(|b| if b.is_ascii_alphanumeric() || *b == b'_' { char::from(*b) } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_refuses() {
        let f = Form::parse(b"a=1&b=x%20y+z&c=&d&&e=%E1%BB%B9").unwrap();
        assert_eq!(f.get("a"), Some("1"));
        assert_eq!(f.get("b"), Some("x y z"));
        assert_eq!((f.get("c"), f.get("d"), f.get("zz")), (None, None, None));
        assert_eq!(f.get("e"), Some("ỹ"));
        assert_eq!(Form::parse(b"a=1&a=1").unwrap_err(), BadForm::Repeated("a".into()));
        assert_eq!(Form::parse(b"a=%zz").unwrap_err(), BadForm::Encoding("a".into()));
        assert_eq!(Form::parse(b"a=%").unwrap_err(), BadForm::Encoding("a".into()));
        assert_eq!(Form::parse(b"a=%ff").unwrap_err(), BadForm::Encoding("a".into()));
        assert_eq!(Form::parse(b"a=%00").unwrap_err(), BadForm::Encoding("a".into()));
        assert_eq!(Form::parse("x&".repeat(3).as_bytes()).unwrap_err(), BadForm::Repeated("x".into()));
        let many: String = (0..=MAX_PARAMETERS).map(|n| format!("p{n}=1&")).collect();
        assert_eq!(Form::parse(many.as_bytes()).unwrap_err(), BadForm::TooLarge);
        assert_eq!(
            Form::parse(format!("a={}", "x".repeat(MAX_VALUE_BYTES + 1)).as_bytes()).unwrap_err(),
            BadForm::TooLarge
        );
    }

    #[test]
    fn a_plus_can_mean_itself() {
        let f = Form::parse(b"state=ab+/c%2Bd==").unwrap();
        assert_eq!(f.get("state"), Some("ab /c+d=="));
        assert_eq!(f.get_keeping_plus("state").as_deref(), Some("ab+/c+d=="));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Form::parse(&bytes);
            let _ = Form::salvage(&bytes);
        }

        #[test]
        fn what_is_encoded_reads_back(pairs in proptest::collection::btree_map("[a-z]{1,8}", "\\PC{1,30}", 0..10)) {
            let mut s = url::form_urlencoded::Serializer::new(String::new());
            for (k, v) in &pairs { s.append_pair(k, v); }
            let form = Form::parse(s.finish().as_bytes()).unwrap();
            for (k, v) in &pairs { prop_assert_eq!(form.get(k), Some(v.as_str())); }
        }
    }
}
