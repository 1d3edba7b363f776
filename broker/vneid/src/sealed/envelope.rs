//! Sealed answers and encrypted codes. Whatever does not open, for whatever reason, is one and the same failure.

use super::legacy_crypto::Unsealer;
use broker_domain::secret::Secret;
use broker_domain::upstream::{Refused, UpstreamFailure, object};
use data_encoding::BASE64_NOPAD;
use serde_json::{Map, Value};

/// The longest code that is taken, in bytes.
const MAX_CODE: usize = 4096;

/// Opens `{"data": "…", "key": "…"}` with a JSON object inside.
///
/// # Errors
/// [`UpstreamFailure::Malformed`] when the answer does not have this form, [`UpstreamFailure::SealBroken`] when it does not open.
pub(super) fn open_answer(unsealer: &Unsealer, body: &[u8]) -> Result<Map<String, Value>, Refused> {
    let envelope = object(body)?;
    let part = |name: &'static str| {
        envelope
            .get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| Refused::new(UpstreamFailure::Malformed, format!("no {name} in a sealed answer")))
    };
    open(unsealer, part("data")?, part("key")?, |plain| object(plain).ok())
        .ok_or_else(|| UpstreamFailure::SealBroken.into())
}

/// Opens an encrypted code.
///
/// # Errors
/// [`UpstreamFailure::SealBroken`].
pub(super) fn open_code(unsealer: &Unsealer, code: &str, encrypt_key: &str) -> Result<Secret, Refused> {
    open(unsealer, code, encrypt_key, |plain| {
        let visible = !plain.is_empty() && plain.len() <= MAX_CODE && plain.iter().all(u8::is_ascii_graphic);
        let text = str::from_utf8(plain).ok()?;
        visible.then(|| Secret::new(text))
    })
    .ok_or_else(|| UpstreamFailure::SealBroken.into())
}

fn open<T>(unsealer: &Unsealer, data: &str, key: &str, read: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    unsealer.open(&base64(data)?, &base64(key)?, read)
}

/// Standard Base64, with or without padding; line breaks, as some writers put them, are skipped.
fn base64(text: &str) -> Option<Vec<u8>> {
    let kept: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bare = kept.strip_suffix("==").or_else(|| kept.strip_suffix('=')).unwrap_or(&kept);
    BASE64_NOPAD.decode(bare.as_bytes()).ok()
}

#[cfg(test)]
mod tests;
