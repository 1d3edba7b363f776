//! What a browser brings along.

/// The cookie of the stand-in's own session.
pub(crate) const COOKIE: &str = "mock_vneid_session";

/// A field of a form body.
pub(crate) fn field<'f>(form: &'f [(String, String)], name: &str) -> Option<&'f str> {
    form.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
}

/// The value of our cookie.
pub(crate) fn cookie(headers: &http::HeaderMap) -> Option<String> {
    let text = headers.get(http::header::COOKIE)?.to_str().ok()?;
    text.split(';').find_map(|p| p.trim().strip_prefix(COOKIE)?.strip_prefix('=').map(str::to_owned))
}
