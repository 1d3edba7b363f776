//! Signing in: shared by both dialects. A client's request becomes a sign-in with a page of its own; the end of it is a code.

mod finish;
mod form;
mod pages;
mod qr;

pub(crate) use finish::{Wishes, begin};
pub(crate) use form::{COOKIE, cookie, field};
pub(crate) use pages::{act_as, cancel, choose_as, otp_page, post_otp, post_password, show};
pub(crate) use qr::{decide, picture, qr_page};
