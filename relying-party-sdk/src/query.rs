//! Query strings and forms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// Everything but the unreserved characters of RFC 3986 (2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes one name or value.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// `name=value` pairs, encoded and joined.
pub(crate) fn join(pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// The same without any encoding, as old portals concatenate it.
pub(crate) fn join_raw(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// The URL with a further query; one that it has stays (RFC 6749, 3.1).
pub(crate) fn append(url: &Url, query: &str) -> String {
    let separator = if url.query().is_some() { '&' } else { '?' };
    format!("{url}{separator}{query}")
}

/// A decoded query or form in which a name may come once only.
pub(crate) struct Parameters(Vec<(String, String)>);

/// A parameter came twice.
pub(crate) struct Twice;

impl Parameters {
    /// Decodes; bytes that are no UTF-8 become replacement characters, which match nothing.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// The value of a parameter; an empty one counts as none.
    pub(crate) fn get(&self, name: &str) -> Result<Option<&str>, Twice> {
        let mut values = self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() {
            return Err(Twice);
        }
        Ok(first.filter(|value| !value.is_empty()))
    }
}
