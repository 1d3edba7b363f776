//! Logouts.

use super::code::Code;
use super::entry::{Action, Entry};
use http::StatusCode;

/// The entry of a code of this area; `None` for any other.
pub(super) const fn entry(code: Code) -> Option<Entry> {
    Some(match code {
        Code::LogoutHintInvalid => Entry::new(
            StatusCode::BAD_REQUEST,
            "error-logout-unverified",
            Action::BackToPortal,
            "The portal sends an id_token that it did not get here, or one that was cut; look at how it builds its logout link.",
        ),
        Code::PostLogoutUriUnknown => Entry::new(
            StatusCode::BAD_REQUEST,
            "error-logout-return",
            Action::BackToPortal,
            "Register the address as post_logout_redirect_uris of the client, exactly as the portal sends it.",
        ),
        _ => return None,
    })
}
