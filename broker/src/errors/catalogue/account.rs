//! The account pages.

use super::code::Code;
use super::entry::{Action, Entry};
use http::StatusCode;

/// The entry of a code of this area; `None` for any other.
pub(super) const fn entry(code: Code) -> Option<Entry> {
    Some(match code {
        Code::AccountNotSignedIn => Entry::new(
            StatusCode::FORBIDDEN,
            "error-own-not-signed-in",
            Action::ToAccount,
            "The citizen broke the login off, or it could not be given; the audit trail of the login says why.",
        ),
        Code::AccountFormWrong => Entry::new(
            StatusCode::FORBIDDEN,
            "error-own-form",
            Action::ToAccount,
            "A page of before another sign-in in the same browser, or a form that another site made up.",
        ),
        Code::AccountForCitizens => Entry::new(
            StatusCode::FORBIDDEN,
            "error-own-for-citizens",
            Action::ToAccount,
            "An administrator, or somebody before the cut-off, signed in with an account of before: it has no links and no history here.",
        ),
        Code::LinkedAccountUnknown => Entry::new(
            StatusCode::NOT_FOUND,
            "error-own-no-link",
            Action::ToAccount,
            "The link has ended meanwhile, or the address was made up.",
        ),
        Code::UnlinkRejected => Entry::new(
            StatusCode::CONFLICT,
            "error-own-unlink-rejected",
            Action::ToAccount,
            "Two people rejected it with the same evidence: the queue has the case. If there is new evidence, an operator opens it.",
        ),
        Code::UpdateNotOffered => Entry::new(
            StatusCode::NOT_FOUND,
            "error-own-no-update",
            Action::ToAccount,
            "No population database is configured, or an organization is signed in: the page is not offered then.",
        ),
        _ => return None,
    })
}
