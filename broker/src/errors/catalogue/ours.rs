//! Faults of the broker and its stores.

use super::code::Code;
use super::entry::{Action, Entry};
use http::StatusCode;

/// What is shown when nothing better is known.
pub(super) const INTERNAL: Entry = Entry::new(
    StatusCode::INTERNAL_SERVER_ERROR,
    "error-internal",
    Action::ReloadLater,
    "Find the log lines of the trace id, and report them with the version of the program.",
);

/// The entry of a code of this area; `None` for any other.
pub(super) const fn entry(code: Code) -> Option<Entry> {
    Some(match code {
        Code::StoreUnavailable => Entry::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "error-store-away",
            Action::ReloadLater,
            "See readiness on the admin listener: it names the store that is away.",
        ),
        Code::Internal => INTERNAL,
        Code::Overloaded => Entry::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "error-overloaded",
            Action::ReloadLater,
            "More requests are in hand than the limit allows: add an instance, or see in the metrics what makes requests slow.",
        ),
        Code::TookTooLong => Entry::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "error-too-slow",
            Action::ReloadLater,
            "The log line splits the time into our own, the stores' and VNeID's: look at the largest part.",
        ),
        _ => return None,
    })
}
