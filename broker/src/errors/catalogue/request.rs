//! Requests that lead to no login.

use super::code::Code;
use super::entry::{Action, Entry};
use http::StatusCode;

/// The entry of a code of this area; `None` for any other.
pub(super) const fn entry(code: Code) -> Option<Entry> {
    Some(match code {
        Code::UnknownClient => Entry::new(
            StatusCode::BAD_REQUEST,
            "error-unknown-portal",
            Action::None,
            "Compare client_id of the request with `client list`: misspelt, not registered here, or switched off.",
        ),
        Code::BadRedirectUri => Entry::new(
            StatusCode::BAD_REQUEST,
            "error-bad-return",
            Action::BackToPortal,
            "Compare redirect_uri of the request with the registered ones, character by character; if somebody else made the link, warn the portal.",
        ),
        Code::MalformedRequest => Entry::new(
            StatusCode::BAD_REQUEST,
            "error-malformed",
            Action::BackToPortal,
            "A parameter is repeated, wrongly encoded or missing: look at how the portal builds its link.",
        ),
        Code::RequestTooLarge => Entry::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "error-too-large",
            Action::BackToPortal,
            "The request exceeds the limits of size or number of parameters; look for a portal that puts much into its link, or for abuse.",
        ),
        Code::PageNotFound => Entry::new(
            StatusCode::NOT_FOUND,
            "error-not-found",
            Action::BackToPortal,
            "Nothing to do, unless a portal or a document links to this path.",
        ),
        Code::MethodNotAllowed => Entry::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "error-method",
            Action::BackToPortal,
            "Somebody opened a form's address by hand, or a portal uses GET where POST is needed.",
        ),
        Code::TooManyRequests => Entry::new(
            StatusCode::TOO_MANY_REQUESTS,
            "error-too-many",
            Action::ReloadLater,
            "A limit of requests was reached: many citizens behind one address may need a higher one, an attacker does not.",
        ),
        _ => return None,
    })
}
