//! The compact form of a signed token (RFC 7515, 7.1), taken apart without believing anything it says.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};

use crate::error::JoseError;
use crate::json;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// What a header says of its token. Unverified until [`crate::verify`] has returned it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// `alg`, whatever it says.
    pub alg: String,
    /// `kid`: which key signed.
    pub kid: Option<String>,
    /// `typ`: what kind of token this is.
    pub typ: Option<String>,
}

/// The parts of a compact token.
pub(crate) struct Parts<'a> {
    pub(crate) header: Header,
    pub(crate) signed: &'a str,
    pub(crate) payload: &'a str,
    pub(crate) signature: &'a str,
}

/// Reads the header of a token without checking the signature, to choose a key by.
///
/// # Errors
/// When the token is too large, is no compact JWS, or its header is refused (see [`crate::verify`]).
pub fn peek_header(token: &str) -> Result<Header, JoseError> {
    split(token).map(|parts| parts.header)
}

/// The public key that a token carries in its own header (`jwk`), for proofs of possession only (RFC 9449, 4.2):
/// whoever uses it must compare its thumbprint with one known beforehand or bind something new to it.
///
/// # Errors
/// When the token is refused as by [`peek_header`], carries no key, or the key shows its private half.
pub fn peek_embedded_key(token: &str) -> Result<Value, JoseError> {
    let (header, _) = raw_header(token)?;
    match header.get("jwk") {
        Some(Value::Object(key)) if ["d", "p", "q", "k"].iter().any(|name| key.contains_key(*name)) => {
            Err(JoseError::Key("private or symmetric key in a header"))
        }
        Some(key @ Value::Object(_)) => Ok(key.clone()),
        Some(_) => Err(JoseError::Malformed("jwk")),
        None => Err(JoseError::Key("no key in the header")),
    }
}

/// Takes a compact JWS apart and reads its header.
///
/// # Errors
/// As [`peek_header`].
pub(crate) fn split(token: &str) -> Result<Parts<'_>, JoseError> {
    let (header, (signed, payload, signature)) = raw_header(token)?;
    let header = Header {
        alg: text(&header, "alg")?.ok_or(JoseError::Malformed("alg"))?,
        kid: text(&header, "kid")?,
        typ: text(&header, "typ")?,
    };
    Ok(Parts { header, signed, payload, signature })
}

/// Strict base64url without padding; stray bits at the end are refused too, so that a token has one spelling only.
pub(crate) fn decode(text: &str, what: &'static str) -> Result<Vec<u8>, JoseError> {
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| JoseError::Malformed(what))
}

/// A member that is a string where it is present.
pub(crate) fn text(map: &Map<String, Value>, name: &'static str) -> Result<Option<String>, JoseError> {
    match map.get(name) {
        None => Ok(None),
        Some(Value::String(value)) => Ok(Some(value.clone())),
        Some(_) => Err(JoseError::Malformed(name)),
    }
}

/// What is signed, the payload, the signature: all still encoded.
type Encoded<'a> = (&'a str, &'a str, &'a str);

fn raw_header(token: &str) -> Result<(Map<String, Value>, Encoded<'_>), JoseError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(JoseError::TooLarge { limit: MAX_TOKEN_BYTES });
    }
    let form = JoseError::Malformed("compact form");
    let (signed, signature) = token.rsplit_once('.').ok_or(form)?;
    let (header, payload) = signed.split_once('.').ok_or(form)?;
    if payload.contains('.') || header.is_empty() {
        return Err(form);
    }
    let header = json::parse_object(&decode(header, "header")?, "header").map_err(|error| match error {
        JoseError::NotAnObject => JoseError::Malformed("header"),
        other => other,
    })?;
    if header.contains_key("crit") || header.contains_key("b64") || header.contains_key("zip") {
        return Err(JoseError::ExtensionRefused);
    }
    Ok((header, (signed, payload, signature)))
}
