//! Who arrives, and how strongly authenticated.

use super::code::Code;
use super::entry::{Action, Entry};
use http::StatusCode;

/// The entry of a code of this area; `None` for any other.
pub(super) const fn entry(code: Code) -> Option<Entry> {
    Some(match code {
        Code::RecordDiffers => Entry::new(
            StatusCode::FORBIDDEN,
            "error-record-differs",
            Action::BackToPortal,
            "Find the refused arrival in the audit trail by the trace id, and compare the record with the population database.",
        ),
        Code::NumberChanged => Entry::new(
            StatusCode::FORBIDDEN,
            "error-number-changed",
            Action::BackToPortal,
            "Ask the population database whether both numbers are one person; the audit trail names the citizen.",
        ),
        Code::NotVouched => Entry::new(
            StatusCode::FORBIDDEN,
            "error-not-vouched",
            Action::StartAgainAtPortal,
            "Whether an upstream may vouch for numbers is a setting of that upstream; do not change it to help a single citizen.",
        ),
        Code::Blocked => Entry::new(
            StatusCode::FORBIDDEN,
            "error-blocked",
            Action::BackToPortal,
            "Look in the audit trail for who blocked the citizen, and when.",
        ),
        Code::Deceased => Entry::new(
            StatusCode::FORBIDDEN,
            "error-deceased",
            Action::BackToPortal,
            "If it is a mistake, it must be mended in the population database first; if not, somebody uses a dead person's phone.",
        ),
        Code::LevelNotReached => Entry::new(
            StatusCode::FORBIDDEN,
            "error-level-not-reached",
            Action::TryAgain,
            "Compare min_acr of the client, or its request, with what VNeID can give.",
        ),
        Code::AccountLevelOne => Entry::new(
            StatusCode::FORBIDDEN,
            "error-account-level-one",
            Action::BackToPortal,
            "Nothing to do: the citizen needs an account of level 2.",
        ),
        _ => return None,
    })
}
