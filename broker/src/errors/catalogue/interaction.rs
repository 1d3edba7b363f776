//! Logins in flight, their forms, and the choice of the account.

use super::code::Code;
use super::entry::{Action, Entry};
use http::StatusCode;

/// The entry of a code of this area; `None` for any other.
pub(super) const fn entry(code: Code) -> Option<Entry> {
    Some(match code {
        Code::LoginUnknown => Entry::new(
            StatusCode::NOT_FOUND,
            "error-login-unknown",
            Action::BackToPortal,
            "The login is older than a day, its address was cut, or the expiring store lost it: see whether that store was restarted.",
        ),
        Code::LoginExpired => Entry::new(
            StatusCode::GONE,
            "error-login-expired",
            Action::StartAgainAtPortal,
            "Nothing to do; many of these at once point to slow pages at VNeID.",
        ),
        Code::LoginFinished => Entry::new(
            StatusCode::GONE,
            "error-login-finished",
            Action::StartAgainAtPortal,
            "Nothing to do: a page from before was opened again. The audit trail of the interaction shows how it ended.",
        ),
        Code::BrowserForgot => Entry::new(
            StatusCode::FORBIDDEN,
            "error-browser-forgot",
            Action::StartAgainAtPortal,
            "The browser sends no cookie: blocked by the citizen, or lost at a proxy, or the issuer's host differs from the one in the address bar.",
        ),
        Code::OtherBrowser => Entry::new(
            StatusCode::FORBIDDEN,
            "error-other-browser",
            Action::StartAgainAtPortal,
            "A link of a login was opened in another browser; many of these with one interaction point to somebody who sends such links around.",
        ),
        Code::FormTokenMissing => Entry::new(
            StatusCode::FORBIDDEN,
            "error-form-incomplete",
            Action::TryAgain,
            "The form came without its hidden token: a page that was not fully loaded, or a program that posts by itself.",
        ),
        Code::FormTokenWrong => Entry::new(
            StatusCode::FORBIDDEN,
            "error-form-foreign",
            Action::TryAgain,
            "A form was posted from elsewhere: see the Referer at the proxy, and warn the portal if the page is not its own.",
        ),
        Code::FormUsed => Entry::new(
            StatusCode::CONFLICT,
            "error-form-used",
            Action::TryAgain,
            "Nothing to do: a second press or an old page.",
        ),
        Code::MethodNotOffered => Entry::new(
            StatusCode::FORBIDDEN,
            "error-method-not-offered",
            Action::TryAgain,
            "The form names a method outside sign_in_methods of the client: a stale page after a change of registration, or a forged form.",
        ),
        Code::MethodSwitchedOff => Entry::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "error-method-off",
            Action::TryAgain,
            "Expected while the method stands under methods_switched_off in the configuration, and for logins that were under way when their upstream was taken out of it.",
        ),
        Code::MethodPastCutOff => Entry::new(
            StatusCode::FORBIDDEN,
            "error-method-ended",
            Action::TryAgain,
            "Expected after the cut-off of the account's namespace.",
        ),
        Code::StepOutOfOrder => Entry::new(
            StatusCode::CONFLICT,
            "error-out-of-order",
            Action::StartAgainAtPortal,
            "The audit trail of the interaction shows the steps; usually a second tab.",
        ),
        _ => return None,
    })
}
