//! Signing in: shared by both dialects. A client's request becomes a sign-in with a page of its own; the end of it is a code.

mod finish;
mod pages;
mod qr;

pub(crate) use finish::{Wishes, begin};
pub(crate) use pages::{act_as, cancel, choose_as, otp_page, post_otp, post_password, show};
pub(crate) use qr::{decide, picture, qr_page};

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
